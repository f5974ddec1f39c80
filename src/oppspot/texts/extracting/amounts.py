"""Reads amounts of money, and ranges of them, in English, German and French writing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_CURRENCY: Final = r"(?:€|\$|£|EUR|USD|GBP|CHF|US\$|Euros?|dollars?|pounds?|Franken)"
_SCALE: Final = (
    r"(?:k\b|K\b|m\b|M\b|mn\b|mln\b|mm\b|thousand|million(?:en|s)?|billion|bn\b|grand|Mio\.?|Mrd\.?|Tsd\.?|Tausend|mille|"
    r"M€|k€|T€)"
)
_DIGITS: Final = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT: Final = (
    rf"(?P<c1{{n}}>{_CURRENCY} ?)?(?P<d{{n}}>{_DIGITS})(?: ?(?P<s{{n}}>{_SCALE}))?(?: ?(?P<c2{{n}}>{_CURRENCY}))?"
)


def _numbered(number: int) -> str:
    return _AMOUNT.replace("{n}", str(number))


_TO: Final = r" ?(?:-|to|and|bis|und|à|et) ?"
_RANGE: Final = re.compile(rf"(?<![\w.,]){_numbered(1)}{_TO}{_numbered(2)}(?![\w%])", re.IGNORECASE)
_SINGLE: Final = re.compile(rf"(?<![\w.,-]){_numbered(1)}(?![\w%])", re.IGNORECASE)
_SCALES: Final = {
    **dict.fromkeys(("k", "thousand", "grand", "tsd", "tausend", "mille", "k€", "t€"), 1_000),
    **dict.fromkeys(("m", "mn", "mln", "mm", "million", "millions", "millionen", "mio", "m€"), 10**6),
    **dict.fromkeys(("billion", "bn", "mrd"), 10**9),
}
_LEAST_BARE: Final = 1_000  # a number without currency or scale is money only if written in groups and this large


@dataclass(frozen=True, slots=True)
class Amount:
    """Money from `start` to `end` in a text; `high` differs from `low` in a range."""

    low: float
    high: float
    start: int
    end: int

    @property
    def is_range(self) -> bool:
        return self.low != self.high


def amounts_in(text: str) -> Iterator[Amount]:
    """Yield the amounts of a text in order; a bare number is none unless it is grouped (80,000)."""
    at = 0
    for found in _RANGE.finditer(text):
        if (amount := _range(found)) is not None:
            yield from _singles(text, at, found.start())
            yield amount
            at = found.end()
    yield from _singles(text, at, len(text))


def _singles(text: str, start: int, end: int) -> Iterator[Amount]:
    for found in _SINGLE.finditer(text, start, end):
        scale, has_currency = found["s1"], bool(found["c11"] or found["c21"] or "€" in (found["s1"] or ""))
        value = _number(found["d1"], has_mark=has_currency or bool(scale))
        if value is not None:
            amount = value * _factor(scale)
            yield Amount(amount, amount, found.start(), found.end())


def _range(found: re.Match[str]) -> Amount | None:
    scale = found["s1"] or found["s2"]
    has_mark = bool(scale or found["c11"] or found["c21"] or found["c12"] or found["c22"])
    low, high = _number(found["d1"], has_mark=has_mark), _number(found["d2"], has_mark=has_mark)
    if low is None or high is None:
        return None
    high *= _factor(found["s2"])
    low *= _factor(found["s1"] or (found["s2"] if low * _factor(found["s2"]) <= high else None))
    return Amount(low, high, found.start(), found.end()) if low < high else None


def _factor(scale: str | None) -> int:
    return _SCALES[scale.casefold().rstrip(".")] if scale else 1


def _number(digits: str, *, has_mark: bool) -> float | None:
    grouped = re.fullmatch(r"(\d{1,3}(?:([.,' ])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,2}))?", digits)
    if grouped:
        value = float(f"{re.sub(r'[^0-9]', '', grouped[1])}.{grouped[3] or 0}")
        is_bare_point = grouped[2] == "." and not has_mark
        return None if is_bare_point or (not has_mark and value < _LEAST_BARE) else value
    return float(digits.replace(",", ".")) if has_mark else None
