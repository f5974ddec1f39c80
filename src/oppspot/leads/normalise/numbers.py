"""Decides which number a text states, whatever country wrote it."""

import re
from collections.abc import Iterable
from math import isfinite
from typing import Final, Literal

from oppspot.leads.normalise.errors import Unreadable

DecimalMark = Literal[".", ","]
_Doubt = Literal[".", ",", "grouping"]

_ACCEPTED: Final = "a number such as 1250000, 1,250,000.50, 1.250.000,50 or 1.2M"
_MAX_LENGTH: Final = 60
_CURRENCY: Final = re.compile(
    r"(?:US|R|A|C|NZ|HK|S)?\$|[€£¥₹₽₩₺₴₦₫₱฿]|\b(?:usd|eur|gbp|chf|jpy|cny|inr|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|ron|"
    r"bgn|brl|mxn|ars|clp|cop|zar|try|rub|uah|ils|aed|sar|sgd|hkd|krw|thb|myr|idr|php|vnd|euros?|dollars?|kr|zł|rs|fr)\b\.?",
    re.IGNORECASE,
)
# What is said of a lower bound or an estimate; `<10` and `up to 10` say neither and stay unread.
_ABOUT: Final = re.compile(r"^(?:~|≈|>=?|≥|ca\.?|circa|approx\.?|about|around|over|more than|at least|über|env\.?)\s*")
_SCALES: Final = {
    "k": 1e3, "tsd": 1e3, "tsd.": 1e3, "thousand": 1e3, "tausend": 1e3,
    "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "mio.": 1e6, "mln": 1e6, "mill": 1e6, "million": 1e6, "millions": 1e6,
    "millionen": 1e6, "millón": 1e6, "millones": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "mrd.": 1e9, "md": 1e9, "milliard": 1e9,
    "milliards": 1e9, "milliarde": 1e9, "milliarden": 1e9,
    "t": 1e12, "tn": 1e12, "trillion": 1e12,
    "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "cr": 1e7, "crore": 1e7, "crores": 1e7,
}  # fmt: skip
_STATED: Final = re.compile(
    r"(?P<sign>[-+\u2212(]?)\s*(?P<digits>\d[\d.,'\u2019\u00a0\u202f ]*(?:[eE][+-]?\d{1,3})?)\s*(?P<scale>[a-zé]+\.?)?"
    r"\s*[%+)-]?",
)
_RANGE: Final = re.compile(
    r"(?<=[\da-z])\s*(?:-|\u2013|\u2014|\u2026|\.\.\.?|\bto\b|\bbis\b|\bà\b|\ba\b)\s*(?=[\d$€£])"
)
_PLAIN: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,2}|\.\d{4,20})?")
_GROUPED: Final = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_SPACES: Final = re.compile("['\u2019\u00a0\u202f ]")
# One mark with exactly three digits behind it is all that is in doubt: 1.234 and 1,234.
_DOUBTFUL: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_UNIT: Final = re.compile(r"(?<=\d)\s*([a-zé]+\.?)$")
_WORDS: Final = re.compile(
    r"\b(?:employees?|people|staff|mitarbeiter(?:innen)?|employés|salariés|empleados|users?)\b", re.IGNORECASE
)


def parse_number(text: str, decimal: DecimalMark | None = None) -> float:
    """Return the number a text states; raises Unreadable when it states none.

    Currency signs, grouping of any country, brackets for minus, per cent and scales (k, M, Mio., bn, crore) are read;
    `12 %` gives 12. `decimal` is the column's decimal mark and settles the one doubtful form, `1.234`; without it a
    point is decimal and a comma groups thousands.
    """
    return _parse(text, decimal or ".")


def parse_lower_bound(text: str, decimal: DecimalMark | None = None) -> float:
    """Return a number, or for a range (`51-200`, `10k to 50k`) its lower end.

    The lower end is the one figure a range vouches for; a middle would be made up.
    """
    return _lower_bound(text, decimal or ".")


def parse_count(text: str) -> int:
    """Return how many things a text states, for a range its lower end; `1.234` and `1,234` are both 1234."""
    count = _lower_bound(text, "grouping")
    if not count.is_integer():
        raise Unreadable("is not a whole number", "a whole number such as 250 or 1,250, or a range such as 51-200")
    return int(count)


