"""How long leads wait: for us to place them, and for people to touch them; those that wait still are never left out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a lead has waited, and whether that is over; if not, all that is known is that it takes longer."""

    span: timedelta
    answered: bool


def percentile(waits: Iterable[Wait], share: float) -> timedelta | None:
    """Return within what time so large a share (0 to 1) of leads is answered; None: longer than was seen so far.

    By Kaplan and Meier's estimate: a lead that waits still counts among those waiting for as long as it has waited.
    Leaving it out, or counting it as answered now, would make the slowest look fast.
    """
    answered: Counter[timedelta] = Counter()
    unanswered: Counter[timedelta] = Counter()
    for wait in waits:
        (answered if wait.answered else unanswered)[wait.span] += 1
    at_risk, waiting = answered.total() + unanswered.total(), 1.0
    for span in sorted(answered.keys() | unanswered.keys()):
        if answered[span]:
            waiting *= 1 - answered[span] / at_risk
            if waiting <= 1 - share + 1e-12:
                return span
        at_risk -= answered[span] + unanswered[span]
    return None


class Verdict(StrEnum):
    """What can be said of a clock at a moment; a paused one is undecided."""

    IN_TIME = "in_time"
    LATE = "late"
    UNDECIDED = "undecided"
    WITHDRAWN = "withdrawn"


def verdict_of(
    due_at: datetime,
    now: datetime,
    *,
    met_at: datetime | None,
    stopped_at: datetime | None,
    breached_at: datetime | None,
    paused_at: datetime | None,
) -> Verdict:
    """Return whether a clock was met in time."""
    return judge(
        Standing(
            breached=breached_at is not None,
            met=met_at is not None,
            stopped=stopped_at is not None,
            paused=paused_at is not None,
            overdue=(met_at or now) > due_at,
        )
    )


class Standing(NamedTuple):
    """All that a verdict depends on; `overdue` says that it was met, or else is asked about, after it was due."""

    breached: bool
    met: bool
    stopped: bool
    paused: bool
    overdue: bool


def judge(clock: Standing) -> Verdict:
    """Return the verdict on clocks that stand so; one that was stopped before it was due says nothing either way."""
    if clock.breached:
        return Verdict.LATE
    late = clock.overdue and not clock.paused
    if clock.met:
        return Verdict.LATE if late else Verdict.IN_TIME
    if clock.stopped:
        return Verdict.WITHDRAWN
    return Verdict.LATE if late else Verdict.UNDECIDED


@dataclass(frozen=True, slots=True)
class Delay:
    """How one kind of waiting went: p50 and p90 (None: longer than seen), and how the promises were kept.

    `leads` were timed, and `waiting` of them have a clock that waits: neither met nor stopped.
    """

    leads: int
    waiting: int
    p50: timedelta | None
    p90: timedelta | None
    in_time: int
    late: int
    undecided: int

    @property
    def in_sla(self) -> float | None:
        """The share of promises kept, of those that can be told; None when none can."""
        told = self.in_time + self.late
        return self.in_time / told if told else None


def summarise_delay(waits: Sequence[Wait], clocks: Mapping[Verdict, int], waiting: int) -> Delay:
    """Return how waiting went, from one wait a lead, the number of clocks by verdict, and of leads that wait still."""
    return Delay(
        leads=len(waits),
        waiting=waiting,
        p50=percentile(waits, 0.5),
        p90=percentile(waits, 0.9),
        in_time=clocks.get(Verdict.IN_TIME, 0),
        late=clocks.get(Verdict.LATE, 0),
        undecided=clocks.get(Verdict.UNDECIDED, 0),
    )
