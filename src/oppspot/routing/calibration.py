"""Decides what a calibration changes in a ledger, and shows beforehand what comes of it; pure.

Somebody who joins, comes back or leaves may be set even, be owed leads, or be put level with a colleague. What one is
given the others pay, by share, so that a ledger always sums to 0. No credit passes N - 1 leads (docs/fairness.md) plus
what was calibrated in all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from oppspot.routing.fairness import LEAD, Turns

MOST_LEADS: Final = 50
"""No calibration moves anybody by more."""
SHOWN_TURNS: Final = 20
# A burst that takes more leads than this is said to take at least so many.
_FURTHEST: Final = 2_000


class Kind(StrEnum):
    """What somebody is set to."""

    EVEN = "even"
    CATCH_UP = "catch_up"
    LEVEL = "level"


class LevelWith(StrEnum):
    """Whom `level` takes as the measure."""

    MOST_OWED = "most_owed"
    FURTHEST_AHEAD = "furthest_ahead"


class Seat(NamedTuple):
    """A member of the pool: what they are owed, and their whole-number weight (0: pays nothing)."""

    rep_id: UUID
    credit: int
    weight: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: `leads` goes with catch_up (below 0: they wait), `level_with` with level."""

    rep_id: UUID
    kind: Kind
    leads: int = 0
    level_with: LevelWith = LevelWith.MOST_OWED


class CannotCalibrate(ValueError):
    """The wish cannot be met; the message says why."""


def changes_for(wish: Wish, seats: Sequence[Seat]) -> dict[UUID, int]:
    """Return by how much each credit changes; sums to 0. Raises CannotCalibrate."""
    own = next((seat for seat in seats if seat.rep_id == wish.rep_id), None)
    if own is None:
        raise CannotCalibrate("They are not in this pool.")
    others = [seat for seat in seats if seat.rep_id != wish.rep_id and seat.weight]
    if not others:
        raise CannotCalibrate("There is nobody else in this pool whose turns could come sooner or later.")
    amount = _amount(wish, own, others)
    if abs(amount) > MOST_LEADS * LEAD:
        raise CannotCalibrate(f"That moves them by {abs(amount) / LEAD:.0f} leads; at most {MOST_LEADS} at a time.")
    return {own.rep_id: amount} | spread(-amount, others)


def _amount(wish: Wish, own: Seat, others: Sequence[Seat]) -> int:
    match wish.kind:
        case Kind.EVEN:
            return -own.credit
        case Kind.CATCH_UP:
            return wish.leads * LEAD
        case Kind.LEVEL:
            # They gain what the others pay: level with j after that is (credit j - own) / (1 + j's part of it).
            whole = sum(seat.weight for seat in others)
            level = [(seat.credit - own.credit) * whole // (whole + seat.weight) for seat in others]
            return max(level) if wish.level_with is LevelWith.MOST_OWED else min(level)


def spread(amount: int, seats: Sequence[Seat]) -> dict[UUID, int]:
    """Split an amount by weight, exactly; the units that rounding leaves over go to the first."""
    whole = sum(seat.weight for seat in seats)
    parts = {seat.rep_id: amount * seat.weight // whole for seat in seats}
    for seat in seats[: amount - sum(parts.values())]:
        parts[seat.rep_id] += 1
    return parts


def suggested_leads(given: int, weight: int, whole: int) -> int:
    """Return the share somebody missed of the leads a pool was given while they were away, in whole leads."""
    return min(MOST_LEADS, (2 * given * weight + whole) // (2 * whole)) if whole else 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a calibration does: the next turns before and after (positions), and how the burst goes.

    `burst` is how many leads it takes until what was calibrated is worked off (None: more than 2,000); `gains` is how
    many leads each gets more (or, below 0, fewer) within it.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    burst: int | None
    gains: tuple[int, ...]


def preview(owed: Sequence[int], changes: Sequence[int], shares: Sequence[int], position: int) -> Preview:
    """Compare the turns of the eligible without and with `changes`; `position` is whoever is calibrated."""
    calibrated = [credit + change for credit, change in zip(owed, changes, strict=True)]
    before, after = list(_turns(owed, shares, SHOWN_TURNS)), list(_turns(calibrated, shares, SHOWN_TURNS))
    due = abs(changes[position]) // LEAD
    if not due:
        return Preview(tuple(before), tuple(after), 0, (0,) * len(shares))
    gains, burst = [0] * len(shares), None
    pairs = zip(_turns(owed, shares, _FURTHEST), _turns(calibrated, shares, _FURTHEST), strict=True)
    for lead, (then, now) in enumerate(pairs, start=1):
        gains[then] -= 1
        gains[now] += 1
        if abs(gains[position]) >= due:
            burst = lead
            break
    return Preview(tuple(before), tuple(after), burst, tuple(gains))


def _turns(owed: Sequence[int], shares: Sequence[int], number: int) -> Iterator[int]:
    turns = Turns(owed, shares)
    for _ in range(number):
        yield turns.take().position


def opposite(changes: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return the changes that take these back."""
    return {rep_id: -amount for rep_id, amount in changes.items()}
