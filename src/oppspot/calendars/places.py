"""What is known of countries: their holidays, their weekend, and the zone most of their people live in. Pure."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Final

import holidays

from oppspot.calendars.types import Block

# Where the first zone that the zone database lists for a country is not that of most of its people.
_MAIN_ZONES: Final = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}
_NINE_TO_FIVE: Final[tuple[Block, ...]] = ((540, 1020),)
_WEEKEND: Final = frozenset({5, 6})
_ENGLISH: Final = "en_US"


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, zone)
    return found | _MAIN_ZONES


def main_zone(country: str) -> str | None:
    """Return the IANA zone most people of a country live in, by its alpha-2 code; None for an unknown country."""
    return _zones().get(country)


@lru_cache(maxsize=512)
def business_week(country: str) -> tuple[tuple[Block, ...], ...]:
    """Return 9 to 17 on the days that are no weekend there (Monday to Friday where nothing else is known)."""
    weekend = holidays.country_holidays(country).weekend if country in _supported() else None
    return tuple(() if day in (weekend or _WEEKEND) else _NINE_TO_FIVE for day in range(7))


@lru_cache(maxsize=2_048)
def public_holidays(country: str, subdivision: str | None, first: date, last: date) -> Mapping[date, str]:
    """Return the public holidays from `first` to `last`, in English where that is known; none of an unknown place.

    Observed days (a Monday for a Sunday) are among them. Do not change what is returned.
    """
    if country not in _supported():
        return {}
    part = subdivision if subdivision in _supported()[country] else None
    found = holidays.country_holidays(
        country, subdiv=part, years=range(first.year, last.year + 1), language=_language(country)
    )
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}


@lru_cache(maxsize=1)
def _supported() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def _language(country: str) -> str | None:
    languages = holidays.country_holidays(country).supported_languages
    if _ENGLISH in languages:
        return _ENGLISH
    return next((language for language in languages if language.startswith("en")), None)
