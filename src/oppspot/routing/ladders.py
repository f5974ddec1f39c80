"""The ladder that a lead without a first touch climbs: what happens when, to whom it goes, and where it must end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from oppspot.routing.policies import LadderRung, SlaPolicy


class LadderAction(StrEnum):
    REMIND = "remind"
    REASSIGN = "reassign"
    ESCALATE_TO_MANAGER = "escalate_to_manager"
    ESCALATE_TO_SEAT = "escalate_to_seat"


@dataclass(frozen=True, slots=True)
class Rung:
    """What happens once so much time that counts has passed, and after how long again; None: once."""

    after: timedelta
    action: LadderAction
    repeat: timedelta | None = None


Ladder = tuple[Rung, ...]
NO_LADDER: Final[Ladder] = ()
# A ladder that was written without an end goes to the seat here, or at twice its last rung if that is later.
_END_PERCENT: Final = 400


def ladder_of(policy: SlaPolicy, allowed: timedelta, escalation_after_hours: float | None = None) -> Ladder:
    """Return the rungs for a first touch that is due after `allowed`, from the lowest; the last goes to the seat.

    A rule's own `escalation_after_hours` takes the place of the policy's rungs to the managers.
    """
    rungs = [_rung(rung, allowed) for rung in policy.ladder]
    if escalation_after_hours is not None:
        rungs = [rung for rung in rungs if rung.action is not LadderAction.ESCALATE_TO_MANAGER]
        rungs.append(Rung(timedelta(hours=escalation_after_hours), LadderAction.ESCALATE_TO_MANAGER))
    if not any(rung.action is LadderAction.ESCALATE_TO_SEAT for rung in rungs):
        last = max((rung.after for rung in rungs), default=timedelta())
        rungs.append(Rung(max(allowed * _END_PERCENT / 100, 2 * last), LadderAction.ESCALATE_TO_SEAT))
    return tuple(sorted(rungs, key=lambda rung: rung.after))


def _rung(rung: LadderRung, allowed: timedelta) -> Rung:
    repeat = None if rung.repeat_minutes is None else timedelta(minutes=rung.repeat_minutes)
    return Rung(allowed * rung.at_percent / 100, LadderAction(rung.action), repeat)


def rung_stood_on(ladder: Ladder, climbed: timedelta) -> Rung | None:
    """Return the highest rung that was reached."""
    return next((rung for rung in reversed(ladder) if rung.after <= climbed), None)


def was_tried(ladder: Ladder, climbed: timedelta) -> bool:
    """Return whether a rung was passed that takes the lead to somebody else: a clock that runs on found nobody."""
    return any(rung.action is LadderAction.REASSIGN and rung.after <= climbed for rung in ladder)


@dataclass(frozen=True, slots=True)
class Chain:
    """The people above a lead: the managers, and the person at whom every ladder ends."""

    managers: tuple[UUID, ...]
    seat_id: UUID

    @property
    def above(self) -> tuple[UUID, ...]:
        """The managers, or whoever sits at the end if there are none."""
        return self.managers or (self.seat_id,)


def told_by(action: LadderAction, holder_id: UUID | None, chain: Chain) -> tuple[UUID, ...]:
    """Return who hears of a rung: never nobody.

    What would be said to the holder goes to the managers when nobody holds the lead; so does a lead that was to be
    given to somebody else and found nobody.
    """
    match action:
        case LadderAction.REMIND:
            return chain.above if holder_id is None else (holder_id,)
        case LadderAction.REASSIGN | LadderAction.ESCALATE_TO_MANAGER:
            return chain.above
        case LadderAction.ESCALATE_TO_SEAT:
            return (chain.seat_id,)


def may_pass_on(holder_id: UUID | None, chain: Chain) -> bool:
    """Return whether a lead may be taken from its holder for somebody else: it ends at the seat, and stays there."""
    return holder_id is not None and holder_id != chain.seat_id


def seat_takes_over(holder_id: UUID | None, chain: Chain, *, holder_active: bool, everybody_tried: bool) -> bool:
    """Return whether the seat becomes the owner: when nobody has the lead who still could be waited for."""
    if holder_id == chain.seat_id:
        return False
    return holder_id is None or not holder_active or everybody_tried


_RANKS: Final = {"owner": 0, "manager": 1}


def seat_of(people: Sequence[tuple[UUID, str]], seat_id: str | None) -> UUID | None:
    """Return the person at whom ladders end, of those who can work leads, with their roles, the longest here first.

    The named one if they are among them, else an owner, else a manager, else anybody; None: there is nobody at all.
    """
    return min(people, key=lambda person: (str(person[0]) != seat_id, _RANKS.get(person[1], 2)), default=(None,))[0]
