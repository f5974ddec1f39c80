"""Carries out a redistribution as it was shown, all of it or nothing, and takes it back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.loading import take_turn
from oppspot.routing.errors import AlreadyUndone, NotApplied, PlanApplied, PlanOutdated
from oppspot.routing.queries.redistributions import find_plan, get_redistribution
from oppspot.routing.queries.situations import load_people
from oppspot.routing.redistribution.coming_back import coming_back
from oppspot.routing.redistribution.documents import read_made, read_plan
from oppspot.routing.redistribution.going_stale import Change, HeldNow, changes_since
from oppspot.routing.redistribution.models import Redistribution
from oppspot.routing.redistribution.types import Plan
from oppspot.routing.services.books import load_book
from oppspot.routing.services.handing_over import Hand, find_held, hand_out

_MOST_CHANGES: Final = 50


@dataclass(frozen=True, slots=True)
class Applied:
    """What was carried out."""

    id: UUID
    title: str
    moved: int


async def apply_plan(tx: Transaction, actor: Actor, plan_hash: str, now: datetime) -> Applied:
    """Carry out a plan that was shown, if it still holds; else nothing happens.

    Raises NotFound for a plan that is not kept (any more), PlanApplied, and PlanOutdated naming what has changed.
    """
    await take_turn(tx, actor.org_id)
    row = await find_plan(tx, actor.org_id, plan_hash)
    if row is None:
        raise NotFound("There is no such plan. Plans are kept for a day.")
    if row.status != "proposed":
        raise PlanApplied(f"{row.applied_by} has carried out this plan already.")
    plan = read_plan(row.plan)
    held = await find_held(tx, actor.org_id, [move.lead_id for move in plan.moves])
    await _refuse_outdated(tx, actor.org_id, plan, held, now)
    names = {each.rep_id: each.name for each in plan.standings}
    hands = [
        Hand(held[move.lead_id], move.to_id, f"Moved from {names[move.from_id]}. {move.because}", keeps_rule=True)
        for move in plan.moves
    ]
    made = await hand_out(tx, actor, hands, await load_book(tx, actor.org_id, now), now)
    changes = {"status": "applied", "applied_at": now, "applied_by": actor.name}
    await _set(tx, row, changes | {"made": {str(lead_id): str(given) for lead_id, given in made.items()}})
    await _tell(tx, actor, hands, row, now)
    payload = {"cause": row.cause, "title": row.title, "moved": len(hands)}
    await record_audit(tx, actor, "redistribution.applied", ("redistribution", row.id), now, payload=payload)
    return Applied(row.id, row.title, len(hands))


async def _refuse_outdated(tx: Transaction, org_id: UUID, plan: Plan, held: Mapping[UUID, Any], now: datetime) -> None:
    config = (await load_configuration(tx, org_id)).routing
    reps = await load_people(tx, org_id, now)
    found = {lead_id: HeldNow(row.assignment_id, row.rep_id, row.status) for lead_id, row in held.items()}
    if changes := changes_since(plan, found, reps, config.version_hash, now):
        raise PlanOutdated(_said(changes), errors=[FieldProblem(*change) for change in changes[:_MOST_CHANGES]])


def _said(changes: Sequence[Change]) -> str:
    """Say what has changed, equal things once: “A lead of Ann is Ben's now (3 times).”."""
    counts = Counter(change.sentence for change in changes)
    several = [each if count == 1 else f"{each.removesuffix('.')} ({count} times)." for each, count in counts.items()]
    shown = " ".join(several[:3]) + (f" And {len(several) - 3} other things." if len(several) > 3 else "")  # noqa: PLR2004
    return f"Things have changed since this plan was made, so nothing was moved. {shown} Look at a new plan."


@dataclass(frozen=True, slots=True)
class Undone:
    """How many leads came back, and why each of the others did not."""

    title: str
    returned: int
    left: Mapping[UUID, str]

    @property
    def kept(self) -> dict[str, int]:
        """How many stay for each reason."""
        return dict(sorted(Counter(self.left.values()).items()))


