"""Decides what clean text is, when a text says nothing, and when two texts are the same but for looks."""

import re
from typing import Final
from unicodedata import normalize

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.listings import words

# Characters nobody sees: zero width space, word joiner, byte order mark, soft hyphen, and the marks that turn the
# direction of what follows. The zero width joiners stay: Persian and Indic names need them.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MARKS: Final = re.compile("[\u0300-\u036f]")
# Letters that no normal form takes apart.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŋ": "n",
    },
)

_BLANK: Final = words("blank") | {""}
_LONGEST_BLANK: Final = 2 * max(map(len, _BLANK))  # leaves room for blanks around it
_NAMES_LIKE_BLANKS: Final = words("names_like_blanks")


def clean_line(text: str, limit: int) -> str | None:
    """Return the text on one line with single spaces in NFC, or None when nothing is left.

    Raises Unreadable for control characters, unpaired surrogates and more than `limit` characters.
    """
    if text.isascii() and text.isprintable() and "  " not in text and len(text) <= limit:
        return text.strip() or None  # nearly every text; the rest below would change nothing
    if not text.isprintable():
        text = _without_oddities(text)
    return _within(" ".join(normalize("NFC", text).split()), limit)


def clean_lines(text: str, limit: int) -> str | None:
    """Return longer text with its line breaks kept; else as `clean_line`."""
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text.strip() or None
    if not text.isprintable():
        text = "\n".join(_without_oddities(line) for line in text.splitlines())
    return _within(normalize("NFC", text).strip(), limit)


def _within(text: str, limit: int) -> str | None:
    if len(text) > limit:
        raise too_long(text, limit)
    return text or None


def too_long(text: str, limit: int) -> Unreadable:
    """Return the error of a text with more than `limit` characters."""
    return Unreadable(f"has {len(text):,} characters", f"at most {limit:,} characters")


def _without_oddities(text: str) -> str:
    # Tabs and line breaks end as spaces: spreadsheets put them into cells that mean one line.
    text = " ".join(_INVISIBLE.sub("", text).split())
    if _CONTROL.search(text):
        raise Unreadable("has a control character", "text without control characters")
    if _SURROGATE.search(text):
        raise Unreadable("has half of a surrogate pair", "valid Unicode text")
    return text


def is_blank(text: str) -> bool:
    """Say whether a cell says nothing: empty, or one of the words that exports and forms write for that."""
    return len(text) <= _LONGEST_BLANK and text.strip().lower() in _BLANK


def is_blank_name(text: str) -> bool:
    """Say whether a cell with a person's name says nothing; `Null` and `None` are names, `NULL` and `none` are not."""
    text = text.strip()
    return text.lower() in _BLANK and text not in _NAMES_LIKE_BLANKS


def fold(text: str) -> str:
    """Return the text without case, accents and compatibility forms: equal results mean the same to a reader.

    Marks of other scripts stay, since they tell letters apart there (か and が).
    """
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", normalize("NFKD", text.casefold())).casefold()
    return normalize("NFKC", _MARKS.sub("", normalize("NFKD", bare)).translate(_LETTERS))
