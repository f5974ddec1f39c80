"""Says what optimising has brought and what other ways of giving the same leads would have, as far as can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from oppspot.routing.off_policy import Estimates, Logged, estimate

# With fewer outcomes every interval is about as wide as everything there is between 0 and 1.
FEWEST_OUTCOMES: Final = 50


@dataclass(frozen=True, slots=True)
class Ended:
    """A lead that chance gave away and that has ended: who could have got it, who did, and whether it was won."""

    rep_id: UUID
    propensities: Mapping[UUID, float]
    expected: Mapping[UUID, float]
    won: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What share of leads is won: as they were given, and as other policies would have given them.

    The estimates are None where too little is known.
    """

    outcomes: int
    won: float | None
    evenly: Estimates | None
    to_the_best: Estimates | None


def compare(ended: Sequence[Ended]) -> Compared:
    """Return what was won, and what giving evenly, or always to whoever was expected to win most, would have won."""
    won = sum(each.won for each in ended) / len(ended) if ended else None
    if len(ended) < FEWEST_OUTCOMES:
        return Compared(len(ended), won, None, None)
    log = [_logged(each) for each in ended]
    return Compared(len(ended), won, estimate(log, _evenly), estimate(log, _to_the_best))


def _logged(each: Ended) -> Logged:
    reps = sorted(each.propensities)
    return Logged(
        position=reps.index(each.rep_id),
        reward=float(each.won),
        propensities=tuple(each.propensities[rep] for rep in reps),
        expected=tuple(each.expected[rep] for rep in reps),
    )


def _evenly(entry: Logged) -> Sequence[float]:
    return [1 / len(entry.propensities)] * len(entry.propensities)


def _to_the_best(entry: Logged) -> Sequence[float]:
    best = max(range(len(entry.expected)), key=entry.expected.__getitem__)
    return [float(position == best) for position in range(len(entry.expected))]
