"""Decides which value of a row counts as known, and how text is compared; all three compilers follow it."""

import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from oppspot.conditions.types import FieldType, Leaf, as_utc, texts_of

# Tuples, as `int | float` would make a union anew at each call, on the hottest path there is.
_NUMBERS = (int, float, Decimal)
LISTS = (list, tuple, set, frozenset)

_CASED_BELOW = 0x20000  # Unicode has cased letters in its first two planes only


def _folding_table() -> dict[str, str]:
    """Return Unicode's one-to-one case folding, character by character.

    A table of our own, because lower() of Python, PostgreSQL (any collation) and Rust differ outside ASCII.
    One character stays one character, so "ß" is not "ss"; "İ" is taken as "i", as Turkish readers expect.
    """
    table = {"İ": "i"}
    for code in range(_CASED_BELOW):
        char = chr(code)
        folded = char.casefold()
        if len(folded) > 1:
            folded = char.lower()
        if len(folded) == 1 and folded != char:
            table[char] = folded
    return table


FOLDING = _folding_table()
_TRANSLATION = str.maketrans(FOLDING)


def fold(text: str) -> str:
    """Return `text` without its case; equal results are equal texts to every compiler."""
    return text.lower() if text.isascii() else text.translate(_TRANSLATION)


def read_text(value: object) -> str | None:
    """Return folded text; anything but text is unknown, an empty text is known."""
    return fold(value) if isinstance(value, str) else None


def read_choice(value: object) -> str | None:
    """Return the code as it is; codes are ours, so their case is significant."""
    return value if isinstance(value, str) else None


def read_number(value: object) -> float | None:
    """Return a 64-bit float; booleans, NaN, infinities and what does not fit are unknown."""
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):  # an integer beyond 1.8e308, a signalling NaN
        return None
    return number if math.isfinite(number) else None


def read_boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def read_datetime(value: object) -> datetime | None:
    """Return the instant in UTC; a datetime without a zone is read as UTC."""
    if not isinstance(value, datetime):
        return None
    try:
        return as_utc(value)
    except OverflowError:  # the first and last hours of the calendar have no place in UTC
        return None


def read_texts(value: object) -> frozenset[str] | None:
    """Return the folded texts of a list; an empty list is known, items that are not text are passed over."""
    if not isinstance(value, LISTS):
        return None
    return frozenset(fold(item) for item in value if isinstance(item, str))


READERS: dict[FieldType, Callable[[object], object]] = {
    FieldType.TEXT: read_text,
    FieldType.NUMBER: read_number,
    FieldType.BOOLEAN: read_boolean,
    FieldType.DATETIME: read_datetime,
    FieldType.CHOICE: read_choice,
    FieldType.TEXT_LIST: read_texts,
}


def folded_operand(leaf: Leaf) -> tuple[str, ...]:
    """Return the texts a leaf asks for as its field compares them: codes as they are, the rest folded."""
    texts = texts_of(leaf)
    return texts if leaf.field.type is FieldType.CHOICE else tuple(fold(text) for text in texts)