def _parse(text: str, doubt: _Doubt) -> float:
    if _PLAIN.fullmatch(text):
        return float(text)
    if doubt != "," and _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    bare = _ABOUT.sub("", _CURRENCY.sub(" ", text[: _MAX_LENGTH + 1].strip().lower()).strip())
    stated = _STATED.fullmatch(bare)
    if stated is None or len(text) > _MAX_LENGTH:
        raise Unreadable("is not a number", _ACCEPTED)
    scale = _SCALES.get(stated["scale"] or "")
    if stated["scale"] and scale is None:
        raise Unreadable(f"is not a number: '{stated['scale']}' is no unit we know", _ACCEPTED)
    size = float(_with_point(_SPACES.sub("", stated["digits"]), doubt)) * (scale or 1.0)
    if not isfinite(size):
        raise Unreadable("is too large a number", _ACCEPTED)
    return -size if stated["sign"] in ("-", "\u2212", "(") or bare.endswith("-") else size


def _lower_bound(text: str, doubt: _Doubt) -> float:
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text):
        return _parse(text, doubt)
    bare = _WORDS.sub("", text[: 2 * _MAX_LENGTH].lower()).strip()
    parts = _RANGE.split(bare, maxsplit=1)
    low = _parse(parts[0], doubt)
    if len(parts) == 1:
        return low
    high = _parse(parts[1], doubt)
    shared = _UNIT.search(_CURRENCY.sub("", parts[1]).strip())
    if shared and not re.search(r"[a-zé]", _CURRENCY.sub("", parts[0])):
        low *= _SCALES[shared[1]]  # 1-5 M is one to five millions
    if low > high:
        raise Unreadable("is a range that ends before it begins", "a range such as 51-200")
    return low


def decimal_mark(samples: Iterable[str]) -> DecimalMark | None:
    """Return the decimal mark a column uses, from its values that leave no doubt; None when none does.

    `1.234,5` speaks for the comma, `12,5` too, `1,234.5` for the point; `1.234` alone for nothing.
    """
    votes = {".": 0, ",": 0}
    for sample in samples:
        digits = re.sub(r"[^\d.,]", "", sample)
        mark = _undoubted_mark(digits)
        if mark:
            votes[mark] += 1
    if votes["."] == votes[","]:
        return None
    return "." if votes["."] > votes[","] else ","


def _undoubted_mark(digits: str) -> DecimalMark | None:
    points, commas = digits.count("."), digits.count(",")
    if (points and commas) or points > 1 or commas > 1:
        # With both, the last is decimal; a mark that comes twice groups, so the other is decimal.
        last_is_point = digits.rfind(".") > digits.rfind(",")
        repeated = points > 1 if last_is_point else commas > 1
        return "." if last_is_point != repeated else ","
    if points + commas == 0 or _DOUBTFUL.fullmatch(digits):
        return None
    return "." if points else ","


def _with_point(digits: str, doubt: _Doubt) -> str:
    """Return digits with a point for the decimal mark and no grouping."""
    mantissa, e, exponent = digits.partition("e")
    mark = _undoubted_mark(mantissa) or ""
    if doubt != "grouping" and _DOUBTFUL.fullmatch(mantissa):
        mark = doubt
    grouping = {".": ",", ",": "."}.get(mark, ".,")
    whole, _, fraction = mantissa.partition(mark) if mark else (mantissa, "", "")
    if not _is_grouped(whole, grouping) or any(char in fraction for char in ".,"):
        raise Unreadable("is not a number: its separators do not fit together", _ACCEPTED)
    return f"{re.sub('[.,]', '', whole)}.{fraction or '0'}{e}{exponent}"


def _is_grouped(whole: str, marks: str) -> bool:
    """Say whether the groups are of three digits, or of two before the last three as in India."""
    used = [mark for mark in ".," if mark in whole]
    if not used:
        return whole.isdigit()
    if used[0] not in marks or len(used) > 1:
        return False
    first, *rest = whole.split(used[0])
    sizes = {len(group) for group in rest[:-1]}
    return first != "" and len(rest[-1]) == 3 and (sizes <= {3} or sizes == {2})  # noqa: PLR2004 - digits of a group
