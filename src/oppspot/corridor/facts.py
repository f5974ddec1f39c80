"""Turns a lead's state into what the rules take: scoring facts, and the flat row that conditions read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from oppspot.corridor.merging import COMPANY_FIELDS
from oppspot.corridor.types import LeadState
from oppspot.engagement.rules import count_windows
from oppspot.leads.normalise.domains import is_free_mail
from oppspot.qualification.titles import seniority_of_title
from oppspot.qualification.types import Assessment, Claim
from oppspot.scoring.types import CompanyFacts, FundingStage, LeadFacts, LeadScore

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


def condition_row(
    state: LeadState, score: LeadScore, assessment: Assessment, moments: frozenset[str], now: datetime
) -> dict[str, object]:
    """Return the flat row that conditions read; `moments` are the custom fields that hold times."""
    lead, contact, company = state.lead, state.contact, state.company or _NO_COMPANY
    domain = email_domain(contact["email"])
    row: dict[str, object] = {
        "lead.source": lead["source"],
        "lead.product_interest": lead["product_interest"],
        "lead.title": contact["title"],
        "lead.status": lead["status"],
        "lead.stage": lead["stage"],
        "lead.seniority": seniority_of_title(contact["title"]) if contact["title"] else None,
        "lead.country": contact["country"],
        "lead.email_domain": domain,
        "lead.is_free_mail": None if domain is None else is_free_mail(domain),
        "lead.created_at": lead["created_at"],
        "score.overall": score.overall,
        "score.fit": score.fit,
        "score.engagement": score.engagement,
        "bant.status": assessment.status,
        "bant.overall_score": assessment.overall_score,
        "bant.coverage": assessment.coverage,
        "bant.confidence": assessment.confidence,
    }
    for name in _COMPANY_FIELDS:
        row[f"company.{name}"] = company.get(name)
    for key, value in lead["attributes"].items():
        row[f"attributes.{key}"] = datetime.fromisoformat(value) if key in moments else value
    if state.events:
        windows = count_windows(state.events, now)
        row["engagement.events_7d"] = windows.events_7d
        row["engagement.events_30d"] = windows.events_30d
        row["engagement.last_event_at"] = windows.last_event_at
    return row


# What conditions may ask of a company: all that leads say of one but its number.
_COMPANY_FIELDS: Final = tuple(name for name in COMPANY_FIELDS if name != "registration_number")


# What a company's row says, in the words of claims: nobody should be asked for what is known already.
_CLAIMED: Final = {
    "annual_revenue": "financial.revenue",
    "growth_rate": "financial.growth_rate",
    "funding_stage": "financial.funding_status",
    "credit_score": "financial.credit_score",
}


def company_claims(company: Mapping[str, Any] | None) -> list[Claim]:
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
