"""Writes what routing decided of a batch: decisions, assignments and the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import BUDGET, deal_size
from oppspot.corridor.routing import Routed
from oppspot.corridor.types import LeadState
from oppspot.routing.models import Assignment, FairnessCredit, RoutingDecisionRecord


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
                "ahead": credit.ahead,
                "given": credit.given,
                "updated_at": now,
            }
            for credit in routed.batch.credits
        ],
        "ON CONFLICT (org_id, pool, rep_id) DO UPDATE SET credit = excluded.credit, ahead = excluded.ahead, "
        "given = fairness_credits.given + excluded.given, updated_at = excluded.updated_at",
    )


_FOLLOW_VALUES: Final = text(
    """
    UPDATE assignments AS a SET value = r.value
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, value numeric)
    WHERE a.org_id = :org_id AND a.lead_id = r.lead_id AND a.value IS DISTINCT FROM r.value
    """,
)


async def follow_values(tx: Transaction, org_id: UUID, states: Sequence[LeadState], now: datetime) -> None:
    """Have what people were given be worth what is known of it by now: it is often learnt from them.

    Decisions keep what was known when they were taken.
    """
    learnt = [state for state in states if not state.is_new and any(claim.key == BUDGET for claim in state.new_claims)]
    rows = [{"lead_id": state.id, "value": deal_size(state, now).estimated_budget} for state in learnt]
    if rows:
        await tx.execute(_FOLLOW_VALUES, {"org_id": org_id, "rows": json.dumps(rows)})


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
        "team_id": decision.team_id,
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
        "units": decision.units,
        "value": decision.value,
        "rule_id": decision.rule_id,
        "rule_name": decision.rule_name,
        "decision_id": state.decision_id,
        "pool": decision.ledger,
        "sla_due_at": decision.sla_due_at,
        "assigned_at": now,
        "assigned_by": "routing",
    }
