"""Writes what a batch decided: each table in one statement, all in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows, update_rows
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.disputes import happening_of
from oppspot.corridor.facts import claims_on_record
from oppspot.corridor.routing import Routed
from oppspot.corridor.summaries import search_text
from oppspot.corridor.types import Cause, LeadState
from oppspot.engagement.models import EngagementRecord
from oppspot.leads.models import Company, Contact, Lead
from oppspot.qualification.models import AssessmentRecord, ClaimRecord
from oppspot.qualification.selection import ALWAYS
from oppspot.qualification.standings import dump_standings
from oppspot.qualification.types import Assessment, Claim, ElementResult
from oppspot.routing.models import Assignment, FairnessCredit, RoutingDecisionRecord
from oppspot.routing.outcomes import WAITING, Outcome
from oppspot.scoring.models import ScoreRecord


async def save_companies(
    tx: Transaction,
    companies: Iterable[dict[str, Any]],
    new_ids: set[UUID],
    changed: set[UUID],
) -> None:
    """Write companies seen for the first time and those that changed."""
    rows = list(companies)
    await insert_rows(tx, Company, [row for row in rows if row["id"] in new_ids])
    await update_rows(tx, Company, [row for row in rows if row["id"] in changed - new_ids])


async def save_facts(tx: Transaction, states: Sequence[LeadState], cause: Cause, now: datetime) -> None:
    """Append the claims and events that came in; events of an import name it, so that they can be undone with it."""
    properties = {"import_id": str(cause.import_id)} if cause.import_id else {}
    await insert_rows(
        tx,
        ClaimRecord,
        [
            claim_row(state.lead["org_id"], claim, now, lead_id=state.id)
            for state in states
            for claim in state.new_claims
        ],
    )
    await insert_rows(
        tx,
        EngagementRecord,
        [
            {
                "org_id": state.lead["org_id"],
                "id": event.id,
                "lead_id": state.id,
                "kind": event.kind,
                "occurred_at": event.occurred_at,
                "quantity": event.quantity,
                "received_at": now,
                "properties": properties,
            }
            for state in states
            for event in state.new_events
        ],
        "ON CONFLICT DO NOTHING",
    )


def claim_row(
    org_id: UUID, claim: Claim, now: datetime, *, lead_id: UUID | None = None, company_id: UUID | None = None
) -> dict[str, Any]:
    """Return the row of a claim about a lead or about a company."""
    return {
        "org_id": org_id,
        "id": claim.id,
        "lead_id": lead_id,
        "company_id": company_id,
        "key": claim.key,
        "value": claim.value,
        "source": claim.source,
        "grade": claim.grade,
        "confidence": claim.confidence,
        "evidence": claim.evidence,
        "observed_at": claim.observed_at,
        "expires_at": claim.expires_at,
        "author": claim.author,
        "recorded_at": now,
    }


def apply_decisions(states: Sequence[LeadState], now: datetime) -> None:
    """Copy scores, verdicts and owners onto the lead rows, where lists read them."""
    for state in states:
        lead, score, bant, decision = state.lead, state.score, state.assessments[ALWAYS], state.decision
        assert score is not None  # noqa: S101 — scored before
        lead["score_overall"], lead["score_fit"] = score.overall, score.fit
        lead["score_engagement"], lead["score_coverage"] = score.engagement, score.coverage
        lead["score_band"], lead["score_grade"] = score.band, score.grade
        lead["bant_status"], lead["bant_score"] = bant.status, bant.overall_score
        lead["bant_coverage"], lead["bant_confidence"] = bant.coverage, bant.confidence
        own = state.standings[0]
        lead["framework"], lead["verdict"], lead["next_review_on"] = own.framework, own.verdict, own.next_review_on
        lead["standings"] = dump_standings(state.standings)
        lead["assessed_at"] = now
        lead["search_text"] = search_text(state)
        if decision is not None:
            lead["next_check_at"] = decision.next_check_at if decision.outcome in WAITING else None
        if decision is not None and state.decision_id is not None:
            lead["outcome"] = decision.outcome
            lead["owner_id"], lead["queue"] = decision.rep_id, decision.queue
            lead["sla_due_at"], lead["queue_breached_at"] = decision.sla_due_at, None


async def save_leads(tx: Transaction, states: Sequence[LeadState]) -> None:
    """Write contacts and leads, new and known."""
    fresh = [state for state in states if state.is_new]
    known = [state for state in states if not state.is_new]
    await insert_rows(tx, Contact, [state.contact for state in fresh])
    await insert_rows(tx, Lead, [state.lead for state in fresh])
    await update_rows(tx, Contact, [state.contact for state in known if _contact_changed(state)])
    await update_rows(tx, Lead, [state.lead for state in known if _row_changed(state)])


def _contact_changed(state: LeadState) -> bool:
    return any(name.startswith("contact.") or name == "lead.company_id" for name in state.changes)


async def save_history(tx: Transaction, actor: Actor, states: Sequence[LeadState], cause: Cause, now: datetime) -> None:
    """Append scores and assessments that differ from the last; recalculating writes nothing."""
    await insert_rows(tx, ScoreRecord, [_score_row(s, cause, now) for s in states if _score_changed(s)])
    await insert_rows(
        tx,
        AssessmentRecord,
        [
            _assessment_row(state, assessment, actor, cause, now)
            for state in states
            for assessment in state.assessments.values()
            if _assessment_changed(state, assessment)
        ],
    )


def remember_before(state: LeadState) -> None:
    """Keep what a known lead's row said before, to tell change from repetition."""
    if not state.is_new:
        state.before = dict(state.lead)


