"""Writes what a batch decided: each table in one statement, all in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows, update_rows
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.corridor.clocks import due_of, is_settled_now
from oppspot.corridor.differing import (
    assessment_changed,
    contact_changed,
    row_changed,
    score_changed,
)
from oppspot.corridor.facts import claims_on_record
from oppspot.corridor.summaries import search_text
from oppspot.corridor.types import Cause, LeadState
from oppspot.engagement.models import EngagementRecord
from oppspot.leads.models import Company, Contact, Lead
from oppspot.qualification.models import AssessmentRecord, ClaimRecord
from oppspot.qualification.selection import ALWAYS
from oppspot.qualification.standings import dump_standings
from oppspot.qualification.types import Assessment, Claim, ElementResult
from oppspot.routing.outcomes import WAITING
from oppspot.routing.terms import TermsBook
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


def apply_decisions(states: Sequence[LeadState], book: TermsBook, now: datetime) -> None:
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
            lead["sla_due_at"], lead["queue_breached_at"] = due_of(state, book, now), None
        if is_settled_now(state):
            lead["sla_due_at"] = None


async def save_leads(tx: Transaction, states: Sequence[LeadState]) -> None:
    """Write contacts and leads, new and known."""
    fresh = [state for state in states if state.is_new]
    known = [state for state in states if not state.is_new]
    await insert_rows(tx, Contact, [state.contact for state in fresh])
    await insert_rows(tx, Lead, [state.lead for state in fresh])
    await update_rows(tx, Contact, [state.contact for state in known if contact_changed(state)])
    await update_rows(tx, Lead, [state.lead for state in known if row_changed(state)])


async def save_history(tx: Transaction, actor: Actor, states: Sequence[LeadState], cause: Cause, now: datetime) -> None:
    """Append scores and assessments that differ from the last; recalculating writes nothing."""
    await insert_rows(tx, ScoreRecord, [_score_row(s, cause, now) for s in states if score_changed(s)])
    await insert_rows(
        tx,
        AssessmentRecord,
        [
            _assessment_row(state, assessment, actor, cause, now)
            for state in states
            for assessment in state.assessments.values()
            if assessment_changed(state, assessment)
        ],
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
