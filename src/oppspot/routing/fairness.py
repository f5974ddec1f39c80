"""Decides whose turn it is in a pool: weighted shares, exact arithmetic, credit carried over, no chance.

Every lead is worth 1. It is split among the members who could have had it, by weight, and added to their
credit; the member who gets it pays 1. Credit is therefore what a member is owed, and sums to 0 over the pool.

Order (Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980): of those whose next lead
would not be early, the one whose next lead is due first. While the same n members are eligible, every count
stays within 1 - 1/(2n-2) of its exact share at every lead. When eligibility changes (the "carpool problem")
no credit ever passes N - 1, N being the largest pool there was; docs/routing.md proves it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from math import lcm
from typing import Final, NamedTuple
from uuid import UUID

LEAD: Final = lcm(*range(1, 41))
"""One lead, in the unit credit is kept in (5,342,931,457,063,200).

Equal shares among up to 40 members are whole numbers of it. Other shares are rounded to it: an error of at most
1.9e-16 of a lead per lead, so after 10 million leads less than 2 thousandths of a millionth. Sums stay exact.
A credit fits 64 bits in any pool of up to 1,700 members.
"""


class Turn(NamedTuple):
    """Whose turn it is (a position), what they were owed with their share of this lead, and whether others tied."""

    position: int
    claim: int
    tied: bool


def phrase_credit(amount: int) -> str:
    """Return credit as a clause about a member: what they are owed, or by how much they are ahead."""
    leads = amount / LEAD
    if abs(leads) < 0.005:  # noqa: PLR2004 — would show as 0.00
        return "owed nothing"
    return f"owed {leads:.2f} of a lead" if leads > 0 else f"ahead by {-leads:.2f} of a lead"


def whole_weights(weights: Iterable[Decimal | int]) -> list[int]:
    """Return whole numbers in the very same proportion."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


