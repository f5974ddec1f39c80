"""Puts what the linter found into words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from oppspot.conditions.types import Field
from oppspot.routing.linting.values import ELSE

_MOST_FACTS: Final = 4
_MOST_NAMES: Final = 3


def quoted(name: str) -> str:
    return f"“{name}”"


def joined(names: Iterable[str], *, most: int = _MOST_NAMES) -> str:
    """Return names as a list in a sentence, the last ones counted where there are many."""
    listed = list(names)
    if len(listed) > most + 1:
        listed = [*listed[:most], f"{len(listed) - most} more"]
    *head, last = listed or ["nobody"]
    return f"{', '.join(head)} and {last}" if head else last


def facts_in_words(row: Mapping[str, object], fields: Mapping[str, Field]) -> str:
    """Return what is known of a lead, as much as fits a sentence: "company country Germany, score 85"."""
    known = [(fields[name], value) for name, value in row.items() if name in fields and value is not None]
    if not known:
        return "nothing of what the rules ask known"
    said = [f"{field.label} {_value(value, field)}" for field, value in known[:_MOST_FACTS]]
    return ", ".join([*said, "…"] if len(known) > _MOST_FACTS else said)


def _value(value: object, field: Field) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,.10g}{field.unit or ''}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case list() | tuple():
            return ", ".join(map(str, value)) or "none"
        case str() if value in ELSE:
            return value
        case _:
            return quoted(str(value))


def shortened(row: Mapping[str, object], fields: Mapping[str, Field]) -> dict[str, object]:
    """Return of a lead what the rules ask about and what is known."""
    return {name: _plain(row[name]) for name in fields if row.get(name) is not None}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else value


def leads(count: int, of: int) -> str:
    return f"{count:,} of the {of:,} newest leads"
