"""Territories as people write them: lists as typed, whole tables as pasted from a spreadsheet, and back in words."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from oppspot.core.errors import FieldProblem
from oppspot.routing.policies import Territory
from oppspot.routing.territory_checks import territory_problems
from oppspot.web.validation import field_problem

LISTS: Final = ("countries", "regions", "postcodes", "industries", "accounts")
COLUMNS: Final = ("name", "countries", "regions", "postcodes", "industries", "employees", "accounts", "priority")
MOST_LINES: Final = 20_000
_SHOWN: Final = 4
_BETWEEN: Final = re.compile(r"[\n,;|]")
_SIZE: Final = re.compile(r"^(\d*)\s*(?:(?:-|to|\N{EN DASH})\s*(\d*)|\+)?$")
# What a heading may be called, besides its own name.
_CALLED: Final[Mapping[str, str]] = {
    "territory": "name",
    "country": "countries",
    "region": "regions",
    "state": "regions",
    "states": "regions",
    "postcode": "postcodes",
    "postal code": "postcodes",
    "zip": "postcodes",
    "zip code": "postcodes",
    "industry": "industries",
    "size": "employees",
    "company size": "employees",
    "account": "accounts",
    "domain": "accounts",
    "domains": "accounts",
    **{name: name for name in COLUMNS},
}


def list_of(text: str) -> list[str]:
    """Return the entries of a list as typed: one a line, or separated by commas; each once, in order."""
    return list(dict.fromkeys(filter(None, (" ".join(part.split()) for part in _BETWEEN.split(text)))))


def text_of(entries: Sequence[str]) -> str:
    """Return a list as it is typed."""
    return "\n".join(entries)


@dataclass(frozen=True, slots=True)
class Table:
    """What was read of a pasted table; nothing of it counts while there are problems."""

    territories: tuple[Territory, ...]
    problems: tuple[FieldProblem, ...]


def read_table(text: str) -> Table:
    """Read territories from lines of cells; lines of one name add up to one territory.

    Cells are separated by tabs, as spreadsheets copy them, else by semicolons, else by commas. The first line may name
    the columns; without headings they are those of COLUMNS, in that order.
    """
    rows = list(enumerate(csv.reader(text.splitlines(), delimiter=_delimiter(text)), 1))
    rows = [(number, [cell.strip() for cell in cells]) for number, cells in rows if any(map(str.strip, cells))]
    if len(rows) > MOST_LINES:
        return Table((), (FieldProblem("lines", "are too many", f"at most {MOST_LINES:,} lines"),))
    columns, rows, problems = _headed(rows)
    found: dict[str, dict[str, Any]] = {}
    for number, cells in rows:
        row = dict(zip(columns, cells, strict=False))
        name = " ".join(row.get("name", "").split())
        if not name:
            problems.append(_problem(number, "has no name", "a name in each line"))
            continue
        merged = found.setdefault(name.casefold(), {"name": name, **{column: [] for column in LISTS}})
        for column in LISTS:
            merged[column] = list(dict.fromkeys([*merged[column], *list_of(row.get(column, ""))]))
        problems += _read_numbers(number, row, merged)
    territories = _checked(found, problems)
    return Table(tuple(territories), tuple(problems))


def _delimiter(text: str) -> str:
    return next((sign for sign in "\t;" if sign in text), ",")


def _headed(
    rows: list[tuple[int, list[str]]],
) -> tuple[Sequence[str], list[tuple[int, list[str]]], list[FieldProblem]]:
    if not rows or "name" not in {_CALLED.get(cell.lower()) for cell in rows[0][1]}:
        return COLUMNS, rows, []
    number, heads = rows[0]
    unknown = [head for head in heads if head and head.lower() not in _CALLED]
    accepted = f"columns called {', '.join(COLUMNS)}"
    problems = [_problem(number, f'"{head}" is no column', accepted) for head in unknown]
    return [_CALLED.get(head.lower(), "") for head in heads], rows[1:], problems


def _read_numbers(number: int, row: Mapping[str, str], merged: dict[str, Any]) -> list[FieldProblem]:
    problems = []
    if size := row.get("employees", ""):
        ends = _SIZE.match(size)
        if ends is None or not any(ends.groups()):
            problems.append(_problem(number, f'"{size}" is no size', "51-200, 5001+ or one number"))
        else:
            low, high = ends.groups()
            single = high is None and not size.endswith("+")
            merged["min_employees"] = int(low) if low else None
            merged["max_employees"] = int(low) if single else int(high) if high else None
    if priority := row.get("priority", ""):
        if priority.isascii() and priority.isdigit():
            merged["priority"] = int(priority)
        else:
            problems.append(_problem(number, f'"{priority}" is no priority', "a whole number; lower counts first"))
    return problems


def _checked(found: Mapping[str, Mapping[str, Any]], problems: list[FieldProblem]) -> list[Territory]:
    territories = []
    for fields in found.values():
        try:
            territories.append(Territory.model_validate(fields))
        except ValidationError as error:
            problems += [_of_territory(fields["name"], field_problem(each)) for each in error.errors()]
    for problem in territory_problems(territories):
        place, _, rest = problem.path.removeprefix("territories[").partition("].")
        problems.append(
            _of_territory(territories[int(place)].name, FieldProblem(rest, problem.message, problem.accepted))
        )
    return territories


def _problem(number: int, message: str, accepted: str) -> FieldProblem:
    return FieldProblem("lines", f"line {number}: {message}", accepted)


def _of_territory(name: str, problem: FieldProblem) -> FieldProblem:
    return FieldProblem("lines", f"“{name}”, {problem.path.partition('[')[0]}: {problem.message}", problem.accepted)


def in_words(territory: Territory) -> str:
    """Return where a territory is, as a sentence without its full stop."""
    parts = [
        _listed("", territory.countries),
        _listed("", territory.regions),
        _listed("postcodes ", territory.postcodes),
        _listed("", territory.industries),
        _size_in_words(territory.min_employees, territory.max_employees),
        _listed("accounts ", territory.accounts),
    ]
    return "; ".join(filter(None, parts)) or "everywhere"


def _listed(before: str, entries: Sequence[str]) -> str:
    if not entries:
        return ""
    shown = ", ".join(entries[:_SHOWN])
    return f"{before}{shown}" if len(entries) <= _SHOWN else f"{before}{shown} and {len(entries) - _SHOWN:,} more"


def _size_in_words(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:,} employees and more"
    return f"up to {high:,} employees" if low is None else f"{low:,} to {high:,} employees"