def shares_of(weights: Sequence[int]) -> tuple[int, ...]:
    """Split one LEAD by weight, exactly; the units that rounding leaves over go to the first members."""
    total = sum(weights)
    shares = [LEAD * weight // total for weight in weights]
    for position in range(LEAD - sum(shares)):
        shares[position] += 1
    return tuple(shares)


def slack_of(members: int) -> int:
    """Return how far ahead of its exact moment a lead may come: 1/(2n-2) of a lead."""
    return LEAD // (2 * members - 2) if members > 1 else 0


def turn_order(owed: Sequence[int], shares: Sequence[int]) -> list[int]:
    """Return the positions of the eligible members, whose turn it is first; `owed` is their credit.

    This is the definition; `Turns` gives the same first position faster. Credits are taken relative to their
    mean, so that somebody always is neither early nor overdue. Ties go to the lower position.
    """
    slack, mean = slack_of(len(owed)), sum(owed) // len(owed)

    def rank(position: int) -> tuple[int, int, int]:
        standing, share = owed[position] - mean, shares[position]
        claim = standing + share
        if claim > LEAD - slack:  # overdue, which two can be only after the eligible have changed
            return (0, -claim, position)
        if claim >= slack:
            return (1, _due(LEAD - slack - standing, share), position)
        return (2, -((standing - slack) // share), position)

    return sorted(range(len(owed)), key=rank)


# Due moments are compared to 20 binary places of one lead's time.
_FRACTION: Final = 20


def _due(ahead: int, share: int) -> int:
    """Return after how many more leads somebody who gains `share` each time has gained all of `ahead`."""
    return (ahead << _FRACTION) // share


class Turns:
    """Gives turns to a fixed set of eligible members, in O(log n) each; `owed` is their credit at the start."""

    __slots__ = ("_early", "_mean", "_picks", "_ready", "_shares", "_slack", "_standing", "_step")

    def __init__(self, owed: Sequence[int], shares: Sequence[int]) -> None:
        self._shares = shares
        self._slack = slack_of(len(shares))
        self._mean = sum(owed) // len(shares)
        self._standing = [credit - self._mean for credit in owed]
        self._picks = [0] * len(shares)
        self._step = 0
        # Both heaps hold (moment, position, picks): the step from which a turn is not early, and the moment it is
        # due, in 2**-20 of a step. An entry is stale once the member has been picked again.
        self._early: list[tuple[int, int, int]] = []
        self._ready: list[tuple[int, int, int]] = []
        for position in range(len(shares)):
            self._wait(position)

    def take(self) -> Turn:
        """Give the next lead to whoever's turn it is."""
        step = self._step + 1
        self._release(step)
        due, position, picks = heappop(self._ready)
        self._drop_stale()
        tied = bool(self._ready) and self._ready[0][0] == due
        if self._ready and self._ready[0][0] >> _FRACTION < step:
            heappush(self._ready, (due, position, picks))
            position, tied = self._most_overdue(step)
        claim = self._claim(position, step) + self._mean
        self.charge(position)
        return Turn(position, claim, tied)

    def charge(self, position: int) -> None:
        """Give the next lead to this member, turn or not: everybody gets a share, the member pays."""
        self._step += 1
        self._picks[position] += 1
        self._standing[position] -= LEAD
        self._wait(position)

    def gains(self) -> list[int]:
        """Return by how much each member's credit has changed since the start; sums to 0."""
        return [self._step * share - picks * LEAD for share, picks in zip(self._shares, self._picks, strict=True)]

    def _claim(self, position: int, step: int) -> int:
        return self._standing[position] + step * self._shares[position]

    def _wait(self, position: int) -> None:
        from_step = -((self._standing[position] - self._slack) // self._shares[position])
        heappush(self._early, (from_step, position, self._picks[position]))

    def _release(self, step: int) -> None:
        """Move those who are no longer early to the heap ordered by due moment."""
        early = self._early
        while early and early[0][0] <= step:
            _, position, picks = heappop(early)
            due = _due(LEAD - self._slack - self._standing[position], self._shares[position])
            heappush(self._ready, (due, position, picks))
        self._drop_stale()

    def _drop_stale(self) -> None:
        ready = self._ready
        while ready and ready[0][2] != self._picks[ready[0][1]]:
            heappop(ready)

    def _most_overdue(self, step: int) -> tuple[int, bool]:
        claims = [self._claim(position, step) for position in range(len(self._shares))]
        highest = max(claims)
        return claims.index(highest), claims.count(highest) > 1


def settle_departures(owed: Mapping[UUID, int], members: Iterable[UUID]) -> dict[UUID, int]:
    """Return the credits of `members` once those who left are settled with; absent means 0, so newcomers start even.

    What a leaver was owed is struck from those who had most of it (the opposite sign), in proportion. Every
    credit moves towards 0 or stays, so bounds survive any number of departures, and the sum stays 0.
    """
    staying = set(members)
    settled = dict(owed)
    for leaver in sorted(owed.keys() - staying):
        _strike(settled, settled.pop(leaver))
    return settled


def _strike(owed: dict[UUID, int], departed: int) -> None:
    opposite = [rep for rep in sorted(owed) if owed[rep] * departed < 0]
    total = sum(abs(owed[rep]) for rep in opposite)
    if not total:
        return
    sign, due = (1, departed) if departed > 0 else (-1, -departed)
    portions = {rep: divmod(due * abs(owed[rep]), total) for rep in opposite}
    left_over = due - sum(whole for whole, _ in portions.values())
    for rep, (whole, rest) in portions.items():
        extra = 1 if rest and left_over else 0
        left_over -= extra
        owed[rep] += sign * (whole + extra)


def settle_ahead(ahead: Mapping[UUID, int], members: Iterable[UUID]) -> dict[UUID, int]:
    """Return by how many leads each of `members` is ahead of their turns once those who left are settled with.

    What a leaver was ahead (or behind) is struck, lead by lead, from whoever is furthest the other way, so that the sum
    stays 0 and nobody moves away from 0.
    """
    staying = set(members)
    settled = {rep: amount for rep, amount in ahead.items() if rep in staying}
    left = sum(amount for rep, amount in ahead.items() if rep not in staying)
    sign = 1 if left > 0 else -1
    for _ in range(abs(left)):
        furthest = min(sorted(settled), key=lambda rep: sign * settled[rep])
        settled[furthest] += sign
    return settled
