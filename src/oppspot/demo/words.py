"""The words made-up people and companies are made of: common names of people, invented names of companies."""

from typing import Final

# Country: given names, family names; several languages, as in real lists.
PEOPLE: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "GB": (
        ("Amelia", "Callum", "Harriet", "Idris", "Nia", "Oliver", "Priya", "Rhys", "Sophie", "Tariq"),
        ("Ashworth", "Bevan", "Carrick", "Dunmore", "Ellery", "Fairhurst", "Okafor", "Patel", "Thorne", "Whitby"),
    ),
    "DE": (
        ("Anke", "Björn", "Dörte", "Emre", "Jürgen", "Katrin", "Lukas", "Sabine", "Torsten", "Uta"),
        ("Brückner", "Groß", "Hänel", "Köster", "Lindemann", "Möller", "Öztürk", "Schäfer", "Voß", "Wächter"),
    ),
    "FR": (
        ("Aurélie", "Benoît", "Chloé", "Damien", "Élodie", "François", "Hélène", "Jérôme", "Noémie", "Rémi"),
        (
            "Beaumont",
            "Chevrier",
            "d'Arcy",
            "Fontaine",
            "Garnier",
            "Lefèvre",
            "Marchand",
            "Périer",
            "Roussel",
            "Vasseur",
        ),
    ),
    "ES": (
        ("Álvaro", "Begoña", "Íñigo", "Lucía", "María José", "Nerea", "Óscar", "Rocío", "Sergio", "Ximena"),
        ("Aguirre", "Benítez", "Cañada", "de la Fuente", "Ibáñez", "López Marín", "Muñoz", "Peña", "Quintana", "Rueda"),
    ),
    "SE": (
        ("Åsa", "Elin", "Göran", "Håkan", "Ingrid", "Lars", "Maja", "Nils", "Sigrid", "Tove"),
        ("Åkesson", "Björk", "Ekström", "Hjelm", "Lindqvist", "Nyström", "Sjöberg", "Söderlund", "Wallin", "Öberg"),
    ),
    "US": (
        ("Aaliyah", "Brandon", "Carlos", "Dana", "Ethan", "Grace", "Jamal", "Kai", "Monica", "Wei"),
        ("Alvarez", "Brooks", "Chen", "Delgado", "Foster", "Hughes", "Kowalski", "Nguyen", "O'Brien", "Washington"),
    ),
}
SYLLABLES: Final = ("bel", "cor", "dan", "fen", "gal", "hol", "jun", "kar", "lum", "mar", "nor", "ost", "pel", "quen",
                    "ros", "sil", "tam", "ulf", "ver", "wes", "yar", "zel")  # fmt: skip
TAILS: Final = ("dale", "field", "gate", "holm", "line", "mark", "mere", "point", "stead", "vik", "wick", "worth")
FORMS: Final = {"GB": "Ltd", "DE": "GmbH", "FR": "SAS", "ES": "S.L.", "SE": "AB", "US": "Inc."}
# Country: regions with how their postcodes begin.
REGIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "GB": (("London", "EC"), ("Scotland", "EH"), ("Wales", "CF")),
    "DE": (("Berlin", "101"), ("Bavaria", "803"), ("Hamburg", "204")),
    "FR": (("Île-de-France", "750"), ("Occitanie", "310"), ("Bretagne", "350")),
    "ES": (("Madrid", "280"), ("Catalonia", "080"), ("Andalusia", "410")),
    "SE": (("Stockholm", "111"), ("Skåne", "211")),
    "US": (("California", "941"), ("New York", "100"), ("Texas", "733")),
}
INDUSTRIES: Final = (
    "Software", "Financial services", "Manufacturing", "Logistics", "Retail", "Healthcare", "Energy", "Construction",
    "Education", "Hospitality",
)  # fmt: skip
TECHNOLOGIES: Final = (
    "Salesforce", "HubSpot", "Microsoft Dynamics", "Marketo", "Pipedrive", "Snowflake", "SAP", "Slack", "Zendesk",
    "WordPress", "Shopify", "PostgreSQL",
)  # fmt: skip
TITLES: Final = {
    "GB": ("Chief Executive", "Head of Sales", "Sales Director", "Operations Manager", "Analyst"),
    "DE": ("Geschäftsführerin", "Leiter Vertrieb", "Prokurist", "Referentin Marketing", "Werkstudent"),
    "FR": ("Directeur général", "Directrice commerciale", "Responsable des ventes", "Chef de projet", "Stagiaire"),
    "ES": ("Directora general", "Director comercial", "Responsable de ventas", "Técnico de marketing", "Becario"),
    "SE": ("VD", "Försäljningschef", "Marknadschef", "Projektledare", "Praktikant"),
    "US": ("CEO", "VP Sales", "Director of Revenue Operations", "Account Manager", "SDR", "Student"),
}  # fmt: skip
SOURCES: Final = ("Webinar", "Website", "Partner", "Event", "Referral", "Paid search", "Content download")
PRODUCTS: Final = ("Routing", "Scoring", "Qualification", "Analytics")
PAINS: Final = (
    "Leads wait days before anybody calls",
    "Nobody trusts the score",
    "The same lead is called twice",
    "Forecasts miss every quarter",
    "Reps type the same thing into three tools",
    "Good leads go to people who are on leave",
)
USE_CASES: Final = ("Route inbound leads", "Qualify trial users", "Replace spreadsheets", "Report on response times")
