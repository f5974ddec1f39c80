"""Who works in the example organisations: people, teams, limits and rules."""

from dataclasses import dataclass, field
from typing import Any, Final

from oppspot.routing.quick_lists import COMPETITORS, CUSTOMERS, CUSTOMERS_ID, DO_NOT_ROUTE, exclusion_of

PASSWORD: Final = "oppspot-demo-2026"  # noqa: S105 — printed at the start of the demo


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of an example organisation; `days_here` is how long ago their ramp began, None for old hands."""

    name: str
    role: str
    teams: tuple[str, ...] = ()
    max_open: int | None = None
    weight: float = 1.0
    skills: tuple[tuple[str, int], ...] = ()
    territories: tuple[str, ...] = ()
    seniority: str = "mid"
    days_here: int | None = None
    limits: tuple[dict[str, Any], ...] = ()
    country: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class DemoAbsence:
    """Days off, from so many days from today, for so many days."""

    name: str
    starts_in: int
    days: int
    reason: str
    cover: str | None = None


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation to found; rules name teams, which become ids when they exist."""

    name: str
    slug: str
    time_zone: str
    currency: str
    share: float  # of all leads
    country: str
    people: tuple[DemoPerson, ...]
    rules: tuple[dict[str, Any], ...]
    exclusions: tuple[dict[str, Any], ...] = ()
    territories: tuple[dict[str, Any], ...] = ()
    policies: dict[str, Any] = field(default_factory=dict)
    absences: tuple[DemoAbsence, ...] = ()
    asks_for_budgets: bool = False
    # What people did by hand today; see `lately`.
    deeds: tuple[dict[str, Any], ...] = ()

    def address(self, person: DemoPerson) -> str:
        """Return the address a person logs in with."""
        return f"{person.name.split()[0].lower()}@{self.slug}.example"


def _rule(
    name: str,
    team: str,
    sla_hours: float,
    *conditions: dict[str, Any],
    description: str = "",
    by: str = "weighted",
    **settings: Any,
) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "routing_algorithm": by,
        "settings": settings,
        "conditions": {"all": list(conditions)},
        "assignment_target": {"type": "team", "id": team},
        "sla_hours": sla_hours,
    }


def _is(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


# The common three lists: people who may not be asked, competitors, customers.
_LISTS: Final = (
    exclusion_of(DO_NOT_ROUTE, ["unsubscribed.example", "press.example"]) | {"id": DO_NOT_ROUTE.id},
    exclusion_of(COMPETITORS, ["rivalroute.example", "scorely.example"]) | {"id": COMPETITORS.id},
    dict(CUSTOMERS) | {"id": CUSTOMERS_ID},
)

ORGANISATIONS: Final = (
    DemoOrganisation(
        name="Quillmark Software",
        slug="quillmark",
        time_zone="Europe/London",
        currency="GBP",
        share=0.75,
        country="GB",
        people=(
            DemoPerson("Orla Owner", "owner"),
            DemoPerson("Milan Manager", "manager"),
            DemoPerson("Ria Ramos", "rep", ("Enterprise",), 40, seniority="senior"),
            DemoPerson("Ben Bakker", "rep", ("Enterprise",), 40, seniority="principal"),
            DemoPerson("Ines Ivars", "rep", ("Europe",), 60, skills=(("Spanish", 5), ("French", 3)),
                       territories=("Iberia", "France"), country="ES", time_zone="Europe/Madrid"),
            DemoPerson("Jonas Jung", "rep", ("Europe",), 60, skills=(("German", 5), ("Swedish", 2)),
                       territories=("DACH", "Nordics"), country="DE", time_zone="Europe/Berlin"),
            DemoPerson("Kemi Kane", "rep", ("Europe", "Growth"), 60, 0.5, skills=(("French", 5),),
                       territories=("France", "Nordics")),
            DemoPerson("Lena Lund", "rep", ("Growth",), 80),
            DemoPerson("Omar Odeh", "rep", ("Growth",), 80, days_here=40,
                       limits=({"leads": 8, "per": "day", "window": "fixed"},)),
            DemoPerson("Vic Viewer", "viewer"),
        ),
        exclusions=_LISTS,
        territories=(
            {"name": "DACH", "countries": ["DE", "AT", "CH"]},
            {"name": "France", "countries": ["FR"]},
            {"name": "Iberia", "countries": ["ES", "PT"]},
            {"name": "Nordics", "countries": ["SE", "NO", "DK", "FI"]},
        ),
        rules=(
            _rule("Asks for a demo", "Growth", 1, _is("engagement.events_7d", "gte", 3),
                  _is("score.overall", "gte", 60), description="Warm now: call within the hour.", auto_followup=True,
                  notification_settings={"owner": True, "managers": True}),
            _rule("Large companies", "Enterprise", 4, _is("company.employees", "gte", 200), by="account_based",
                  description="An account's owner gets all its leads."),
            _rule("Europe", "Europe", 8, _is("company.country", "in", ["DE", "FR", "ES", "SE"]), by="territory",
                  timezone_aware=True),
            _rule("Everybody else", "Growth", 24),
        ),
        policies={"sla": {"business_hours": True, "qualify_hours": 40}, "balancing": {"rebalance_threshold": 60}},
        absences=(
            DemoAbsence("Ines Ivars", 6, 5, "Holiday", "Kemi Kane"),
            DemoAbsence("Ben Bakker", 20, 3, "Training", "Ria Ramos"),
        ),
        deeds=(
            {"do": "calibrate", "by": "Milan Manager", "team": "Growth", "of": "Omar Odeh", "leads": 2,
             "reason": "Two of his first leads turned out to be duplicates."},
            {"do": "even_out", "by": "Milan Manager", "team": "Growth"},
            {"do": "publish", "by": "Milan Manager", "rule": "Everybody else", "to": {"sla_hours": 16},
             "reason": "Two working days was too long."},
            {"do": "try_out", "by": "Milan Manager", "without": "Large companies", "weeks": 8},
            {"do": "stand_still", "by": "Ria Ramos", "days": 5, "reason": "Their budget meeting is next week."},
            {"do": "pause", "by": "Kemi Kane", "days": 1, "reason": "At a trade fair"},
        ),
    ),
    DemoOrganisation(
        name="Tarnvale Equipment",
        slug="tarnvale",
        time_zone="Europe/Berlin",
        currency="EUR",
        share=0.25,
        country="DE",
        people=(
            DemoPerson("Petra Principal", "owner"),
            DemoPerson("Marek Marsh", "manager"),
            DemoPerson("Sana Sato", "rep", ("Field",), 50, skills=(("Pumps", 5),), seniority="senior"),
            DemoPerson("Theo Tran", "rep", ("Field",), 50, skills=(("Pumps", 3), ("Solar", 4))),
            DemoPerson("Uma Urban", "rep", ("Field",), 50, 0.5, seniority="junior"),
        ),
        rules=(
            _rule("Industry", "Field", 8, _is("company.industry", "in", ["Manufacturing", "Construction", "Energy"]),
                  by="skill_based", skill_matching={"preferred": [{"skill": "pumps", "level": 3}]}, band=2),
            _rule("The rest", "Field", 48, by="ai_optimized", band=3,
                  description="Whoever is likely to make the most of a lead gets it more often."),
        ),
        policies={"fairness": {"algorithm": "value_balanced"}, "sla": {"business_hours": True},
                  "optimisation": {"floor": 60}},
        absences=(DemoAbsence("Theo Tran", 3, 7, "Holiday", "Sana Sato"),),
        asks_for_budgets=True,
    ),
)  # fmt: skip
