"""Where the lines of radars and score histories lie; templates draw them, beside a table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi, sin
from typing import Final

RADIUS: Final = 100.0
_RINGS: Final = (25, 50, 75, 100)
_LABEL_AT: Final = 1.13
_SIDEWAYS: Final = 0.2  # of the radius: labels further out than this stand beside the figure, others above or below


@dataclass(frozen=True, slots=True)
class Axis:
    """One element and its score, 0 to 100; None while nothing is known."""

    label: str
    score: int | None


@dataclass(frozen=True, slots=True)
class Spoke:
    """An axis as it is drawn: its outer end, where its score lies, and where its label stands."""

    axis: Axis
    x: float
    y: float
    score_x: float
    score_y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Radar:
    """Rings and shape as points of SVG polygons, around (0, 0)."""

    rings: tuple[str, ...]
    shape: str
    spokes: tuple[Spoke, ...]


def radar(axes: Sequence[Axis]) -> Radar:
    """Lay axes out evenly, the first upwards and on clockwise; an unknown score lies at the centre."""
    directions = [_direction(place, len(axes)) for place in range(len(axes))]
    spokes = tuple(_spoke(axis, *direction) for axis, direction in zip(axes, directions, strict=True))
    return Radar(
        rings=tuple(_polygon([(x * ring, y * ring) for x, y in directions]) for ring in _RINGS),
        shape=_polygon([(spoke.score_x, spoke.score_y) for spoke in spokes]),
        spokes=spokes,
    )


def _direction(place: int, count: int) -> tuple[float, float]:
    angle = 2 * pi * place / count
    return sin(angle), -cos(angle)


def _spoke(axis: Axis, x: float, y: float) -> Spoke:
    score = axis.score or 0
    anchor = "middle" if abs(x) < _SIDEWAYS else "start" if x > 0 else "end"
    return Spoke(
        axis=axis,
        x=_to(x * RADIUS),
        y=_to(y * RADIUS),
        score_x=_to(x * score),
        score_y=_to(y * score),
        label_x=_to(x * RADIUS * _LABEL_AT),
        label_y=_to(y * RADIUS * _LABEL_AT),
        anchor=anchor,
    )


def _polygon(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_to(x):g},{_to(y):g}" for x, y in points)


def _to(value: float) -> float:
    return round(value, 2) + 0.0  # no minus zero


@dataclass(frozen=True, slots=True)
class Moment:
    """What was said of a lead from a moment on; coverage is 0 to 1."""

    at: datetime
    score: int | None
    coverage: float
    status: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A verdict for as long as it stood, as shares of the time shown, in per cent."""

    status: str
    since: datetime
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A score that was recorded, where it lies in a square of 100 by 100."""

    moment: Moment
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class History:
    """Steps of score and coverage as SVG paths in a square of 100 by 100, and verdicts below them."""

    score: str
    coverage: str
    dots: tuple[Dot, ...]
    stretches: tuple[Stretch, ...]
    first: datetime
    last: datetime


def draw_history(moments: Sequence[Moment], now: datetime) -> History:
    """Lay moments out over time, the oldest first, each holding until the next; an unknown score leaves a gap."""
    first, last = moments[0].at, max(now, moments[-1].at)
    span = (last - first).total_seconds() or 1.0
    places = [_to(100 * (moment.at - first).total_seconds() / span) for moment in moments]
    ends = [*places[1:], 100.0]
    return History(
        score=_steps([(start, end, moment.score) for moment, start, end in zip(moments, places, ends, strict=True)]),
        coverage=_steps(
            [(start, end, 100 * moment.coverage) for moment, start, end in zip(moments, places, ends, strict=True)]
        ),
        dots=tuple(
            Dot(moment, x, 100.0 - moment.score)
            for moment, x in zip(moments, places, strict=True)
            if moment.score is not None
        ),
        stretches=_stretches(moments, places),
        first=first,
        last=last,
    )


def _steps(levels: Sequence[tuple[float, float, float | None]]) -> str:
    path, is_drawing = [], False
    for start, end, level in levels:
        if level is None:
            is_drawing = False
            continue
        height = _to(100.0 - level)
        path.append(f"V{height:g}" if is_drawing else f"M{start:g} {height:g}")
        path.append(f"H{end:g}")
        is_drawing = True
    return " ".join(path)


def _stretches(moments: Sequence[Moment], places: Sequence[float]) -> tuple[Stretch, ...]:
    starts = [index for index in range(len(moments)) if not index or moments[index].status != moments[index - 1].status]
    edges = [*(places[index] for index in starts), 100.0]
    return tuple(
        Stretch(moments[index].status, moments[index].at, edges[order], _to(edges[order + 1] - edges[order]))
        for order, index in enumerate(starts)
    )
