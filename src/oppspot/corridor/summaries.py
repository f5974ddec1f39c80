"""What came of a lead, as answers and lists show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.corridor.types import (
    AssignmentSummary,
    LeadResult,
    LeadState,
    Owner,
    QualificationSummary,
    ScoreSummary,
)
from oppspot.routing.priority import Priority


def search_text(state: LeadState) -> str:
    """Return the words a lead is found by: name, address, company, external id."""
    contact, company = state.contact, state.company or {}
    parts = (
        contact["first_name"],
        contact["last_name"],
        contact["email"],
        # The address's parts are words of their own.
        (contact["email"] or "").replace("@", " ").replace(".", " "),
        company.get("name"),
        company.get("domain"),
        state.lead["external_id"],
    )
    return " ".join(part for part in parts if part).lower()


@dataclass(frozen=True, slots=True)
class Held:
    """The open assignment of a lead that routing did not have to look at."""

    assignment: AssignmentSummary | None
    reason: str


_HELD = text(
    """
    SELECT l.id AS lead_id, a.id, a.rep_id, u.name, coalesce(a.reason, d.reason, '') AS reason, a.priority,
           a.sla_due_at
    FROM leads AS l
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
        AND a.status IN ('assigned', 'accepted', 'working')
    LEFT JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    LEFT JOIN LATERAL (
        SELECT reason FROM routing_decisions AS r WHERE r.org_id = l.org_id AND r.lead_id = l.id
        ORDER BY r.at DESC, r.id DESC LIMIT 1
    ) AS d ON true
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    """,
)


async def owner_and_reason(tx: Transaction, org_id: UUID, states: Sequence[LeadState]) -> dict[UUID, Held]:
    """Return who has the leads that were not routed now, and why."""
    if not states:
        return {}
    rows = await tx.execute(_HELD, {"org_id": org_id, "ids": uuid_array([state.id for state in states])})
    return {row.lead_id: Held(_held(row) if row.id else None, row.reason) for row in rows}


def _held(row: Any) -> AssignmentSummary:
    owner = Owner(row.rep_id, row.name)
    return AssignmentSummary(row.id, owner, row.reason, Priority(row.priority), row.sla_due_at)


def _assignment(state: LeadState, names: Mapping[UUID, str]) -> AssignmentSummary | None:
    decision = state.decision
    if decision is None or decision.rep_id is None or state.assignment_id is None:
        return None
    owner = Owner(decision.rep_id, names[decision.rep_id])
    return AssignmentSummary(state.assignment_id, owner, decision.reason, decision.priority, decision.sla_due_at)


def summarise(state: LeadState, names: Mapping[UUID, str], held: Held | None) -> LeadResult:
    """Return the whole decision about one lead; `held` is what `owner_and_reason` found for it."""
    score, own = state.score, state.standings[0]
    assert score is not None  # noqa: S101 — scored before
    actions = state.assessments[own.framework].next_actions
    return LeadResult(
        id=state.id,
        created=state.is_new,
        status=state.lead["status"],
        outcome=str(state.lead["outcome"]),
        reason=held.reason if held else state.decision.reason if state.decision else "",
        score=ScoreSummary(score.overall, score.fit, score.engagement, score.coverage, score.band, score.grade),
        qualification=QualificationSummary(
            framework=own.framework,
            reason=own.reason,
            status=own.status,
            verdict=own.verdict,
            overall_score=own.overall_score,
            coverage=own.coverage,
            confidence=own.confidence,
            next_review_date=own.next_review_on,
            next_actions=tuple(action.text for action in actions),
        ),
        assignment=held.assignment if held else _assignment(state, names),
        company_id=state.lead["company_id"],
        changes=state.changes,
        standings=state.standings,
        has_new_facts=bool(state.new_claims or state.new_events),
    )
