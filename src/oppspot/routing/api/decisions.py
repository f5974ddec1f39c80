"""Routing decisions: why this one, why not that one, and would it fall the same again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.routing.candidates import candidates_of
from oppspot.routing.fairness import LEAD
from oppspot.routing.queries.decisions import StoredDecision, get_decision, replay_decision
from oppspot.routing.schemas import CandidateAnswer, DecisionAnswer, ReplayAnswer
from oppspot.routing.types import Candidate
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/routing/decisions")
Reader = Annotated[Actor, Depends(needs("routing.read"))]


@router.get("/{decision_id}", summary="Read a routing decision", responses=REFUSALS_OF_ONE)
async def read_decision(request: Request, actor: Reader, decision_id: UUID) -> DecisionAnswer:
    """Return a decision with its inputs, the configuration it was taken under, and every candidate."""
    async with transaction_of(request, actor) as tx:
        return _answer(await get_decision(tx, actor.org_id, decision_id))


@router.get("/{decision_id}/replay", summary="Take a decision again", responses=REFUSALS_OF_ONE)
async def replay(request: Request, actor: Reader, decision_id: UUID) -> ReplayAnswer:
    """Take a stored decision again from its inputs, under the rules of its time; changes nothing."""
    async with transaction_of(request, actor) as tx:
        again = await replay_decision(tx, actor.org_id, decision_id)
    return ReplayAnswer(
        same=not again.differences,
        differences=list(again.differences),
        outcome=again.decision.outcome,
        rep_id=again.decision.rep_id,
        reason=again.decision.reason,
    )


def _answer(stored: StoredDecision) -> DecisionAnswer:
    row = stored.row
    return DecisionAnswer(
        id=row.id,
        lead_id=row.lead_id,
        at=row.at,
        outcome=row.outcome,
        rep_id=row.rep_id,
        queue=row.queue,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        reason=row.reason,
        tie_break=stored.decision.tie_break,
        config_version=row.config_version,
        config_hash=row.config_hash,
        facts=row.record["lead"]["facts"],
        candidates=[_candidate(item) for item in candidates_of(stored.decision)],
        next_check_at=row.next_check_at,
    )


def _candidate(item: Candidate) -> CandidateAnswer:
    return CandidateAnswer(
        rep_id=item.rep_id,
        name=item.name,
        eligible=item.eligible,
        failed_test=item.failed_test,
        rank=item.rank,
        credit_before=item.credit_before / LEAD,
        share=item.share / LEAD,
        open_count=item.open_count,
        max_open=item.max_open,
    )
