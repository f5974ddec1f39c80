"""Decides which country a text names, as an ISO 3166-1 alpha-2 code."""

import re
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.listings import lines
from oppspot.leads.normalise.texts import fold

MAX_COUNTRY: Final = 100
_NOT_WORD: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=10_000)
def normalise_country(text: str) -> str:
    """Return the alpha-2 code for a code, or for a name in English, German, French, Spanish or the country's own.

    `EL` and `UK`, which the European Union writes, count. Raises Unreadable, with the nearest name, for anything else.
    """
    key = _key(text[:MAX_COUNTRY])
    code = _names().get(key)
    if code is None:
        raise Unreadable("is not a country we know", _accepted(key))
    return code


def country_name(code: str) -> str:
    """Return the English name for an alpha-2 code; raises KeyError for none."""
    return _codes()[code]


def countries() -> list[tuple[str, str]]:
    """Return every alpha-2 code with its English name, by name."""
    return sorted(_codes().items(), key=lambda pair: pair[1])


def _accepted(key: str) -> str:
    accepted = "an ISO 3166 code such as GB, or the country's name"
    near = get_close_matches(key, _names(), n=1, cutoff=0.8)
    return f"{accepted}; did you mean {country_name(_names()[near[0]])}?" if near else accepted


def _key(text: str) -> str:
    words = _NOT_WORD.sub(" ", fold(text).replace("&", " and ")).split()
    return "".join(words[1:] if words[:1] == ["the"] else words)


@cache
def _table() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = (line.split("|") for line in lines("countries.txt"))
    return tuple((code, code3, tuple(names)) for code, code3, *names in rows)


@cache
def _codes() -> dict[str, str]:
    return {code: names[0] for code, _, names in _table()}


@cache
def _names() -> dict[str, str]:
    names = {"el": "GR", "uk": "GB"}
    for code, code3, spellings in _table():
        for spelling in (code, code3, *spellings):
            names[_key(spelling)] = code
    return names
