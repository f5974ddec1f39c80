"""Made-up leads of ordinary shape, the same for the same seed: as the API takes them, and as the corridor does."""

import random
from typing import Any

from oppspot.corridor.types import Intake
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead

SEED = 20261102
LEADS_PER_COMPANY = 3
FIRST = ["Ada", "Bo", "Chidi", "Dana", "Emre", "Fatima", "Gwen", "Hana", "Ines", "Jonas", "Kofi", "Lena", "Mei", "Noor"]
LAST = ["Abara", "Berg", "Costa", "Duarte", "Eklund", "Fischer", "Grant", "Haddad", "Ito", "Jensen", "Kaya", "Lind"]
TITLES = ["CEO", "VP Sales", "Head of Operations", "IT Manager", "Marketing Director", "Analyst", "Buyer"]
INDUSTRIES = ["software", "banking", "retail", "healthcare", "manufacturing", "education", "logistics"]
COUNTRIES = ["GB", "DE", "FR", "US", "SE", "ES", "NL", "IN", "BR"]
SOURCES = ["webinar", "website", "referral", "trade show", "outbound", "content"]


def documents(count: int, *, seed: int = SEED, first: int = 0) -> list[dict[str, Any]]:
    """Return new leads, three to a company; `first` keeps the addresses of several calls apart."""
    chance = random.Random(seed)
    return [_document(number, chance) for number in range(first, first + count)]


def _document(number: int, chance: random.Random) -> dict[str, Any]:
    company = number // LEADS_PER_COMPANY
    first, last = chance.choice(FIRST), chance.choice(LAST)
    traits = random.Random(company)
    return {
        "email": f"{first}.{last}.{number}@company{company}.example".lower(),
        "first_name": first,
        "last_name": f"{last} {number}",
        "title": chance.choice(TITLES),
        "source": chance.choice(SOURCES),
        "company": {
            "name": f"Company {company}",
            "domain": f"company{company}.example",
            "country": traits.choice(COUNTRIES),
            "industry": traits.choice(INDUSTRIES),
            "employees": traits.choice([3, 12, 60, 240, 900, 4_000]),
            "annual_revenue": traits.choice([200_000, 2_000_000, 20_000_000, 200_000_000]),
        },
    }


def intakes(count: int, *, first: int = 0) -> list[Intake]:
    """Return new leads as the corridor takes them."""
    return [Intake(_checked(document)) for document in documents(count, first=first)]


def _checked(document: dict[str, Any]) -> LeadInput:
    lead = validate_lead(document, {})
    assert isinstance(lead, LeadInput), lead
    return lead
