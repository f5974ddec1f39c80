"""Where each reason's bar starts and ends, so that the bars add up to the shown number before the reader's eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

BarKind = Literal["up", "down", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a number. `points` None: nothing is known, so nothing was added."""

    label: str
    points: float | None
    note: str | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A reason drawn on the scale of its waterfall; `start` and `width` are percentages of that scale."""

    reason: Reason
    kind: BarKind
    start: float
    width: float


def waterfall(reasons: Iterable[Reason]) -> tuple[Bar, ...]:
    """Lay the reasons end to end, each starting where the one before ended."""
    listed = list(reasons)
    edges = _edges(listed)
    low, high = min(edges), max(edges)
    scale = 100 / (high - low) if high > low else 0.0
    spans = zip(listed, edges, edges[1:], strict=False)
    return tuple(
        Bar(reason, _kind(reason), (min(before, after) - low) * scale, abs(after - before) * scale)
        for reason, before, after in spans
    )


def _edges(reasons: Sequence[Reason]) -> list[float]:
    edges = [0.0]
    for reason in reasons:
        edges.append(edges[-1] + (reason.points or 0.0))
    return edges


def _kind(reason: Reason) -> BarKind:
    if reason.points is None:
        return "unknown"
    if reason.points == 0:
        return "none"
    return "up" if reason.points > 0 else "down"
