"""Decides what skills with levels are well formed, and how they are typed: `german 4, pumps 2`; pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

LOWEST: Final = 1
HIGHEST: Final = 5
# What somebody has whose skill was named without a level.
USUAL: Final = 3
MOST: Final = 50
LONGEST: Final = 60
ACCEPTED: Final = f"skills such as german 4, pumps 2; levels from {LOWEST} to {HIGHEST}, {USUAL} when left out"
# One digit at the end is a level; `ISO 9001` is a name.
_LEVELLED: Final = re.compile(r"(.*\S)\s+(\d)")


def merged(skills: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return skills by name, trimmed; of two spellings the first counts, with the higher level."""
    names: dict[str, str] = {}
    levels: dict[str, int] = {}
    for typed, level in skills:
        plain = " ".join(typed.split())
        if plain:
            name = names.setdefault(plain.casefold(), plain)
            levels[name] = max(level, levels.get(name, level))
    return levels


def are_well_formed(skills: Mapping[str, int]) -> bool:
    """Answer whether there are not too many, with short names without commas, at levels there are."""
    fine = all(len(name) <= LONGEST and "," not in name for name in skills)
    return fine and len(skills) <= MOST and all(LOWEST <= level <= HIGHEST for level in skills.values())


def read_skills(text: str) -> dict[str, int] | None:
    """Read skills as typed; None when one has a level that there is not, or there is too much."""
    skills = merged(_read(part.strip()) for part in text.split(","))
    return skills if are_well_formed(skills) else None


def _read(part: str) -> tuple[str, int]:
    found = _LEVELLED.fullmatch(part)
    return (found[1], int(found[2])) if found else (part, USUAL)


def write_skills(skills: Mapping[str, int]) -> str:
    """Write skills as `read_skills` reads them."""
    return ", ".join(f"{name} {level}" for name, level in skills.items())
