"""Decides what a draft of a framework would change: verdicts, the spread of scores, the leads that move most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from oppspot.qualification.types import Assessment

MOST_MOVED: Final = 10
_BUCKETS: Final = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """One lead by the live framework and by the draft; a score of None is not known."""

    lead_id: UUID
    name: str
    before: Assessment | None  # None: nothing of the kind is live
    after: Assessment

    @property
    def change(self) -> int:
        """By how many points the score changes, not known counting as 0."""
        return (self.after.overall_score or 0) - ((self.before and self.before.overall_score) or 0)

    @property
    def is_moved(self) -> bool:
        return self.before is None or self.before.status != self.after.status


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a draft would do to the leads looked at; nothing was written."""

    leads: int
    total: int  # how many leads there are
    verdicts: dict[tuple[str | None, str], int]  # (before, after): how many
    changed: int  # leads whose verdict changes
    before: tuple[int, ...]  # leads by score, in tens from 0; the last has 90 to 100
    after: tuple[int, ...]
    unknown: tuple[int, int]  # leads without a score, before and after
    most_moved: tuple[Moved, ...]

    @property
    def is_sample(self) -> bool:
        return self.leads < self.total


def simulate(moved: Sequence[Moved], total: int) -> Simulation:
    """Return what the change comes to; leads that move most first, a change of verdict before a change of score."""
    ranked = sorted(moved, key=lambda each: (not each.is_moved, -abs(each.change), str(each.lead_id)))
    scores_before = [each.before.overall_score if each.before else None for each in moved]
    scores_after = [each.after.overall_score for each in moved]
    return Simulation(
        leads=len(moved),
        total=total,
        verdicts=dict(Counter((each.before.status if each.before else None, each.after.status) for each in moved)),
        changed=sum(each.is_moved for each in moved),
        before=_spread(scores_before),
        after=_spread(scores_after),
        unknown=(scores_before.count(None), scores_after.count(None)),
        most_moved=tuple(each for each in ranked[:MOST_MOVED] if each.is_moved or each.change),
    )


def _spread(scores: Sequence[int | None]) -> tuple[int, ...]:
    counted = Counter(min(score // 10, _BUCKETS - 1) for score in scores if score is not None)
    return tuple(counted[bucket] for bucket in range(_BUCKETS))
