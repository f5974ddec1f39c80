"""Gives leads to a named person, however many: a handful of statements for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import get_score
from oppspot.corridor.loading import take_turn
from oppspot.leads.types import OPEN_STATUSES
from oppspot.routing.errors import AtTheLimit, LeadSettled, NotARep
from oppspot.routing.priority import Priority, priority_of
from oppspot.routing.queries.takers import Taker, find_taker
from oppspot.routing.services.books import load_book
from oppspot.routing.services.handing_over import find_held, hand_over
from oppspot.routing.services.losing import notices_of_losing


class Giving(StrEnum):
    """What became of one lead that was to be given."""

    GIVEN = "given"
    ALREADY_THEIRS = "already_theirs"
    SETTLED = "settled"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Given:
    """What became of each lead, in the order they were named, and who was to get them."""

    rep_name: str
    leads: dict[UUID, Giving]

    def count(self, giving: Giving) -> int:
        return sum(each is giving for each in self.leads.values())


async def give_lead(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    rep_id: UUID,
    reason: str,
    now: datetime,
    *,
    over_limit: bool = False,
) -> None:
    """Give a lead to a named person.

    Raises NotFound, NotARep, LeadSettled, and AtTheLimit unless it may go over their limit.
    """
    await take_turn(tx, actor.org_id)
    # First of all: whoever may not see the lead learns nothing of people either.
    await get_score(tx, actor.org_id, lead_id)
    given = await give_leads(tx, actor, [lead_id], rep_id, reason, now, over_limit=over_limit)
    if given.leads[lead_id] is Giving.SETTLED:
        raise LeadSettled


async def give_leads(
    tx: Transaction,
    actor: Actor,
    lead_ids: Sequence[UUID],
    rep_id: UUID,
    reason: str,
    now: datetime,
    *,
    over_limit: bool = False,
) -> Given:
    """Give leads to a named person; raises NotARep, and AtTheLimit unless they may go over their limit.

    Nothing happens to leads that are theirs already, are settled, or are not leads here; the others are given all or
    none.
    """
    await take_turn(tx, actor.org_id)
    taker = await find_taker(tx, actor.org_id, rep_id, now)
    if taker is None:
        raise NotARep
    found = await find_held(tx, actor.org_id, lead_ids)
    became = {lead_id: _becomes(found.get(lead_id), rep_id) for lead_id in dict.fromkeys(lead_ids)}
    moving = [found[lead_id] for lead_id, giving in became.items() if giving is Giving.GIVEN]
    book = await load_book(tx, actor.org_id, now)
    if moving and not over_limit:
        _refuse_beyond(taker, len(moving), sum(book.units(_priority(row)) for row in moving))
    sentence = f"Given to {taker.name} by {actor.name}" + (f": {reason}" if reason else ".")
    await hand_over(tx, actor, moving, rep_id, sentence, book, now)
    await _tell(tx, actor, moving, rep_id, sentence, now)
    return Given(taker.name, became)


def _becomes(row: Any, rep_id: UUID) -> Giving:
    """Say what giving a lead to somebody will make of it, or why it is left alone."""
    if row is None:
        return Giving.NOT_FOUND
    if row.lead_status not in OPEN_STATUSES:
        return Giving.SETTLED
    return Giving.ALREADY_THEIRS if row.rep_id == rep_id else Giving.GIVEN


def _priority(row: Any) -> Priority:
    return priority_of(None if row.score_overall is None else float(row.score_overall))


def _refuse_beyond(taker: Taker, leads: int, units: int) -> None:
    """Raise AtTheLimit if so many more leads are more than one of somebody's limits allows."""
    if (limit := taker.limit_against(leads, units)) is not None:
        with_these = "this one" if leads == 1 else f"these {leads}"
        raise AtTheLimit(f"{taker.name} has {limit}; {with_these} would be over the limit.")


async def _tell(
    tx: Transaction, actor: Actor, moving: Sequence[Any], rep_id: UUID, sentence: str, now: datetime
) -> None:
    """Write each lead's timeline, and one notice a person."""
    if not moving:
        return
    payload = {"rep_id": rep_id, "reason": sentence}
    happenings = [Happening("assignment.created", row.id, payload | {"from": row.rep_id}) for row in moving]
    await record_events(tx, actor, happenings, now)
    await announce(tx, actor.org_id, ["leads", *(f"lead:{row.id}" for row in moving)])
    if len(moving) == 1:
        notice = Notice(rep_id, "assignment.created", "A lead was given to you", sentence, f"/leads/{moving[0].id}")
    else:
        notice = Notice(rep_id, "assignment.created", f"{len(moving)} leads were given to you", sentence, "/inbox")
    lost = notices_of_losing(actor, [row.rep_id for row in moving], sentence)
    await notify_users(tx, actor.org_id, [notice, *lost], now)
