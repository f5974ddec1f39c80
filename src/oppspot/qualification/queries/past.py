"""Former assessments of a lead: the recorded numbers, and the whole assessment of any date worked out again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oppspot.core.config_versions import ConfigVersion
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import FRAMEWORK
from oppspot.qualification.framework import Framework
from oppspot.qualification.frameworks import SHIPPED, shipped_framework
from oppspot.qualification.models import AssessmentRecord, OverrideRecord
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.queries.scorecards import Scorecard, list_claims
from oppspot.qualification.rules import assess
from oppspot.qualification.types import Claim


async def list_assessments(
    tx: Transaction, org_id: UUID, lead_id: UUID, framework: str, *, limit: int = 100
) -> list[AssessmentRecord]:
    """Return a lead's assessments by a framework, the newest first; one is written only when something changed."""
    table = AssessmentRecord
    rows = await tx.scalars(
        select(table)
        .where(table.org_id == org_id, table.lead_id == lead_id, table.framework == framework)
        .order_by(table.at.desc(), table.id.desc())
        .limit(limit),
    )
    return list(rows)


async def list_overrides(tx: Transaction, org_id: UUID, lead_id: UUID, framework: str) -> list[OverrideRecord]:
    """Return what people decided against a framework for a lead, the newest first."""
    table = OverrideRecord
    rows = await tx.scalars(
        select(table)
        .where(table.org_id == org_id, table.lead_id == lead_id, table.framework == framework)
        .order_by(table.made_at.desc(), table.id.desc()),
    )
    return list(rows)


async def get_past_scorecard(tx: Transaction, org_id: UUID, lead_id: UUID, framework: str, at: datetime) -> Scorecard:
    """Return the scorecard as it was at a moment, from the claims and the version of the framework of then.

    Raises NotFound when the lead had not been assessed by the framework, or its version is no longer known.
    """
    table = AssessmentRecord
    record = await tx.scalar(
        select(table)
        .where(table.org_id == org_id, table.lead_id == lead_id, table.framework == framework, table.at <= at)
        .order_by(table.at.desc(), table.id.desc())
        .limit(1),
    )
    if record is None:
        raise NotFound(f"The lead was not assessed by {framework} before {at:%Y-%m-%d %H:%M} UTC.")
    definition = await _version(tx, org_id, framework, record.framework_hash)
    claims = [*await list_claims(tx, org_id, lead_id, until=at), *map(_claim_on_record, record.on_record)]
    return Scorecard(definition, claims, assess(definition, claims, at))


async def _version(tx: Transaction, org_id: UUID, name: str, digest: str) -> Framework:
    if name in SHIPPED and shipped_framework(name).version_hash == digest:
        return shipped_framework(name)
    document = await tx.scalar(
        select(ConfigVersion.document).where(
            ConfigVersion.org_id == org_id, ConfigVersion.kind == f"{FRAMEWORK}{name}", ConfigVersion.hash == digest
        ),
    )
    if document is None:
        raise NotFound(f"The version of {name} by which the lead was assessed then is no longer known.")
    return parse_framework(document)


def _claim_on_record(kept: Mapping[str, Any]) -> Claim:
    return Claim(
        id=UUID(kept["id"]),
        key=kept["key"],
        value=kept["value"],
        source="enrichment",
        observed_at=datetime.fromisoformat(kept["observed_at"]),
    )
