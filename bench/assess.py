"""What deciding costs without a database: score, BANT and MEDDIC of made-up leads, in processor time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.samples import documents
from rich.table import Table

from oppspot.corridor.checking import check_intake
from oppspot.corridor.types import Intake
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead
from oppspot.qualification.frameworks import shipped_framework
from oppspot.qualification.rules import assess_leads
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.rules import score_leads
from oppspot.scoring.types import CompanyFacts, LeadFacts

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROUNDS = 5
# What half of the leads have said and done.
CLAIMS = [
    {"key": "budget.confirmed", "value": True, "source": "rep"},
    {"key": "need.pain_points", "value": ["slow reports"], "source": "form"},
    {"key": "need.urgency", "value": "high", "source": "rep"},
]
EVENTS = [
    {"kind": "pricing_view", "occurred_at": "2026-10-30T10:00:00Z"},
    {"kind": "webinar_attended", "occurred_at": "2026-10-12T10:00:00Z"},
]


def run(leads: int = 20_000) -> dict[str, Any]:
    """Measure leads a processor second: the fastest of some rounds counts."""
    bant, meddic = shipped_framework("bant"), shipped_framework("meddic")
    taken = [_intake(document, has_said=number % 2 == 0) for number, document in enumerate(documents(leads))]
    facts = [(_facts(intake.lead), intake.events) for intake in taken]
    claims = [intake.claims for intake in taken]
    scoring = min(_seconds(lambda: score_leads(facts, DEFAULT_MODEL, NOW)) for _ in range(ROUNDS))
    assessing = min(_seconds(lambda: assess_leads(bant, claims, NOW)) for _ in range(ROUNDS))
    forecasting = min(_seconds(lambda: assess_leads(meddic, claims, NOW)) for _ in range(ROUNDS))
    return {
        "bench": "assess",
        "leads": leads,
        "scored_per_cpu_second": round(leads / scoring),
        "bant_per_cpu_second": round(leads / assessing),
        "meddic_per_cpu_second": round(leads / forecasting),
        "all_per_cpu_second": round(leads / (scoring + assessing + forecasting)),
    }


def _intake(document: dict[str, Any], *, has_said: bool) -> Intake:
    said = {"claims": CLAIMS, "events": EVENTS} if has_said else {}
    lead = validate_lead(document | said, {})
    assert isinstance(lead, LeadInput), lead
    intake = check_intake(lead, "bench", NOW)
    assert isinstance(intake, Intake), intake
    return intake


def _facts(lead: LeadInput) -> LeadFacts:
    company = lead.company
    return LeadFacts(
        company=CompanyFacts(
            industry=company.industry,
            country=company.country,
            employees=company.employees,
            annual_revenue=None if company.annual_revenue is None else float(company.annual_revenue),
        ),
        email_domain=company.domain,
        is_free_mail=False,
        title=lead.title,
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def as_table(measured: dict[str, Any]) -> Table:
    table = Table(title=f"Deciding about {measured['leads']:,} leads in memory, a processor second")
    for heading in ("scored", "BANT", "MEDDIC", "all three"):
        table.add_column(heading, justify="right")
    names = ("scored_per_cpu_second", "bant_per_cpu_second", "meddic_per_cpu_second", "all_per_cpu_second")
    table.add_row(*(f"{measured[name]:,}" for name in names))
    return table
