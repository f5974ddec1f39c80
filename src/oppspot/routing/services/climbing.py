"""Carries out the rungs of ladders: reminds, passes leads on, and tells those above until somebody has the lead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import system_actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.routing.ladders import Chain, LadderAction, may_pass_on, seat_takes_over, told_by, was_tried
from oppspot.routing.services.handing_over import find_held, hand_over
from oppspot.routing.services.moves import Moved
from oppspot.routing.services.passing_on import pass_on
from oppspot.routing.services.sla_notices import Told, tell_of_rungs
from oppspot.routing.terms import TermsBook

_TO_SEAT = "Nobody else is left to wait for: every ladder ends here."


async def climb(
    tx: Transaction, org_id: UUID, moved: Sequence[Moved], chain: Chain, book: TermsBook, now: datetime
) -> set[UUID]:
    """Carry out what the clocks' rungs ask for; returns the leads that went to somebody else."""
    acting = [move for move in moved if move.advance.actions]
    to_pass = [move for move in acting if _is_to_pass_on(move, chain)]
    passed_on = await pass_on(tx, org_id, to_pass, now)
    staying = [move for move in acting if move.row.lead_id not in passed_on]
    taken_over = await _to_the_seat(tx, org_id, [move for move in staying if _ends(move, chain)], chain, book, now)
    told = [told for move in staying for told in _told(move, chain, taken=move.row.lead_id in taken_over)]
    await record_events(tx, system_actor(org_id), [_event(each) for each in told], now)
    await tell_of_rungs(tx, org_id, told, now)
    return passed_on | taken_over


def _is_to_pass_on(move: Moved, chain: Chain) -> bool:
    return LadderAction.REASSIGN in move.advance.actions and may_pass_on(move.row.rep_id, chain)


def _ends(move: Moved, chain: Chain) -> bool:
    """Say whether the seat is to have this lead now."""
    return LadderAction.ESCALATE_TO_SEAT in move.advance.actions and seat_takes_over(
        move.row.rep_id,
        chain,
        holder_active=move.row.holder_active,
        everybody_tried=was_tried(move.ladder, move.advance.clock.climbed),
    )


async def _to_the_seat(
    tx: Transaction, org_id: UUID, moves: Sequence[Moved], chain: Chain, book: TermsBook, now: datetime
) -> set[UUID]:
    found = await find_held(tx, org_id, [move.row.lead_id for move in moves]) if moves else {}
    held = list(found.values())
    actor = system_actor(org_id)
    await hand_over(tx, actor, held, chain.seat_id, _TO_SEAT, book, now)
    given = {"rep_id": chain.seat_id, "reason": _TO_SEAT}
    await record_events(
        tx, actor, [Happening("assignment.created", row.id, given | {"from": row.rep_id}) for row in held], now
    )
    return set(found)


def _told(move: Moved, chain: Chain, *, taken: bool) -> list[Told]:
    """Return who hears what of one clock; of a lead that the seat has now, only the seat."""
    if taken:
        return [Told(move.row, LadderAction.ESCALATE_TO_SEAT, (chain.seat_id,), taken_over=True)]
    return [Told(move.row, action, told_by(action, holder, chain)) for action, holder in _said(move, chain)]


def _said(move: Moved, chain: Chain) -> list[tuple[LadderAction, Any]]:
    holder, said = move.row.rep_id, []
    for action in move.advance.actions:
        if action is LadderAction.REASSIGN and holder == chain.seat_id:
            said.append((LadderAction.REMIND, holder))
        elif action is LadderAction.REASSIGN and holder is None:
            # There is nobody to take it from; that nobody took it in time is told with the breach.
            continue
        else:
            said.append((action, holder))
    return said


def _event(told: Told) -> Happening:
    if told.action is LadderAction.REMIND:
        return Happening("sla.reminded", told.row.lead_id, {"rep_id": told.row.rep_id, "due_at": told.row.due_at})
    to = "seat" if told.action is LadderAction.ESCALATE_TO_SEAT else "managers"
    payload = {"to": to, "people": list(told.people), "rep_id": told.row.rep_id}
    if told.action is LadderAction.REASSIGN:
        payload["reason"] = "Nobody else could take it"
    return Happening("sla.escalated", told.row.lead_id, payload)
