"""Decides the rank that one role states, by the words of nine languages."""

import re
import tomllib
from importlib import resources
from typing import Final, Literal

Rank = Literal["none", "other", "manager", "director", "executive"]
ORDER: Final[tuple[Rank, ...]] = ("none", "other", "manager", "director", "executive")

_DOCUMENT: Final = tomllib.loads(resources.files(__package__).joinpath("ranks.toml").read_text(encoding="utf-8"))
_PATTERNS: Final[tuple[tuple[Rank, re.Pattern[str]], ...]] = tuple(
    (entry["rank"], re.compile(rf"\b(?:{'|'.join(entry['words'])})\b")) for entry in _DOCUMENT["rank"]
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def rank_of(role: str) -> Rank:
    """Return the rank of one role in folded words: "other" without a word of rank, "none" without any word."""
    for rank, pattern in _PATTERNS:
        if pattern.search(role):
            return rank
    return "other" if _WORD.search(role) else "none"
