"""Moves turns in a ledger by hand: shown first, then written against the credits that were shown, and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid, NotFound
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.loading import take_turn
from oppspot.routing.calibration import CannotCalibrate, Preview, Wish, changes_for, opposite, preview
from oppspot.routing.errors import AlreadyUndone, LedgerMoved
from oppspot.routing.fairness import LEAD, settle_departures, shares_of
from oppspot.routing.ledger_standings import MemberStanding, PoolStanding
from oppspot.routing.models import FairnessCredit, LedgerCalibration
from oppspot.routing.queries.ledgers import get_pool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a calibration would do; `members` are those whom the preview's positions mean."""

    pool: PoolStanding
    member: MemberStanding
    wish: Wish
    changes: Mapping[UUID, int]
    members: tuple[MemberStanding, ...]
    shown: Preview

    @property
    def amount(self) -> float:
        """By how many leads it moves whom it is about."""
        return self.changes[self.member.rep.id] / LEAD

    def pick(self, positions: Sequence[int]) -> list[MemberStanding]:
        """Return whom positions of the preview mean."""
        return [self.members[position] for position in positions]


async def plan_calibration(tx: Transaction, org_id: UUID, address: str, wish: Wish, now: datetime) -> Plan:
    """Work out what a calibration would do; writes nothing. Raises NotFound, Invalid."""
    _, pool = await get_pool(tx, org_id, address, now)
    member = pool.member(wish.rep_id)
    if member is None or not member.weight:
        problem = FieldProblem("rep_id", "takes no turns in this pool", "one of its members")
        raise Invalid("They take no turns in this pool.", errors=[problem])
    try:
        changes = changes_for(wish, pool.seats())
    except CannotCalibrate as error:
        raise Invalid(str(error), errors=[FieldProblem("leads", "cannot be calibrated so", str(error))]) from error
    # Whoever is calibrated is shown as if they were back.
    members = tuple(each for each in pool.members if each.failed is None or each is member)
    shares = shares_of([each.weight for each in members])
    owed, moved = [each.credit for each in members], [changes.get(each.rep.id, 0) for each in members]
    return Plan(pool, member, wish, changes, members, preview(owed, moved, shares, members.index(member)))


async def calibrate(
    tx: Transaction, actor: Actor, address: str, wish: Wish, reason: str, seen: str, now: datetime
) -> UUID:
    """Carry a calibration out; returns its id.

    `seen` is the fingerprint of the credits that were shown: raises LedgerMoved when they are not those any more.
    """
    await take_turn(tx, actor.org_id)
    plan = await plan_calibration(tx, actor.org_id, address, wish, now)
    if plan.pool.fingerprint != seen:
        raise LedgerMoved
    return await _write(tx, actor, plan.pool, plan.member, plan.changes, reason, now, kind=wish.kind.value)


async def undo_calibration(tx: Transaction, actor: Actor, address: str, calibration_id: UUID, now: datetime) -> UUID:
    """Make the opposite entry; what somebody who has left meanwhile had of it is settled as when they left.

    Raises NotFound, AlreadyUndone.
    """
    await take_turn(tx, actor.org_id)
    _, pool = await get_pool(tx, actor.org_id, address, now)
    made = await tx.get(LedgerCalibration, (actor.org_id, calibration_id))
    if made is None or made.pool != pool.id.key or made.undoes_id is not None:
        raise NotFound("There is no such calibration.")
    undone = await tx.scalar(
        select(LedgerCalibration.id).where(
            LedgerCalibration.org_id == actor.org_id, LedgerCalibration.undoes_id == calibration_id
        ),
    )
    if undone is not None:
        raise AlreadyUndone
    changes = _for_members(pool, opposite({UUID(rep): amount for rep, amount in made.changes.items()}))
    member = pool.member(made.rep_id)
    return await _write(tx, actor, pool, member, changes, f"Undone: {made.reason}", now, kind="undo", undoes=made)