_SCORE = ("score_overall", "score_fit", "score_engagement", "score_coverage")


def _differs(state: LeadState, names: Iterable[str]) -> bool:
    before = state.before
    return before is None or any(_number(state.lead[name]) != _number(before[name]) for name in names)


def _number(value: Any) -> Any:
    """Compare 0.35 read back as a decimal with 0.35 just computed; what is no number is compared as it is."""
    return round(float(value), 6) if isinstance(value, float | Decimal) else value


def _row_changed(state: LeadState) -> bool:
    """Say whether a known lead's row is worth writing: most are assessed every night and stay as they are."""
    return _differs(state, (name for name in state.lead if name != "assessed_at"))


def _score_changed(state: LeadState) -> bool:
    return _differs(state, _SCORE)


def _assessment_changed(state: LeadState, assessment: Assessment) -> bool:
    stood = state.before["standings"] if state.before else ()
    before = next((item for item in stood if item["framework"] == assessment.framework), None)
    return before is None or any(
        _number(before[name]) != _number(getattr(assessment, name))
        for name in ("status", "overall_score", "coverage", "confidence")
    )


def _score_row(state: LeadState, cause: Cause, now: datetime) -> dict[str, Any]:
    score = state.score
    assert score is not None  # noqa: S101 — assessed before
    return {
        "org_id": state.lead["org_id"],
        "id": new_id(),
        "lead_id": state.id,
        "at": now,
        "cause": cause.name,
        "overall": score.overall,
        "fit": score.fit,
        "engagement": score.engagement,
        "coverage": score.coverage,
        "band": score.band,
        "grade": score.grade,
        "model_hash": score.model_hash,
        # The facts it was made from: with the events up to `at`, they give the same terms again.
        "terms": score.inputs.facts,
    }


def _assessment_row(
    state: LeadState, assessment: Assessment, actor: Actor, cause: Cause, now: datetime
) -> dict[str, Any]:
    return {
        "org_id": state.lead["org_id"],
        "id": new_id(),
        "lead_id": state.id,
        "framework": assessment.framework,
        "framework_hash": assessment.version_hash,
        "at": now,
        "cause": cause.name,
        "status": assessment.status,
        "overall_score": assessment.overall_score,
        "coverage": assessment.coverage,
        "confidence": assessment.confidence,
        "next_review_on": assessment.next_review_date,
        "terms": {item.element: _element_terms(item) for item in assessment.elements},
        "on_record": [
            {"id": claim.id, "key": claim.key, "value": claim.value, "observed_at": claim.observed_at}
            for claim in claims_on_record(state.company)
        ],
        "actor_id": actor.id,
    }


def _element_terms(element: ElementResult) -> dict[str, Any]:
    values = {item.key: item.statement.value for item in element.criteria if item.statement and item.is_known}
    return {"score": element.score, "coverage": element.coverage, "values": values}


async def save_routing(
    tx: Transaction,
    actor: Actor,
    states: Sequence[LeadState],
    routed: Routed,
    configuration: Configuration,
    now: datetime,
) -> None:
    """Write decisions, assignments and the ledger; open counts follow by trigger."""
    decided = [state for state in states if state.decision_id is not None]
    await insert_rows(tx, RoutingDecisionRecord, [_decision_row(state, configuration, now) for state in decided])
    await insert_rows(tx, Assignment, [_assignment_row(state, now) for state in decided if state.assignment_id])
    await insert_rows(
        tx,
        FairnessCredit,
        [
            {
                "org_id": actor.org_id,
                "pool": credit.pool,
                "rep_id": credit.rep_id,
                "credit": credit.amount,
                "given": credit.given,
                "updated_at": now,
            }
            for credit in routed.batch.credits
        ],
        "ON CONFLICT (org_id, pool, rep_id) DO UPDATE SET credit = excluded.credit, "
        "given = fairness_credits.given + excluded.given, updated_at = excluded.updated_at",
    )


