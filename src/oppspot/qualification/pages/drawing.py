"""Where the lines of radars and score histories lie; templates draw them, beside a table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
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
