"""Decides whether countries are written as leads' are: as codes, so that UK and GB are one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from oppspot.conditions.documents import leaves_at
from oppspot.core.errors import FieldProblem
from oppspot.leads.normalise.countries import normalise_country
from oppspot.leads.normalise.errors import Unreadable

COUNTRY_FIELDS: Final = frozenset({"lead.country", "company.country"})
_WHOLE: Final = frozenset({"eq", "ne", "in", "not_in"})


def country_problem(country: str, path: str) -> FieldProblem | None:
    """Return why no lead's country is written like this; None where one can be."""
    try:
        code = normalise_country(country)
    except Unreadable as error:
        return FieldProblem(path, f'"{country}" {error.message}', error.accepted)
    return None if code == country.strip().upper() else FieldProblem(path, f'"{country}" is no code', code)


def condition_problems(condition: Mapping[str, Any], path: str) -> Iterator[FieldProblem]:
    """Yield which countries a condition asks for that no lead's can be; it is one that can be read."""
    for place, leaf in leaves_at(condition, path):
        if leaf["field"] in COUNTRY_FIELDS and leaf["op"] in _WHOLE:
            yield from _leaf_problems(leaf["value"], f"{place}.value")


def _leaf_problems(value: str | list[str], path: str) -> Iterator[FieldProblem]:
    asked = [(value, path)] if isinstance(value, str) else [(each, f"{path}[{at}]") for at, each in enumerate(value)]
    yield from filter(None, (country_problem(country, where) for country, where in asked))
