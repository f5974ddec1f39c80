"""Sets of numbers as a few stretches of the line, and a number of such a set that is not among some others."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from oppspot.conditions.types import Op

Number = int | float


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`; an open end is not part of it."""

    low: Number
    high: Number
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, number: Number) -> bool:
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)

    @property
    def is_empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def within(self, other: "Span") -> "Span":
        """Return what both have."""
        low, open_low = max((self.low, self.open_low), (other.low, other.open_low))
        high, closed_high = min((self.high, not self.open_high), (other.high, not other.open_high))
        return Span(low, high, open_low, not closed_high)


Spans = tuple[Span, ...]
EVERYTHING: Final = (Span(-math.inf, math.inf, open_low=True, open_high=True),)


def both(first: Spans, second: Spans) -> Spans:
    """Return what is in both sets."""
    found = (one.within(other) for one in first for other in second)
    return tuple(span for span in found if not span.is_empty)


def spans_of(op: Op, operands: Sequence[Number], *, wanted: bool) -> Spans:
    """Return the numbers for which a comparison comes out as wanted."""
    low, high = -math.inf, math.inf
    match op:
        case Op.GT | Op.LTE:
            above = (Span(operands[0], high, open_low=True, open_high=True),)
            below = (Span(low, operands[0], open_low=True),)
            return above if wanted is (op is Op.GT) else below
        case Op.GTE | Op.LT:
            above = (Span(operands[0], high, open_high=True),)
            below = (Span(low, operands[0], open_low=True, open_high=True),)
            return above if wanted is (op is Op.GTE) else below
        case _:
            first, last = operands
            if wanted:
                return (Span(first, last),)
            return (Span(low, first, open_low=True, open_high=True), Span(last, high, open_low=True, open_high=True))


def mirrored(spans: Spans, around: int) -> Spans:
    """Return `around` minus each number of a set."""
    return tuple(Span(around - span.high, around - span.low, span.open_high, span.open_low) for span in spans)


def whole(spans: Spans) -> Spans:
    """Return the whole numbers of a set, as closed spans where they end."""
    return tuple(span for span in map(_whole, spans) if not span.is_empty)


def _whole(span: Span) -> Span:
    low, high = span.low, span.high
    if math.isfinite(low):
        low = math.floor(low) + 1 if span.open_low else math.ceil(low)
    if math.isfinite(high):
        high = math.ceil(high) - 1 if span.open_high else math.floor(high)
    return Span(low, high)


def pick_whole(spans: Spans, excluded: Collection[Number], *, latest: bool = False) -> int | None:
    """Return a whole number of a set that is not excluded, None if there is none; exact."""
    for span in reversed(spans) if latest else spans:
        for number in _wholes(span, len(excluded) + 1, downwards=latest):
            if number not in excluded:
                return number
    return None


def _wholes(span: Span, most: int, *, downwards: bool) -> Iterator[int]:
    """Yield up to so many whole numbers of a span, from its nearest finite end."""
    up = math.isfinite(span.low) and not (downwards and math.isfinite(span.high))
    start = int(span.low) if up else int(span.high) if math.isfinite(span.high) else 0
    for step in range(most):
        number = start + step if up or not math.isfinite(span.high) else start - step
        if number not in span:
            return
        yield number


def pick(spans: Spans, excluded: Collection[Number]) -> tuple[float | None, bool]:
    """Return a number of a set that is not excluded, and whether None is certain to mean there is none.

    Round numbers are preferred, for they are shown.
    """
    certain = True
    for span in spans:
        for number in _points(span, len(excluded) + 1):
            if number in span and number not in excluded:
                return number, True
        certain = certain and (span.low == span.high or math.nextafter(span.low, math.inf) not in span)
    return None, certain


def _points(span: Span, most: int) -> Iterator[float]:
    yield from map(float, _wholes(_whole(span), most, downwards=False))
    low = max(span.low, -1e15)
    high = min(span.high, 1e15)
    yield from (span.low, span.high)
    for step in range(1, 2 * most + 2):
        yield low + (high - low) * step / (2 * most + 2)
