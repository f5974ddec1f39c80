"""Looks ahead in a pool: whose turns come next if everybody stays as they are, and why somebody stands where."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from oppspot.routing.fairness import Turns, turn_order

# Nobody with a share worth naming waits for longer than so many leads.
FURTHEST: Final = 2_000
_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Before(StrEnum):
    """Why somebody's turn comes before another's."""

    OWED_MORE = "owed_more"
    LARGER_SHARE = "larger_share"
    EVEN = "even"


class Place(NamedTuple):
    """Where somebody stands: their rank, which lead is theirs (None: not in sight), who comes before."""

    rank: int
    lead: int | None
    before: tuple[tuple[int, Before], ...]


def next_turns(owed: Sequence[int], shares: Sequence[int], number: int) -> list[int]:
    """Return the positions of the eligible members whose turns the next `number` leads are."""
    if not owed:
        return []
    turns = Turns(owed, shares)
    return [turns.take().position for _ in range(number)]


def places_of(owed: Sequence[int], shares: Sequence[int]) -> list[Place]:
    """Return where each of the eligible members stands; the ranks are those of everybody's next turn."""
    first = _first_turns(owed, shares)
    by_claim = {position: rank for rank, position in enumerate(turn_order(owed, shares))} if owed else {}
    order = sorted(range(len(owed)), key=lambda each: (first.get(each, FURTHEST + 1), by_claim[each]))
    ranks = {position: rank for rank, position in enumerate(order)}
    return [
        Place(
            rank=ranks[position] + 1,
            lead=first.get(position),
            before=tuple((each, _why(owed, shares, each, position)) for each in order[: ranks[position]]),
        )
        for position in range(len(owed))
    ]


def _first_turns(owed: Sequence[int], shares: Sequence[int]) -> dict[int, int]:
    first: dict[int, int] = {}
    if not owed:
        return first
    turns = Turns(owed, shares)
    for lead in range(1, FURTHEST + 1):
        first.setdefault(turns.take().position, lead)
        if len(first) == len(owed):
            break
    return first


def _why(owed: Sequence[int], shares: Sequence[int], each: int, position: int) -> Before:
    if owed[each] > owed[position]:
        return Before.OWED_MORE
    return Before.LARGER_SHARE if shares[each] > shares[position] else Before.EVEN


def phrase_place(place: Place, name: str | None = None) -> str:
    """Return where somebody stands, as sentences with why: to themselves, or to others by `name`."""
    who, whose, theirs = ("You are", "Your", "yours") if name is None else (f"{name} is", "Their", "theirs")
    stands = "next in turn" if place.rank == 1 else f"{ordinal(place.rank)} in turn: {_phrase_before(place)}"
    if place.lead is None:
        return f"{who} {stands}. {whose} share is so small that no turn is in sight."
    when = "" if place.lead == place.rank else f" The {ordinal(place.lead)} lead from now is {theirs}."
    return f"{who} {stands}.{when}"


def _phrase_before(place: Place) -> str:
    reasons = [reason for _, reason in place.before]
    said = [
        (reasons.count(Before.OWED_MORE), "is owed more", "are owed more"),
        (reasons.count(Before.LARGER_SHARE), "has a larger share", "have larger shares"),
        (reasons.count(Before.EVEN), "stands level and comes first by id", "stand level and come first by id"),
    ]
    clauses: list[str] = []
    for count, one, many in said:
        if count:
            noun = "" if clauses else " colleague" if count == 1 else " colleagues"
            clauses.append(f"{_counted(count)}{noun} {one if count == 1 else many}")
    return ", ".join(clauses[:-1]) + (" and " if clauses[:-1] else "") + clauses[-1]


def _counted(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else str(count)


def ordinal(number: int) -> str:
    """Return a number as 1st, 2nd, 3rd or 4th."""
    ending = "th" if number % 100 // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
