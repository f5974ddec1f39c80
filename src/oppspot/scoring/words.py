"""Decides whether a name occurs in a text: by whole words, never by letters ("cto" is not in "director")."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeVar

# A trailing + or # is part of a word: C, C++ and C# are three languages.
_WORD: Final = re.compile(r"[^\W_]+[+#]*")

Value = TypeVar("Value")


def words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


class TermIndex(Generic[Value]):
    """Finds which of many terms occur in a text, as runs of whole words."""

    def __init__(self, terms: Mapping[str, Value]) -> None:
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], str, Value]]] = {}
        for term, value in terms.items():
            if run := words(term):
                self._by_first_word.setdefault(run[0], []).append((run, term, value))

    def find(self, text: str) -> list[tuple[str, Value]]:
        """Return the terms found with their values, in the order of the text."""
        spoken = words(text)
        return [
            (term, value)
            for start, word in enumerate(spoken)
            for run, term, value in self._by_first_word.get(word, ())
            if spoken[start : start + len(run)] == run
        ]


def leading_digits(code: str) -> str:
    """Return the digits a classification code starts with: "62012 - Software" gives "62012"."""
    stripped = code.strip()
    return stripped[: len(stripped) - len(stripped.lstrip("0123456789"))]


def is_within_domain(domain: str, parents: Iterable[str]) -> bool:
    """Tell whether a host is one of the domains or below one, by whole labels."""
    labels = domain.strip().rstrip(".").casefold().split(".")
    suffixes = {".".join(labels[start:]) for start in range(len(labels))}
    return any(parent.casefold() in suffixes for parent in parents)
