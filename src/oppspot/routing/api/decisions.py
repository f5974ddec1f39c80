"""Routing decisions: why this one, why not that one, and would it fall the same again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.corridor.configuration import compile_routing
from oppspot.routing.candidates import Candidate, candidates_of
from oppspot.routing.decision_schemas import (
    CandidateAnswer,
    DecisionAnswer,
    DecisionItem,
    DecisionPage,
    DecisionQuery,
    ReplayAnswer,
    RungAnswer,
)
from oppspot.routing.documents import RuleDocument
from oppspot.routing.fairness import LEAD
from oppspot.routing.ladders import Ladder, Rung
from oppspot.routing.queries.decision_list import list_decisions
from oppspot.routing.queries.decisions import StoredDecision, find_document, get_decision, replay_decision, rule_of
from oppspot.routing.terms import terms_book
from oppspot.routing.types import RoutingDecision
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/routing/decisions")
Reader = Annotated[Actor, Depends(needs("routing.read"))]


@router.get("", summary="List routing decisions", responses=REFUSALS)
async def read_decisions(request: Request, actor: Reader, query: Annotated[DecisionQuery, Query()]) -> DecisionPage:
    """Return decisions, newest first; follow `next_cursor` for more."""
    async with transaction_of(request, actor) as tx:
        page = await list_decisions(tx, actor.org_id, query.filter, limit=query.limit, cursor=query.cursor)
    return DecisionPage(items=[DecisionItem.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/{decision_id}", summary="Read a routing decision", responses=REFUSALS_OF_ONE)
async def read_decision(request: Request, actor: Reader, decision_id: UUID) -> DecisionAnswer:
    """Return a decision with its inputs, the configuration it was taken under, and every candidate."""
    async with transaction_of(request, actor) as tx:
        stored = await get_decision(tx, actor.org_id, decision_id)
        document = await find_document(tx, actor.org_id, stored.row.config_version)
        config = await compile_routing(tx, actor.org_id, document, stored.row.config_hash)
    terms = terms_book(config, None).of(stored.row.rule_id, None)
    return _answer(stored, rule_of(document, stored.row.rule_id), terms.ladder(terms.allowed))


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


def _answer(stored: StoredDecision, rule: RuleDocument | None, ladder: Ladder) -> DecisionAnswer:
    row, decision = stored.row, stored.decision
    return DecisionAnswer(
        id=row.id,
        lead_id=row.lead_id,
        at=row.at,
        outcome=row.outcome,
        rep_id=row.rep_id,
        queue=row.queue,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        algorithm=rule.routing_algorithm if rule else None,
        band=rule.settings.band if rule else None,
        probability=decision.propensities.get(decision.rep_id) if decision.rep_id else None,
        priority=decision.priority,
        sla_due_at=decision.sla_due_at,
        escalation_path=[_rung(rung) for rung in ladder] if decision.sla_due_at else [],
        reason=row.reason,
        tie_break=decision.tie_break,
        config_version=row.config_version,
        config_hash=row.config_hash,
        facts=row.record["lead"]["facts"],
        candidates=[_candidate(item, decision) for item in candidates_of(decision)],
        next_check_at=row.next_check_at,
    )


def _rung(rung: Rung) -> RungAnswer:
    repeat = rung.repeat.total_seconds() if rung.repeat else None
    return RungAnswer(after_seconds=rung.after.total_seconds(), action=rung.action, repeat_seconds=repeat)


def _candidate(item: Candidate, decision: RoutingDecision) -> CandidateAnswer:
    return CandidateAnswer(
        rep_id=item.rep_id,
        name=item.name,
        eligible=item.eligible,
        failed_test=item.failed_test,
        rank=item.rank,
        by_name=item.by_name,
        credit_before=item.credit_before / LEAD,
        ahead=item.ahead,
        share=item.share / LEAD,
        open_count=item.open_count,
        max_open=item.max_open,
        probability=None if item.by_name else decision.propensities.get(item.rep_id),
        expected=None if item.by_name else decision.expected.get(item.rep_id),
    )
