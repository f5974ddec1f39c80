"""A lead's scorecard: its claims and what a framework says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import Configuration, load_configuration
from oppspot.corridor.facts import claims_on_record
from oppspot.corridor.loading import claim_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.framework import Framework
from oppspot.qualification.models import ClaimRecord
from oppspot.qualification.rules import assess
from oppspot.qualification.standings import Override, Standing, read_overrides, read_standings
from oppspot.qualification.types import Assessment, Claim


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What is claimed and what follows from it."""

    framework: Framework
    claims: Sequence[Claim]
    assessment: Assessment


_COMPANY_OF = text("SELECT company_id FROM leads WHERE org_id = :org_id AND id = :lead_id")


async def list_claims(tx: Transaction, org_id: UUID, lead_id: UUID, *, until: datetime | None = None) -> list[Claim]:
    """Return everything claimed about a lead and its company, or all recorded until a moment; the oldest first."""
    table = ClaimRecord.__table__
    company_id = await tx.scalar(_COMPANY_OF, {"org_id": org_id, "lead_id": lead_id})
    about = table.c.lead_id == lead_id
    statement = select(table).where(table.c.org_id == org_id, or_(about, table.c.company_id == company_id))
    if until is not None:
        statement = statement.where(table.c.recorded_at <= until)
    rows = await tx.execute(statement.order_by(table.c.observed_at, table.c.id))
    return [claim_of(row) for row in rows]


async def list_evidence(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[Claim]:
    """Return everything a lead is assessed from: claims of it and its company, and what the company's record says."""
    return [*await list_claims(tx, org_id, lead_id), *await _claims_on_record(tx, org_id, lead_id)]


async def get_scorecard(
    tx: Transaction,
    org_id: UUID,
    lead_id: UUID,
    now: datetime,
    extra: Sequence[Claim] = (),
    *,
    framework: str = "bant",
) -> Scorecard:
    """Return the scorecard by one framework as of `now`; `extra` are claims not yet made, for a preview.

    Raises NotFound when there is no such framework.
    """
    definition = find_framework(await load_configuration(tx, org_id), framework)
    claims = [*await list_evidence(tx, org_id, lead_id), *extra]
    return Scorecard(definition, claims, assess(definition, claims, now))


def find_framework(configuration: Configuration, name: str) -> Framework:
    """Return a live framework; raises NotFound naming those there are."""
    found = configuration.frameworks.get(name)
    if found is None:
        raise NotFound(f"There is no framework {name!r}; there are {', '.join(configuration.frameworks)}.")
    return found


_ON_RECORD = text(
    "SELECT c.id, c.annual_revenue, c.growth_rate, c.funding_stage, c.credit_score, c.updated_at FROM leads AS l "
    "JOIN companies AS c ON c.org_id = l.org_id AND c.id = l.company_id WHERE l.org_id = :org_id AND l.id = :lead_id",
)


async def _claims_on_record(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[Claim]:
    row = (await tx.execute(_ON_RECORD, {"org_id": org_id, "lead_id": lead_id})).mappings().one_or_none()
    return claims_on_record({str(name): value for name, value in row.items()} if row else None)


@dataclass(frozen=True, slots=True)
class LeadStandings:
    """Where a lead stands by every framework it holds, its own first, and what people decided beside it."""

    standings: tuple[Standing, ...]
    overrides: Mapping[str, Override]
    choice: Mapping[str, Any] | None  # what was chosen by hand

    @property
    def own(self) -> Standing:
        return self.standings[0]


async def get_standings(tx: Transaction, org_id: UUID, lead_id: UUID) -> LeadStandings:
    """Return a lead's standings; raises NotFound."""
    lead = (await get_lead(tx, org_id, lead_id)).lead
    return LeadStandings(read_standings(lead.standings), read_overrides(lead.overrides), lead.framework_choice)