async def undo_redistribution(tx: Transaction, actor: Actor, redistribution_id: UUID, now: datetime) -> Undone:
    """Give back what is still as it was given, to whoever had it and takes leads; says what is not, and why.

    While something stays only for now (they are away, paused or full) it can be undone again, for that.
    Raises NotFound, AlreadyUndone, NotApplied.
    """
    await take_turn(tx, actor.org_id)
    row = await get_redistribution(tx, actor.org_id, redistribution_id)
    await tx.refresh(row)
    if row.status == "undone":
        raise AlreadyUndone(f"{row.undone_by} has undone this already.")
    if row.status != "applied":
        raise NotApplied
    plan, made = read_plan(row.plan), read_made(row.made)
    held = await find_held(tx, actor.org_id, list(made))
    coming = coming_back(plan, made, held, await load_people(tx, actor.org_id, now), now)
    reason = f"Back after a redistribution was undone: {row.title}."
    hands = [Hand(held[move.lead_id], move.from_id, reason, keeps_rule=True) for move in coming.back]
    undone = Undone(row.title, len(hands), coming.left)
    if coming.waiting and not hands:
        return undone
    # Who was given a lead for a while may still get it some other time.
    await hand_out(tx, actor, hands, await load_book(tx, actor.org_id, now), now, ended_as="withdrawn")
    await _note_undone(tx, actor, row, undone, coming.waiting, now)
    await _tell(tx, actor, hands, row, now)
    return undone


async def _note_undone(
    tx: Transaction, actor: Actor, row: Redistribution, undone: Undone, waiting: Collection[UUID], now: datetime
) -> None:
    """Write what came back; it is over unless something stays only for now, which is all that is left to undo."""
    before = row.undoing or {"returned": 0}
    undoing = {"returned": before["returned"] + undone.returned, "kept": undone.kept}
    changes: dict[str, Any] = {"undoing": undoing}
    if waiting:
        changes["made"] = {lead_id: given for lead_id, given in row.made.items() if UUID(lead_id) in waiting}
    else:
        changes |= {"status": "undone", "undone_at": now, "undone_by": actor.name}
    await _set(tx, row, changes)
    payload = {"title": row.title, "returned": undone.returned, "kept": undone.kept}
    await record_audit(tx, actor, "redistribution.undone", ("redistribution", row.id), now, payload=payload)


async def _set(tx: Transaction, row: Redistribution, changes: Mapping[str, Any]) -> None:
    await tx.execute(
        update(Redistribution)
        .where(Redistribution.org_id == row.org_id, Redistribution.id == row.id)
        .values(dict(changes))
        .execution_options(synchronize_session=False),
    )


async def _tell(tx: Transaction, actor: Actor, hands: Sequence[Hand], row: Redistribution, now: datetime) -> None:
    """Write each lead's timeline, and one notice a person."""
    happenings = [
        Happening(
            "assignment.moved",
            hand.row.id,
            {"rep_id": hand.rep_id, "from": hand.row.rep_id, "reason": hand.reason, "redistribution_id": row.id},
        )
        for hand in hands
    ]
    await record_events(tx, actor, happenings, now)
    await announce(tx, actor.org_id, ["leads", "routing", *(f"lead:{hand.row.id}" for hand in hands)])
    await notify_users(tx, actor.org_id, _notices(hands, row.title, actor.name), now)


def _notices(hands: Sequence[Hand], title: str, by: str) -> list[Notice]:
    got, gave = Counter(hand.rep_id for hand in hands), Counter(hand.row.rep_id for hand in hands)
    body = f"{title}, by {by}."
    return [
        Notice(rep_id, "assignment.moved", _counted(got[rep_id], gave[rep_id]), body, "/inbox")
        for rep_id in sorted(got | gave)
    ]


def _counted(got: int, gave: int) -> str:
    if got and gave:
        return f"{_leads(got)} moved to you, {gave} away from you"
    return f"{_leads(got)} moved to you" if got else f"{_leads(gave)} moved from you to colleagues"


def _leads(count: int) -> str:
    return f"{count} lead was" if count == 1 else f"{count} leads were"
