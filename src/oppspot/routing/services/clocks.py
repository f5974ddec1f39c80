"""Marks leads whose time ran out, once, whichever worker gets there first."""

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

_DUE = text("SELECT org_id FROM door_list_organisations_due(:now)")
# Compare-and-set: of two workers one finds the row unmarked.
_BREACH = text(
    """
    UPDATE assignments SET sla_breached_at = :now
    WHERE org_id = :org_id AND status = 'assigned' AND sla_breached_at IS NULL AND sla_due_at < :now
    RETURNING id, lead_id, rep_id, sla_due_at
    """,
)
_MANAGERS = text("SELECT id FROM users WHERE org_id = :org_id AND active AND role IN ('owner', 'manager') ORDER BY id")


async def mark_breaches(database: Database, now: datetime) -> int:
    """Mark every assignment that nobody accepted in time, tell its rep and the managers; returns how many."""
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
    breached = (await tx.execute(_BREACH, {"org_id": org_id, "now": now})).all()
    if not breached:
        return 0
    happenings = [
        Happening("sla.breached", row.lead_id, {"rep_id": row.rep_id, "due_at": row.sla_due_at}) for row in breached
    ]
    await record_events(tx, system_actor(org_id), happenings, now)
    managers = list((await tx.execute(_MANAGERS, {"org_id": org_id})).scalars())
    await notify_users(tx, org_id, _notices(breached, managers), now)
    await announce(tx, org_id, ["leads", "routing", *(f"lead:{row.lead_id}" for row in breached)])
    return len(breached)


def _notices(breached: Sequence[Any], managers: Sequence[UUID]) -> list[Notice]:
    """Return one notice a rep for each lead, and one a manager for all of them."""
    own = [
        Notice(
            row.rep_id,
            "sla.breached",
            "A lead of yours is overdue",
            "Accept it or hand it back.",
            f"/leads/{row.lead_id}",
        )
        for row in breached
    ]
    count = len(breached)
    title = f"{count} {'lead is' if count == 1 else 'leads are'} overdue"
    return [*own, *(Notice(manager, "sla.breached", title, "", "/leads?overdue=true&sort=due") for manager in managers)]
