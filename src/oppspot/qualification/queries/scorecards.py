"""A lead's scorecard: its claims and what the framework says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.db import Transaction
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.facts import company_claims
from oppspot.corridor.loading import claim_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.models import AssessmentRecord, ClaimRecord
from oppspot.qualification.rules import assess
from oppspot.qualification.types import Assessment, Claim


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What is claimed and what follows from it."""

    framework: Framework
    claims: Sequence[Claim]
    assessment: Assessment


async def list_claims(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[Claim]:
    """Return everything ever claimed about a lead, the oldest first."""
    table = ClaimRecord.__table__
    rows = await tx.execute(
        select(table).where(table.c.org_id == org_id, table.c.lead_id == lead_id).order_by(table.c.observed_at),
    )
    return [claim_of(row) for row in rows]


async def get_scorecard(
    tx: Transaction, org_id: UUID, lead_id: UUID, now: datetime, extra: Sequence[Claim] = ()
) -> Scorecard:
    """Return the scorecard as of `now`; `extra` are claims not yet made, for a preview."""
    framework = (await load_configuration(tx, org_id)).framework
    claims = [*await list_claims(tx, org_id, lead_id), *await _company_claims(tx, org_id, lead_id), *extra]
    return Scorecard(framework, claims, assess(framework, claims, now))


_COMPANY = text(
    "SELECT c.id, c.annual_revenue, c.growth_rate, c.funding_stage, c.credit_score, c.updated_at FROM leads AS l "
    "JOIN companies AS c ON c.org_id = l.org_id AND c.id = l.company_id WHERE l.org_id = :org_id AND l.id = :lead_id",
)


async def _company_claims(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[Claim]:
    row = (await tx.execute(_COMPANY, {"org_id": org_id, "lead_id": lead_id})).mappings().one_or_none()
    return company_claims({str(name): value for name, value in row.items()} if row else None)


async def list_assessments(
    tx: Transaction, org_id: UUID, lead_id: UUID, framework: str, *, limit: int = 100
) -> list[AssessmentRecord]:
    """Return a lead's verdicts by a framework, the newest first."""
    rows = await tx.scalars(
        select(AssessmentRecord)
        .where(
            AssessmentRecord.org_id == org_id,
            AssessmentRecord.lead_id == lead_id,
            AssessmentRecord.framework == framework,
        )
        .order_by(AssessmentRecord.at.desc(), AssessmentRecord.id.desc())
        .limit(limit),
    )
    return list(rows)
