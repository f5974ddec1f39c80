"""Finds columns that are not read but have nearly the name of one that would be."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from oppspot.bulk.columns import PARTS

_ALIKE: Final = 0.8


def find_lookalikes(names: Collection[str], readable: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each such name with the one that may be meant."""
    for name in names:
        key, at, part = name.partition("@")
        if name in readable or (at and part in PARTS and (not key or key in readable)):
            continue
        if alike := get_close_matches(key.lower(), readable, 1, _ALIKE):
            meant = f"{alike[0]}@{_part(part)}" if at else alike[0]
            if meant not in names:
                yield name, meant


def _part(name: str) -> str:
    return next(iter(get_close_matches(name.lower(), PARTS, 1)), PARTS[0])
