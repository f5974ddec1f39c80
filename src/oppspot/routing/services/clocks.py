"""Marks leads whose time ran out, once, whichever worker gets there first."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import system_actor
from oppspot.core.db import Database, Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.loading import take_turn

_DUE = text("SELECT org_id FROM door_list_organisations_due(:now)")
# Compare-and-set: of two workers one finds the row unmarked.
_BREACH = text(
    """
    UPDATE assignments SET sla_breached_at = :now
    WHERE org_id = :org_id AND status = 'assigned' AND sla_breached_at IS NULL AND sla_due_at < :now
    RETURNING id, lead_id, rep_id, sla_due_at
    """,
)
_BREACH_IN_QUEUE = text(
    """
    UPDATE leads SET queue_breached_at = :now
    WHERE org_id = :org_id AND outcome = 'queued' AND status IN ('new', 'working') AND queue_breached_at IS NULL
      AND sla_due_at < :now
    RETURNING id AS lead_id, queue, sla_due_at
    """,
)
_MANAGERS = text("SELECT id FROM users WHERE org_id = :org_id AND active AND role IN ('owner', 'manager') ORDER BY id")


async def mark_breaches(database: Database, now: datetime) -> int:
    """Mark every lead that nobody accepted, or took from its queue, in time; tell its rep and the managers.

    Returns how many.
    """
    async with database.outside() as tx:
        org_ids: list[UUID] = list((await tx.execute(_DUE, {"now": now})).scalars())
    marked, failures = 0, []
    for org_id in org_ids:
        try:
            async with database.transaction(org_id) as tx:
                marked += await _mark(tx, org_id, now)
        except Exception as error:  # noqa: BLE001 — one organisation's trouble must not hold up the others
            failures.append(error)
    if failures:
        raise ExceptionGroup("some organisations' clocks could not be read", failures)
    return marked


async def _mark(tx: Transaction, org_id: UUID, now: datetime) -> int:
    # In turn with whoever writes leads: their rows are locked in no order here.
    await take_turn(tx, org_id)
    given = {"org_id": org_id, "now": now}
    held = (await tx.execute(_BREACH, given)).all()
    queued = (await tx.execute(_BREACH_IN_QUEUE, given)).all()
    if not held and not queued:
        return 0
    happenings = [
        *(Happening("sla.breached", row.lead_id, {"rep_id": row.rep_id, "due_at": row.sla_due_at}) for row in held),
        *(Happening("sla.breached", row.lead_id, {"queue": row.queue, "due_at": row.sla_due_at}) for row in queued),
    ]
    await record_events(tx, system_actor(org_id), happenings, now)
    managers = list((await tx.execute(_MANAGERS, {"org_id": org_id})).scalars())
    await notify_users(tx, org_id, [*_own_notices(held), *_managers_notices(held, queued, managers)], now)
    await announce(tx, org_id, ["leads", "routing", *(f"lead:{row.lead_id}" for row in [*held, *queued])])
    return len(happenings)


def _own_notices(held: Sequence[Any]) -> list[Notice]:
    """Return one notice for each lead, to whoever has it."""
    title, body = "A lead of yours is overdue", "Accept it or hand it back."
    return [Notice(row.rep_id, "sla.breached", title, body, f"/leads/{row.lead_id}") for row in held]


def _managers_notices(held: Sequence[Any], queued: Sequence[Any], managers: Sequence[UUID]) -> list[Notice]:
    """Return one notice a manager for all of them; what nobody has taken is named by its queue."""
    count = len(held) + len(queued)
    title = f"{count} {'lead is' if count == 1 else 'leads are'} overdue"
    lying = Counter(row.queue for row in queued)
    body = f"Nobody has taken: {', '.join(f'{lying[name]} in {name}' for name in sorted(lying))}." if queued else ""
    return [Notice(manager, "sla.breached", title, body, "/leads?overdue=true&sort=due") for manager in managers]