def _decision_row(state: LeadState, configuration: Configuration, now: datetime) -> dict[str, Any]:
    decision = state.decision
    assert decision is not None  # noqa: S101 — only decided states come here
    return {
        "org_id": state.lead["org_id"],
        "id": state.decision_id,
        "lead_id": state.id,
        "at": now,
        "outcome": decision.outcome,
        "rep_id": decision.rep_id,
        "queue": decision.queue,
        "rule_id": decision.rule_id,
        "rule_name": decision.rule_name,
        "reason": decision.reason,
        "config_version": configuration.routing_version,
        "config_hash": decision.config_hash,
        "next_check_at": decision.next_check_at,
        "record": state.decision_record,
    }


def _assignment_row(state: LeadState, now: datetime) -> dict[str, Any]:
    decision = state.decision
    assert decision is not None  # noqa: S101 — only assigned states come here
    return {
        "org_id": state.lead["org_id"],
        "id": state.assignment_id,
        "lead_id": state.id,
        "rep_id": decision.rep_id,
        "status": "assigned",
        "reason": decision.reason,
        "priority": decision.priority,
        "rule_id": decision.rule_id,
        "rule_name": decision.rule_name,
        "decision_id": state.decision_id,
        "sla_due_at": decision.sla_due_at,
        "assigned_at": now,
        "assigned_by": "routing",
    }


async def save_timeline(
    tx: Transaction,
    actor: Actor,
    states: Sequence[LeadState],
    cause: Cause,
    now: datetime,
) -> None:
    """Record what happened to each lead, and tell open pages."""
    await record_events(tx, actor, [item for state in states for item in _happenings(state, cause)], now)
    known = [f"lead:{state.id}" for state in states if not state.is_new]
    await announce(tx, actor.org_id, ["leads", *known])


def _happenings(state: LeadState, cause: Cause) -> Iterable[Happening]:
    if state.is_new:
        yield Happening("lead.created", state.id, {"cause": cause.name, "source": state.lead["source"]})
    elif state.changes:
        yield Happening("lead.updated", state.id, {"cause": cause.name, "changes": state.changes})
    if state.before is not None and _score_changed(state):
        yield Happening("lead.scored", state.id, _change(state, "score_overall", cause))
    if state.before is not None and _verdict_changed(state):
        yield _verdict_happening(state, cause)
    elif state.before is not None and _differs(state, ("bant_score",)):
        yield Happening("lead.assessed", state.id, _assessed(state, cause))
    for disputed in state.disputed:
        yield happening_of(state, disputed)
    if state.decision_id is not None:
        yield _routing_happening(state)


# What a new verdict is called on the timeline; those of other frameworks have no event of their own.
_VERDICT_EVENTS = {"qualified": "qualified", "nurture": "moved_to_nurture", "disqualified": "disqualified"}


def _verdict_changed(state: LeadState) -> bool:
    assert state.before is not None  # noqa: S101 — asked of known leads only
    return any(state.before[name] != state.lead[name] for name in ("verdict", "framework"))


def _verdict_happening(state: LeadState, cause: Cause) -> Happening:
    own, before = state.standings[0], state.before
    assert before is not None  # noqa: S101 — asked of known leads only
    payload = {
        "cause": cause.name,
        "framework": own.framework,
        "score": own.overall_score,
        "from": before["verdict"],
        "to": own.verdict,
    }
    return Happening(f"lead.{_VERDICT_EVENTS.get(own.verdict, 'verdict_changed')}", state.id, payload)


def _assessed(state: LeadState, cause: Cause) -> dict[str, Any]:
    return {**_change(state, "bant_score", cause), "framework": state.standings[0].framework}


def _change(state: LeadState, name: str, cause: Cause) -> dict[str, Any]:
    assert state.before is not None  # noqa: S101 — asked of known leads only
    return {"cause": cause.name, "from": state.before[name], "to": state.lead[name]}


def _routing_happening(state: LeadState) -> Happening:
    decision = state.decision
    assert decision is not None  # noqa: S101 — asked of decided leads only
    name = "assignment.created" if decision.outcome is Outcome.ASSIGNED else "lead.held"
    payload = {"outcome": decision.outcome, "reason": decision.reason, "rep_id": decision.rep_id}
    return Happening(name, state.id, payload)
