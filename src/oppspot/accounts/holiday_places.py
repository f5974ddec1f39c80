"""Which countries, and parts of them, have holidays that we know; pure."""

from functools import cache
from typing import Final

from holidays import list_supported_countries
from holidays.registry import COUNTRIES

_SMALL_WORDS: Final = frozenset({"and", "of", "the"})


@cache
def _places() -> dict[str, tuple[str, ...]]:
    return {code: tuple(parts) for code, parts in list_supported_countries(include_aliases=False).items()}


def is_country(code: str) -> bool:
    """Answer whether this is the alpha-2 code of a country whose holidays are known."""
    return code in _places()


def parts_of(country: str) -> tuple[str, ...]:
    """Return the codes of the parts of a country that have holidays of their own; none for an unknown country."""
    return _places().get(country, ())


@cache
def country_choices() -> list[tuple[str, str]]:
    """Return every such country with its English name, by name."""
    named = {code: _name(key) for key, (_, code, *_) in COUNTRIES.items()}
    return sorted(((code, named[code]) for code in _places() if code in named), key=lambda choice: choice[1])


def _name(key: str) -> str:
    words = key.split("_")
    return " ".join(word if place and word in _SMALL_WORDS else word.capitalize() for place, word in enumerate(words))
