"""Stored scores, and the terms they were made of: taken again from the facts they keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.config_versions import ConfigVersion
from oppspot.core.db import Transaction
from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.models import ScoreRecord
from oppspot.scoring.parse import model_hash, parse_model
from oppspot.scoring.rules import score_lead
from oppspot.scoring.types import CompanyFacts, FundingStage, LeadFacts, LeadScore, ScoreModel

KIND = "scoring"


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as it was stored, and taken again from its facts so that it can be explained."""

    record: ScoreRecord
    score: LeadScore


async def list_scores(tx: Transaction, org_id: UUID, lead_id: UUID, *, limit: int = 200) -> Sequence[ScoreRecord]:
    """Return a lead's scores, the newest first."""
    rows = await tx.scalars(
        select(ScoreRecord)
        .where(ScoreRecord.org_id == org_id, ScoreRecord.lead_id == lead_id)
        .order_by(ScoreRecord.at.desc(), ScoreRecord.id.desc())
        .limit(limit),
    )
    return list(rows)


async def find_score(tx: Transaction, org_id: UUID, lead_id: UUID, *, at: datetime | None = None) -> StoredScore | None:
    """Return the newest score, or the one that held at a moment; None for a lead without."""
    statement = select(ScoreRecord).where(ScoreRecord.org_id == org_id, ScoreRecord.lead_id == lead_id)
    if at is not None:
        statement = statement.where(ScoreRecord.at <= at)
    record = await tx.scalar(statement.order_by(ScoreRecord.at.desc(), ScoreRecord.id.desc()).limit(1))
    return await _taken_again(tx, record) if record else None


async def _taken_again(tx: Transaction, record: ScoreRecord) -> StoredScore:
    model = await _model(tx, record.org_id, record.model_hash)
    events = await _events_until(tx, record.org_id, record.lead_id, record.at)
    return StoredScore(record, score_lead(read_facts(record.terms), events, model, record.at))


# A hash names its model for ever.
_MODELS: dict[str, ScoreModel] = {model_hash(DEFAULT_MODEL): DEFAULT_MODEL}


async def _model(tx: Transaction, org_id: UUID, digest: str) -> ScoreModel:
    if digest not in _MODELS:
        documents = await tx.scalars(
            select(ConfigVersion.document).where(ConfigVersion.org_id == org_id, ConfigVersion.kind == KIND),
        )
        for document in documents:
            model = parse_model(document)
            _MODELS[model_hash(model)] = model
    return _MODELS[digest]


_EVENTS = text(
    "SELECT id, kind, occurred_at, quantity FROM engagement_events "
    "WHERE org_id = :org_id AND lead_id = :lead_id AND received_at <= :until ORDER BY occurred_at, id",
)


async def _events_until(tx: Transaction, org_id: UUID, lead_id: UUID, until: datetime) -> list[EngagementEvent]:
    rows = await tx.execute(_EVENTS, {"org_id": org_id, "lead_id": lead_id, "until": until})
    return [EngagementEvent(EventKind(row.kind), row.occurred_at, row.quantity, str(row.id)) for row in rows]


def read_facts(document: Mapping[str, Any]) -> LeadFacts:
    """Return the facts that a score record keeps."""
    company = dict(document["company"])
    if company.get("funding_stage"):
        company["funding_stage"] = FundingStage(company["funding_stage"])
    if company.get("technologies") is not None:
        company["technologies"] = tuple(company["technologies"])
    own = {name: value for name, value in document.items() if name != "company"}
    return LeadFacts(company=CompanyFacts(**company), **own)
