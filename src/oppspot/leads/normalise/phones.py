"""Decides the one form a telephone number is stored in."""

import re
from typing import Final

from oppspot.leads.normalise.errors import Unreadable

MAX_PHONE: Final = 100
_ACCEPTED: Final = "a telephone number of 5 to 15 digits, such as +44 20 7946 0000"
# Several numbers in one cell: the first counts.
_NEXT_NUMBER: Final = re.compile(r"[;,|\n]|\s/\s|\bor\b|\bund\b", re.IGNORECASE)
_EXTENSION: Final = re.compile(
    r"(?:\bext(?:ension)?\b|(?<=[\d\s])x(?=\s*\d)|#|\bdw\b|\bposte\b).*", re.IGNORECASE | re.DOTALL
)
_TRUNK_ZERO: Final = re.compile(r"\(0\)")
_LABEL: Final = re.compile(r"^\s*(?:tel|phone|mobile|mob|fon|t|p|m)\s*[.:]\s*|^\s*tel:", re.IGNORECASE)
_SHAPE: Final = re.compile(r"\+?[0-9\s().\-/\u2010-\u2015\u00a0\u202f]+")
_PLAIN: Final = re.compile(r"\+?[0-9](?:[ .-]?[0-9])*")
_DIGITS: Final = re.compile("[0-9]+")
_FEWEST, _MOST = 5, 15


def normalise_phone(text: str) -> str:
    """Return `+` and digits for an international number, digits for a national one; raises Unreadable for neither.

    `00` in front reads as `+`; extensions and the `(0)` of `+44 (0)20` go. No country is guessed.
    """
    if _PLAIN.fullmatch(text):
        return _dialled(text)
    first = _NEXT_NUMBER.split(text[:MAX_PHONE], maxsplit=1)[0]
    number = _EXTENSION.sub("", _LABEL.sub("", first)).strip()
    if not _SHAPE.fullmatch(number):
        raise Unreadable("is not a telephone number", _ACCEPTED)
    return _dialled(_TRUNK_ZERO.sub("", number) if number.startswith(("+", "00")) else number)


def _dialled(number: str) -> str:
    digits = "".join(_DIGITS.findall(number))
    if is_international := number.startswith(("+", "00")):
        digits = digits.removeprefix("00")
    if not _FEWEST <= len(digits) <= _MOST:
        raise Unreadable(f"has {len(digits)} digits", _ACCEPTED)
    return f"+{digits}" if is_international else digits