def _for_members(pool: PoolStanding, changes: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return changes for those who are in the pool now, with the same outcome as when leavers left after them."""
    owed = {each.rep.id: each.credit for each in pool.members}
    moved = {rep: owed.get(rep, 0) + changes.get(rep, 0) for rep in owed.keys() | changes.keys()}
    return {rep: amount - owed[rep] for rep, amount in settle_departures(moved, owed).items()}


async def _write(
    tx: Transaction,
    actor: Actor,
    pool: PoolStanding,
    member: MemberStanding | None,
    changes: Mapping[UUID, int],
    reason: str,
    now: datetime,
    *,
    kind: str,
    undoes: LedgerCalibration | None = None,
) -> UUID:
    """Write the credits of all members as they are after, the entry, and tell whom it is about."""
    rep_id = undoes.rep_id if undoes else member.rep.id if member else None
    assert rep_id is not None  # noqa: S101 — one of the two is given
    await insert_rows(tx, FairnessCredit, _credit_rows(actor.org_id, pool, changes, now), _ON_CONFLICT)
    staying = [str(each.rep.id) for each in pool.members]
    await tx.execute(_SETTLED, {"org_id": actor.org_id, "pool": pool.id.key, "members": staying, "now": now})
    row: dict[str, Any] = {
        "org_id": actor.org_id,
        "id": new_id(),
        "pool": pool.id.key,
        "rep_id": rep_id,
        "kind": kind,
        "changes": {str(rep): amount for rep, amount in changes.items() if amount},
        "reason": reason,
        "undoes_id": undoes.id if undoes else None,
        "made_by": actor.name,
        "made_by_id": actor.user_id,
        "at": now,
    }
    await insert_rows(tx, LedgerCalibration, [row])
    amount = changes.get(rep_id, 0) / LEAD
    payload = {"pool": pool.name, "kind": kind, "rep_id": rep_id, "leads": round(amount, 4), "reason": reason}
    await record_audit(tx, actor, "ledger.calibrated", ("ledger", pool.id.address), now, payload=payload)
    if member is not None and rep_id != actor.user_id:
        said = f"{phrase_change(amount)} {actor.name}: {reason}"
        await notify_users(
            tx,
            actor.org_id,
            [Notice(rep_id, "ledger.calibrated", f"Your turns in {pool.name} were changed", said, "/routing/my-turn")],
            now,
        )
    await announce(tx, actor.org_id, ["routing"])
    return UUID(str(row["id"]))


def phrase_change(leads: float) -> str:
    """Return what a calibration did to somebody, as a sentence."""
    if abs(leads) < 0.005:  # noqa: PLR2004 — would show as 0.00
        return "Nothing changes."
    return f"They are owed {leads:.2f} of a lead more." if leads > 0 else f"They are owed {-leads:.2f} of a lead less."


# Those who left have been settled with: their part stands with the others now.
_SETTLED = text(
    "UPDATE fairness_credits SET credit = 0, ahead = 0, updated_at = :now WHERE org_id = :org_id AND pool = :pool "
    "AND rep_id <> ALL(CAST(:members AS uuid[])) AND (credit <> 0 OR ahead <> 0)",
)
_ON_CONFLICT = (
    "ON CONFLICT (org_id, pool, rep_id) DO UPDATE SET credit = excluded.credit, ahead = excluded.ahead, "
    "updated_at = excluded.updated_at"
)


def _credit_rows(org_id: UUID, pool: PoolStanding, changes: Mapping[UUID, int], now: datetime) -> list[dict[str, Any]]:
    """Return all members' entries, so that what was settled when somebody left is written with the change."""
    return [
        {
            "org_id": org_id,
            "pool": pool.id.key,
            "rep_id": each.rep.id,
            "credit": each.credit + changes.get(each.rep.id, 0),
            "ahead": each.ahead,
            "given": 0,
            "updated_at": now,
        }
        for each in pool.members
    ]
