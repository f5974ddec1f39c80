"""Turns a lead's state into what the rules take: scoring facts, and the flat row that conditions read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from oppspot.corridor.merging import COMPANY_FIELDS
from oppspot.corridor.types import LeadState
from oppspot.engagement.levels import engagement_level
from oppspot.engagement.rules import count_windows
from oppspot.leads.account_facts import answers_of, size_band
from oppspot.leads.normalise.domains import is_free_mail
from oppspot.qualification.evidence import current_values
from oppspot.qualification.selection import ALWAYS, DealSize
from oppspot.qualification.standings import Standing
from oppspot.qualification.titles import seniority_of_title
from oppspot.qualification.types import Claim
from oppspot.scoring.types import CompanyFacts, FundingStage, LeadFacts

_NO_COMPANY: Mapping[str, Any] = {}
_NOTHING_KNOWN = CompanyFacts()


def scoring_facts(state: LeadState) -> LeadFacts:
    """Return what scoring looks at."""
    domain = email_domain(state.contact["email"])
    return LeadFacts(
        company=company_facts(state.company) if state.company else _NOTHING_KNOWN,
        email_domain=domain,
        is_free_mail=None if domain is None else is_free_mail(domain),
        title=state.contact["title"],
    )


def company_facts(company: Mapping[str, Any]) -> CompanyFacts:
    """Return a company's row as facts."""
    revenue, technologies, funding = company["annual_revenue"], company["technologies"], company["funding_stage"]
    return CompanyFacts(
        industry=company["industry"],
        sic_code=company["sic_code"],
        country=company["country"],
        employees=company["employees"],
        annual_revenue=None if revenue is None else float(revenue),
        growth_rate=company["growth_rate"],
        funding_stage=None if funding is None else FundingStage(funding),
        credit_score=company["credit_score"],
        technologies=None if technologies is None else tuple(technologies),
    )


def email_domain(email: str | None) -> str | None:
    """Return what follows the @, None without an address."""
    return email.rpartition("@")[2] if email else None


def condition_row(state: LeadState, moments: frozenset[str], now: datetime) -> dict[str, object]:
    """Return the flat row that conditions read of a lead that is scored and assessed.

    `moments` are the custom fields that hold times.
    """
    lead, contact, company = state.lead, state.contact, state.company or _NO_COMPANY
    score, bant = state.score, state.assessments[ALWAYS]
    assert score is not None  # noqa: S101 — scored before
    size = deal_size(state, now)
    domain = email_domain(contact["email"])
    row: dict[str, object] = {
        "lead.source": lead["source"],
        "lead.product_interest": lead["product_interest"],
        "lead.title": contact["title"],
        "lead.status": lead["status"],
        "lead.stage": lead["stage"],
        "lead.seniority": seniority_of_title(contact["title"]) if contact["title"] else None,
        "lead.country": contact["country"],
        "lead.region": contact["region"],
        "lead.postcode": contact["postcode"],
        "lead.email_domain": domain,
        "lead.is_free_mail": None if domain is None else is_free_mail(domain),
        "lead.created_at": lead["created_at"],
        "score.overall": score.overall,
        "score.fit": score.fit,
        "score.engagement": score.engagement,
        "engagement.level": engagement_level(score.engagement),
        "bant.status": bant.status,
        "bant.overall_score": bant.overall_score,
        "bant.coverage": bant.coverage,
        "bant.confidence": bant.confidence,
        "deal.estimated_budget": size.estimated_budget,
        "deal.committee_size": size.committee_size,
        **_standing_fields(state.standings),
    }
    for name in _COMPANY_FIELDS:
        row[f"company.{name}"] = company.get(name)
    row["company.size_band"] = size_band(company.get("employees"))
    if state.account is not None:
        row |= answers_of(state.account)
    for key, value in lead["attributes"].items():
        row[f"attributes.{key}"] = datetime.fromisoformat(value) if key in moments else value
    if state.events:
        windows = count_windows(state.events, now)
        row["engagement.events_7d"] = windows.events_7d
        row["engagement.events_30d"] = windows.events_30d
        row["engagement.last_event_at"] = windows.last_event_at
    return row


def _standing_fields(standings: Iterable[Standing]) -> dict[str, object]:
    """Return what conditions read of a lead's own framework and of MEDDIC; nothing before they are assessed."""
    fields: dict[str, object] = {}
    for place, standing in enumerate(standings):
        if place == 0:
            fields["qualification.framework"] = standing.framework
            fields["qualification.status"] = standing.verdict
            fields |= _numbers("qualification", standing)
        if standing.framework == "meddic":
            fields["meddic.forecast_category"] = standing.status
            fields |= _numbers("meddic", standing)
    return fields


def _numbers(prefix: str, standing: Standing) -> dict[str, object]:
    return {
        f"{prefix}.overall_score": standing.overall_score,
        f"{prefix}.coverage": standing.coverage,
        f"{prefix}.confidence": standing.confidence,
    }


BUDGET: Final = "budget.estimated_budget"
_SIZES: Final = frozenset({BUDGET, "authority.committee_size", "authority.stakeholder_map"})


def deal_size(state: LeadState, now: datetime) -> DealSize:
    """Return what is known of the size of a lead's deal."""
    employees = state.company["employees"] if state.company else None
    about = [claim for claim in (*state.claims, *state.company_claims) if claim.key in _SIZES]
    if not about:
        return DealSize(employees=employees)
    said = {key: value.statement.value for key, value in current_values(about, now).items() if value.is_fresh}
    return DealSize(said.get(BUDGET), employees, said.get("authority.committee_size"))


# What conditions may ask of a company: all that leads say of one but its number.
_COMPANY_FIELDS: Final = tuple(name for name in COMPANY_FIELDS if name != "registration_number")


# What a company's row says, in the words of claims: nobody should be asked for what is known already.
_CLAIMED: Final = {
    "annual_revenue": "financial.revenue",
    "growth_rate": "financial.growth_rate",
    "funding_stage": "financial.funding_status",
    "credit_score": "financial.credit_score",
}


def claims_on_record(company: Mapping[str, Any] | None) -> list[Claim]:
    """Return what is known of a company as claims of its leads, dated when the company last changed."""
    if company is None:
        return []
    return [
        Claim(
            id=company["id"],
            key=key,
            value=company[name] if isinstance(company[name], str) else float(company[name]),
            source="enrichment",
            observed_at=company["updated_at"],
        )
        for name, key in _CLAIMED.items()
        if company[name] is not None
    ]
