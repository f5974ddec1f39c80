"""Owns the shared tables of decisions: who was looked at, what they were owed, who was given what, turn by turn."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from oppspot.routing.fairness import LEAD
from oppspot.routing.people import Rep


class FailedTest(StrEnum):
    """Why somebody could not be given a lead, in the order the tests are made.

    The last three are of owners of an account who cannot be tested, for they are no reps: never of members of a pool.
    """

    INACTIVE = "inactive"
    NOT_JOINED = "not_joined"
    NO_WEIGHT = "no_weight"
    ALREADY_TRIED = "already_tried"
    LACKS_SKILL = "lacks_skill"
    OUTSIDE_TERRITORY = "outside_territory"
    UNAVAILABLE = "unavailable"
    ABSENT = "absent"
    OFF_HOURS = "off_hours"
    AT_CAPACITY = "at_capacity"
    NO_WORKING_PROFILE = "no_working_profile"
    NO_LONGER_HERE = "no_longer_here"
    VIEWER = "viewer"


NO_REPS: Final = frozenset({FailedTest.NO_WORKING_PROFILE, FailedTest.NO_LONGER_HERE, FailedTest.VIEWER})
"""What is said of people who are no reps."""
NOBODY: Final = -1


class Mask(NamedTuple):
    """Who could have had a lead: per member the test they failed, and the share of the lead they were credited."""

    failed: tuple[FailedTest | None, ...]
    shares: tuple[int, ...]


class Taken(NamedTuple):
    """One turn: which mask held, whose turn it was, and who was given the lead (members, or NOBODY)."""

    mask: int
    turn_of: int
    member: int
    units: int
    value: Decimal


class Arrival(NamedTuple):
    """A lead that a member was given otherwise before a turn: through another pool, or as an account's owner."""

    before: int
    member: int
    units: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of decisions in one pool during which nobody ran full.

    Decisions share it and know their turn in it, so that a batch keeps one table instead of one per lead.
    The tuples have one item per member, as they stood before the first turn. The lists grow while the batch runs and
    are complete when it ends.
    """

    pool: str
    reps: tuple[Rep, ...]
    credits: tuple[int, ...]
    ahead: tuple[int, ...]
    open_counts: tuple[int, ...]
    given: tuple[int, ...]  # leads given in this batch before the stretch began, however they came
    values: tuple[Decimal, ...]
    masks: list[Mask] = field(default_factory=list)
    turns: list[Taken] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


class Member(NamedTuple):
    """One member before a turn: their credit in turns, and by how many leads they are ahead of their turns."""

    rep: Rep
    failed: FailedTest | None
    credit: int
    ahead: int
    share: int
    open_count: int
    given: int
    value: Decimal


def unfold(stretch: Stretch, turn: int) -> tuple[Member, ...]:
    """Return the members as they stood before `turn` of `stretch`, and the test each failed for its lead."""
    masks = Counter(taken.mask for taken in stretch.turns[:turn])
    turn_of, ahead = Counter[int](), Counter[int]()
    units, given, value = Counter[int](), Counter[int](), dict.fromkeys(range(len(stretch.reps)), Decimal(0))
    for taken in stretch.turns[:turn]:
        turn_of[taken.turn_of] += 1
        if taken.member != taken.turn_of:
            ahead[taken.member] += 1
            ahead[taken.turn_of] -= 1
    arrived = [arrival for arrival in stretch.arrivals if arrival.before <= turn]
    for each in [taken for taken in stretch.turns[:turn] if taken.member != NOBODY] + arrived:
        units[each.member] += each.units
        given[each.member] += 1
        value[each.member] += each.value
    now = stretch.masks[stretch.turns[turn].mask]
    return tuple(
        Member(
            rep=rep,
            failed=now.failed[member],
            credit=stretch.credits[member]
            + sum(count * stretch.masks[mask].shares[member] for mask, count in masks.items())
            - turn_of[member] * LEAD,
            ahead=stretch.ahead[member] + ahead[member],
            share=now.shares[member],
            open_count=stretch.open_counts[member] + units[member],
            given=stretch.given[member] + given[member],
            value=stretch.values[member] + value[member],
        )
        for member, rep in enumerate(stretch.reps)
    )
