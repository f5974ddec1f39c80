"""Assessments of leads: where they stand, how they came there, every reason, and what would change them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.rescoring import list_rescorings
from oppspot.corridor.types import Cause
from oppspot.qualification.counterfactuals import list_counterfactuals
from oppspot.qualification.explain import diff_assessments
from oppspot.qualification.framework import Name
from oppspot.qualification.queries.past import get_past_scorecard, list_assessments
from oppspot.qualification.queries.scorecards import Scorecard, get_scorecard, get_standings
from oppspot.qualification.schemas import ClaimBody
from oppspot.qualification.services.claims import check_claims
from oppspot.qualification.wire import (
    Difference,
    Explanation,
    OverrideAnswer,
    RecordAnswer,
    StandingAnswer,
    difference,
    explanation,
    override_answer,
    standing_answer,
)
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, Limit, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
FrameworkName = Annotated[Name | None, Query(description="Left out: the lead's own framework.")]
_LEAD = "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"
MAX_BULK = 1_000


class AssessmentsAnswer(BaseModel):
    """Where a lead stands by each framework it holds, its own first; and how it came there by one of them."""

    lead_id: UUID
    standings: list[StandingAnswer]
    overrides: list[OverrideAnswer]
    framework: str
    history: list[RecordAnswer]  # the newest first


class PreviewBody(BaseModel):
    """Claims that have not been made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"lead_id": _LEAD, "framework": "bant", "claims": [{"key": "budget.confirmed", "value": True}]},
            ],
        },
    )

    lead_id: UUID
    framework: Name | None = None
    claims: Annotated[list[ClaimBody], Field(max_length=100)] = []


class RescoringAnswer(BaseModel):
    """A run over all leads; `total` is null until it is known."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    cause: str
    total: int | None
    done: int
    started_at: datetime
    finished_at: datetime | None
    superseded_at: datetime | None


class RescoringList(BaseModel):
    items: list[RescoringAnswer]  # the newest first


class BulkBody(BaseModel):
    """Leads to assess anew."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lead_ids": [_LEAD]}]})

    lead_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_BULK)]


class BulkRow(BaseModel):
    """Where a lead stands now; null standing: there is no such lead."""

    lead_id: UUID
    result: str  # assessed or not_found
    own: StandingAnswer | None


class BulkAnswer(BaseModel):
    assessed: int
    not_found: int
    results: list[BulkRow]


@router.get("/assessments/{lead_id}", summary="List a lead's assessments", responses=REFUSALS_OF_ONE)
async def read_assessments(
    request: Request, actor: Reader, lead_id: UUID, framework: FrameworkName = None, limit: Limit = 100
) -> AssessmentsAnswer:
    """Return where a lead stands by every framework it holds, and its history by one of them."""
    async with transaction_of(request, actor) as tx:
        held = await get_standings(tx, actor.org_id, lead_id)
        name = framework or held.own.framework
        records = await list_assessments(tx, actor.org_id, lead_id, name, limit=limit)
    return AssessmentsAnswer(
        lead_id=lead_id,
        standings=[standing_answer(item) for item in held.standings],
        overrides=[override_answer(item) for item in held.overrides.values()],
        framework=name,
        history=[RecordAnswer.model_validate(record, from_attributes=True) for record in records],
    )


@router.get("/explain/{lead_id}", summary="Explain a lead's assessment", responses=REFUSALS_OF_ONE)
async def explain(
    request: Request,
    actor: Reader,
    lead_id: UUID,
    framework: FrameworkName = None,
    at: Annotated[AwareDatetime | None, Query(description="Left out: now.")] = None,
) -> Explanation:
    """Return every reason: terms that sum to the score, claims behind them, what is disputed, what would change it."""
    async with transaction_of(request, actor) as tx:
        name = await _named(tx, actor, lead_id, framework)
        card = await _card_at(tx, actor, lead_id, name, at)
    return _explained(lead_id, card)


@router.get("/diff/{lead_id}", summary="Say what changed a lead's score", responses=REFUSALS_OF_ONE)
async def read_difference(
    request: Request,
    actor: Reader,
    lead_id: UUID,
    since: Annotated[AwareDatetime, Query(alias="from")],
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Left out: now.")] = None,
    framework: FrameworkName = None,
) -> Difference:
    """Return the change between two moments, criterion by criterion with causes; the terms sum to it exactly."""
    async with transaction_of(request, actor) as tx:
        name = await _named(tx, actor, lead_id, framework)
        before = await _card_at(tx, actor, lead_id, name, since)
        after = await _card_at(tx, actor, lead_id, name, until)
    changes = diff_assessments(before.assessment, after.assessment)
    return difference(lead_id, before.assessment, after.assessment, changes)


@router.post("/preview", summary="Preview claims before they are made", responses=REFUSALS_OF_ONE)
async def preview(request: Request, actor: Writer, body: PreviewBody) -> Explanation:
    """Return what a framework would say of a lead if these claims were made now; records nothing."""
    now = utc_now()
    claims = check_claims(body.claims, actor, now)
    async with transaction_of(request, actor) as tx:
        name = await _named(tx, actor, body.lead_id, body.framework)
        card = await get_scorecard(tx, actor.org_id, body.lead_id, now, claims, framework=name)
    return _explained(body.lead_id, card)


@router.get("/rescorings", summary="List the runs that assess all leads anew", responses=REFUSALS)
async def read_rescorings(request: Request, actor: Reader) -> RescoringList:
    """Return the latest runs with their progress; one starts when a configuration is published, and every night."""
    async with transaction_of(request, actor) as tx:
        runs = await list_rescorings(tx, actor.org_id)
    return RescoringList(items=[RescoringAnswer.model_validate(run) for run in runs])


@router.post("/bulk", summary="Assess many leads anew", responses=REFUSALS)
async def assess_many(request: Request, actor: Writer, body: BulkBody) -> BulkAnswer:
    """Assess up to 1,000 leads by every framework they hold, in one transaction; each row is answered for."""
    async with transaction_of(request, actor) as tx:
        results = await reassess(tx, actor, list(dict.fromkeys(body.lead_ids)), utc_now(), Cause("calculated"))
    found = {result.id: result.standings[0] for result in results}
    rows = [
        BulkRow(
            lead_id=lead_id,
            result="assessed" if lead_id in found else "not_found",
            own=standing_answer(found[lead_id]) if lead_id in found else None,
        )
        for lead_id in body.lead_ids
    ]
    return BulkAnswer(
        assessed=sum(row.own is not None for row in rows), not_found=sum(row.own is None for row in rows), results=rows
    )


async def _named(tx: Transaction, actor: Actor, lead_id: UUID, framework: str | None) -> str:
    """Return the framework asked for, else the lead's own; raises NotFound for no such lead."""
    held = await get_standings(tx, actor.org_id, lead_id)
    return framework or held.own.framework


async def _card_at(tx: Transaction, actor: Actor, lead_id: UUID, framework: str, at: datetime | None) -> Scorecard:
    """Return the card of a lead now or as it was."""
    now = utc_now()
    if at is None or at >= now:
        return await get_scorecard(tx, actor.org_id, lead_id, now, framework=framework)
    return await get_past_scorecard(tx, actor.org_id, lead_id, framework, at)


def _explained(lead_id: UUID, card: Scorecard) -> Explanation:
    shown = card.assessment
    return explanation(lead_id, card, list_counterfactuals(card.framework, card.claims, shown.assessed_at))
