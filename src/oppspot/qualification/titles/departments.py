"""Decides which department one role is of, by the words of nine languages."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any, Final, TypeAlias

from oppspot.qualification.titles.ranks import Rank
from oppspot.qualification.titles.splitting import AND

_Words: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]


def _words_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


def _by_department(entries: Iterable[dict[str, Any]]) -> _Words:
    return tuple((entry["department"], _words_of(entry["words"])) for entry in entries)


_DOCUMENT: Final = tomllib.loads(resources.files(__package__).joinpath("departments.toml").read_text(encoding="utf-8"))
_BY_TITLE: Final = _by_department(_DOCUMENT["by_title"])
_BY_WORD: Final = _by_department(_DOCUMENT["by_word"])
_BY_WEAK_WORD: Final = _by_department(_DOCUMENT["by_weak_word"])
_OFFICE: Final = _words_of(_DOCUMENT["executive_office"]["words"])
_OTHER: Final = _words_of(_DOCUMENT["other"]["words"])
_ALONE: Final = re.compile(rf"(?:{'|'.join(_DOCUMENT['alone']['words'])})(?: department| team| dept| abteilung)?")
_PREPOSITION: Final = re.compile(r"\b(?:of|for|de|des|du|d|della|del|dei|delle|di|do|da|dos|för|van|für)\b")
# "Sales operations" is sales.
_OPERATIONS_OF: Final = re.compile(r"(?<=\w) (?:operations?|ops)\b")


def department_of(role: str) -> str | None:
    """Return the department of one role in folded words, None when it cannot be told."""
    by_title = next((department for department, pattern in _BY_TITLE if pattern.search(role)), None)
    if by_title or (by_title := _by_words(role, _BY_WORD)):
        return by_title
    if _OFFICE.search(role):
        return "executive_office"
    return "other" if _OTHER.search(role) else _by_words(role, _BY_WEAK_WORD)


def _by_words(role: str, words: _Words) -> str | None:
    """Return the department of the head word: of several functions the first, of a compound its last word."""
    named = next((each for each in (_named(side, words) for side in AND.split(role)) if each), None)
    if not named:
        return None
    return named[0][1] if _PREPOSITION.search(role) else named[-1][1]


def _named(side: str, words: _Words) -> list[tuple[int, str]]:
    """Return the functions named in one side of an "and", by their place."""
    return _places(_OPERATIONS_OF.sub("", side), words) or _places(side, words)


def _places(text: str, words: _Words) -> list[tuple[int, str]]:
    return sorted((match.end(), department) for department, pattern in words for match in pattern.finditer(text))


def is_department_alone(roles: Sequence[str], ranks: Sequence[Rank]) -> bool:
    """Tell whether a title is nothing but the name of a department: "Einkauf", "Sales & Marketing"."""
    sides = [side.strip() for role in roles for side in AND.split(role)]
    return all(rank == "other" for rank in ranks) and all(_ALONE.fullmatch(side) for side in sides)
