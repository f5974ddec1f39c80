"""Lets a person decide against a framework: kept beside what the machine says, with reason, author and expiry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.pipeline import amend
from oppspot.corridor.types import Cause, LeadResult, LeadState
from oppspot.qualification.framework import Framework
from oppspot.qualification.models import OverrideRecord
from oppspot.qualification.queries.scorecards import find_framework, get_standings
from oppspot.qualification.standings import Override, dump_override

_SCORES: Final = range(101)


async def override_verdict(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    framework: str,
    now: datetime,
    *,
    reason: str,
    status: str | None = None,
    overall_score: int | None = None,
    expires_at: datetime | None = None,
) -> LeadResult:
    """Put a person's verdict, score or both beside the machine's until it expires; the verdict counts in its stead.

    Raises Invalid naming fields, NotFound.
    """
    definition = find_framework(await load_configuration(tx, actor.org_id), framework)
    _check(definition, status, overall_score, reason, expires_at, now)
    override = Override(framework, status, overall_score, reason.strip(), actor.name, now, expires_at)
    return await _record(tx, actor, lead_id, override, now, "verdict.overridden")


async def withdraw_override(
    tx: Transaction, actor: Actor, lead_id: UUID, framework: str, now: datetime, *, reason: str = ""
) -> LeadResult:
    """Let what the machine says count again; raises NotFound when there is no such lead or nothing to take back."""
    if framework not in (await get_standings(tx, actor.org_id, lead_id)).overrides:
        raise NotFound("There is no override to take back.")
    override = Override(framework, None, None, reason.strip(), actor.name, now, None)
    return await _record(tx, actor, lead_id, override, now, "verdict.override_withdrawn")


def _check(
    framework: Framework,
    status: str | None,
    overall_score: int | None,
    reason: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    verdicts = [verdict.status for verdict in framework.verdicts]
    problems = []
    if status is None and overall_score is None:
        problems.append(FieldProblem("status", "says nothing", f"one of {', '.join(verdicts)}, or an overall_score"))
    if status is not None and status not in verdicts:
        problems.append(FieldProblem("status", f"{status[:60]!r} is not a verdict", f"one of {', '.join(verdicts)}"))
    if overall_score is not None and overall_score not in _SCORES:
        problems.append(FieldProblem("overall_score", "is out of range", "a whole number from 0 to 100"))
    if not reason.strip():
        problems.append(FieldProblem("reason", "is missing", "why the machine is wrong, in a sentence"))
    if expires_at is not None and expires_at <= now:
        problems.append(FieldProblem("expires_at", "is over already", "a moment to come, or nothing"))
    if problems:
        raise Invalid("The override is not accepted.", errors=problems)


async def _record(
    tx: Transaction, actor: Actor, lead_id: UUID, override: Override, now: datetime, event: str
) -> LeadResult:
    kept, machine = dump_override(override), None

    def apply(state: LeadState) -> None:
        nonlocal machine
        stood = (item for item in state.lead["standings"] if item["framework"] == override.framework)
        machine = next(stood, None)
        others = {name: item for name, item in state.lead["overrides"].items() if name != override.framework}
        state.lead["overrides"] = others | {override.framework: kept} if override.says_anything else others
        state.lead["updated_at"] = now

    results = await amend(tx, actor, [lead_id], apply, now, Cause("override"))
    if not results:
        raise NotFound("There is no such lead.")
    await insert_rows(tx, OverrideRecord, [_row(actor, lead_id, override, machine)])
    payload = {name: kept[name] for name in ("framework", "status", "overall_score", "reason", "expires_at")}
    await record_events(tx, actor, [Happening(event, lead_id, payload)], now)
    await record_audit(tx, actor, event, ("lead", lead_id), now, payload=payload)
    return results[0]


def _row(actor: Actor, lead_id: UUID, override: Override, machine: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "lead_id": lead_id,
        "framework": override.framework,
        "status": override.status,
        "overall_score": override.overall_score,
        "machine_status": machine and machine["status"],
        "machine_score": machine and machine["overall_score"],
        "reason": override.reason,
        "author": override.author,
        "author_id": actor.id,
        "made_at": override.made_at,
        "expires_at": override.expires_at,
    }
