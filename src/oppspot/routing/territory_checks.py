"""Decides whether territories are well formed: names that can be addressed and are unique, ranges that are ranges."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from oppspot.conditions.country_checks import country_problem
from oppspot.core.errors import FieldProblem
from oppspot.routing.policies import Territory

# Profiles list territories separated by commas; addresses hold the name between slashes.
_NAME: Final = re.compile(r"^(?=.*\w)[^/,]+$")
_RANGE: Final = re.compile(r"^([A-Z0-9]+)\s*-\s*([A-Z0-9]+)$")
_BEGINNING: Final = re.compile(r"^[A-Z0-9 ]*[A-Z0-9][A-Z0-9 ]*$")


def territory_problems(territories: Sequence[Territory]) -> Iterator[FieldProblem]:
    """Yield what is wrong, by territory."""
    seen: dict[str, str] = {}
    for place, territory in enumerate(territories):
        path = f"territories[{place}]"
        name = territory.name
        if name != " ".join(name.split()) or not _NAME.match(name) or name in ("new", "paste"):
            accepted = "letters and digits among others, no commas, no slashes, single blanks between words"
            yield FieldProblem(f"{path}.name", f'"{name}" cannot be a territory\'s name', accepted)
        if other := seen.get(name.casefold()):
            yield FieldProblem(f"{path}.name", f'there is a territory "{other}" already', "a name of its own")
        seen[name.casefold()] = name
        yield from _size_problems(territory, path)
        for index, country in enumerate(territory.countries):
            if problem := country_problem(country, f"{path}.countries[{index}]"):
                yield problem
        for index, postcode in enumerate(territory.postcodes):
            if fault := postcode_fault(postcode):
                accepted = "a beginning (SW1) or a range with ends of one length (10000-10999)"
                yield FieldProblem(f"{path}.postcodes[{index}]", f'"{postcode}" {fault}', accepted)


def _size_problems(territory: Territory, path: str) -> Iterator[FieldProblem]:
    low, high = territory.min_employees, territory.max_employees
    if low is not None and high is not None and low > high:
        yield FieldProblem(f"{path}.max_employees", "is less than the smallest size", f"{low:,} or more")


def postcode_fault(text: str) -> str | None:
    """Return what is wrong with the beginning of a postcode or a range of them; None when nothing is."""
    plain = text.strip().upper()
    if "-" not in plain:
        return None if _BEGINNING.match(plain) else "has signs that postcodes do not have"
    ends = _RANGE.match(plain)
    if ends is None:
        return "is no range"
    low, high = ends.groups()
    if len(low) != len(high):
        return "is no range: its ends differ in length"
    return None if low <= high else "ends before it begins"
