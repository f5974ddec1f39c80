"""Decides where the columns of a file go: by their headers, checked against what stands in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from oppspot.conditions.types import FieldType
from oppspot.leads.importing.evidence import (
    ColumnEvidence,
    has_doubtful_dates,
    looks_like_email,
    speaks_against,
    type_of,
    weigh_column,
)
from oppspot.leads.importing.headers import FULL_NAME, HeaderMatch, Preset, find_preset, is_technical, match_header
from oppspot.leads.importing.mappings import (
    ATTRIBUTE_PREFIX,
    IGNORE,
    ColumnMapping,
    ImportMapping,
    mapping_key,
    parse_mapping,
    targets,
)
from oppspot.leads.importing.tables import Cell
from oppspot.leads.normalise import fold

__all__ = ["ColumnMapping", "ImportMapping", "mapping_key", "parse_mapping", "suggest_mapping", "targets"]

MAX_SUGGESTED_ATTRIBUTES: Final = 60
_MAX_KEY: Final = 60
_NUMBERS: Final = frozenset(("company.annual_revenue", "company.growth_rate", "company.credit_score"))
_CODE_HEADER: Final = re.compile(
    r"(?:^|_)(?:code|postcode|zip|plz|number|no|nr|nummer|numero|id|ids|key|phone|fax)(?:_\d+)?$"
)
_UNSEEN: Final = 0.6


@dataclass(slots=True)
class _Column:
    """A column while it is being thought about."""

    name: str
    place: int
    evidence: ColumnEvidence
    match: HeaderMatch | None
    against: str | None = None


def suggest_mapping(columns: Sequence[str], sample_rows: Sequence[Sequence[Cell]]) -> ImportMapping:
    """Propose where each column goes, with the reason and how sure it is.

    A header names the field (in several languages, or as a known export writes it); the sampled values may speak
    against it, or for an e-mail address under any header. Each field gets one column, the surest. What is left becomes
    an attribute of the type its values have, unless it is blank or only of use to the system it comes from.
    """
    preset = find_preset(columns)
    found = [_think(place, name, [row[place] for row in sample_rows], preset) for place, name in enumerate(columns)]
    taken = _with_names_settled(_assign(found))
    keys: set[str] = set()
    mapped = tuple(_mapped(column, taken, keys) for column in found)
    return ImportMapping(mapped, preset.label if preset else None)


def _think(place: int, name: str, cells: Sequence[Cell], preset: Preset | None) -> _Column:
    evidence = weigh_column(cells)
    match = match_header(name, preset)
    against = speaks_against(evidence, match.target) if match else None
    if against:
        match = None
    elif match and evidence.is_blank and match.confidence < 1.0:
        match = HeaderMatch(match.target, _UNSEEN, f"{match.reason} The sample is blank.")
    if match is None and looks_like_email(evidence):
        match = HeaderMatch("email", 0.8, "The sampled values are e-mail addresses.")
    return _Column(name, place, evidence, match, against)


def _assign(found: Sequence[_Column]) -> dict[str, _Column]:
    """Give each field its surest column; of equally sure ones the fuller, then the first."""
    taken: dict[str, _Column] = {}
    for column in found:
        if column.match is None:
            continue
        other = taken.setdefault(column.match.target, column)
        if _rank(column) > _rank(other):
            taken[column.match.target] = column
    return taken


def _rank(column: _Column) -> tuple[float, int, int]:
    return (column.match.confidence if column.match else 0.0, len(column.evidence.texts), -column.place)


def _with_names_settled(taken: dict[str, _Column]) -> dict[str, _Column]:
    """Decide what `Name`, `Nom` or `Nombre` means beside a column for one part of the name."""
    if FULL_NAME not in taken:
        return taken
    has_first, has_last = "first_name" in taken, "last_name" in taken
    if not has_first and not has_last:
        return taken
    column = taken.pop(FULL_NAME)
    if has_first and has_last:
        return taken
    part = "last_name" if has_first else "first_name"
    other = "first" if has_first else "last"
    column.match = HeaderMatch(part, 0.85, f"Beside a column for the {other} name this is the other part.")
    return {**taken, part: column}


def _mapped(column: _Column, taken: dict[str, _Column], keys: set[str]) -> ColumnMapping:
    match = column.match
    if match and taken.get(match.target) is column:
        return _with_style(ColumnMapping(column.name, match.target, match.confidence, match.reason), column.evidence)
    if column.evidence.is_blank:
        return ColumnMapping(column.name, IGNORE, 0.9, "Every sampled row is blank here.")
    if is_technical(column.name):
        return ColumnMapping(column.name, IGNORE, 0.8, "It says how the record is kept, not who the lead is.")
    if match and match.target == FULL_NAME:
        return ColumnMapping(column.name, IGNORE, 0.9, "The first and last name have columns of their own.")
    if len(keys) >= MAX_SUGGESTED_ATTRIBUTES:
        reason = f"More than {MAX_SUGGESTED_ATTRIBUTES} columns are no known field; map by hand those that matter."
        return ColumnMapping(column.name, IGNORE, 0.3, reason)
    return _as_attribute(column, taken, keys)


def _as_attribute(column: _Column, taken: dict[str, _Column], keys: set[str]) -> ColumnMapping:
    key = _free_key(column, keys)
    keys.add(key)
    if column.against:
        reason = f"{column.against} Kept as an attribute."
    elif column.match:
        reason = f"The column {taken[column.match.target].name} is surer for {column.match.target}."
    else:
        reason = "No field of ours is called so."
    # The digits of a postal code or an account number are no quantity.
    is_code = _CODE_HEADER.search(key) is not None
    read_as = FieldType.TEXT if is_code else type_of(column.evidence)
    mapped = ColumnMapping(column.name, ATTRIBUTE_PREFIX + key, 0.5, reason, read_as)
    return _with_style(mapped, column.evidence)


def _with_style(mapped: ColumnMapping, evidence: ColumnEvidence) -> ColumnMapping:
    """Add how the column writes numbers or dates, if it holds any."""
    if mapped.target in _NUMBERS or mapped.type is FieldType.NUMBER:
        return replace(mapped, decimal=evidence.decimal)
    if mapped.type is not FieldType.DATETIME:
        return mapped
    if has_doubtful_dates(evidence):
        reason = f"{mapped.reason} Day and month cannot be told apart in the sample; the day is taken to come first."
        return replace(mapped, confidence=min(mapped.confidence, 0.4), reason=reason)
    return replace(mapped, dates=evidence.dates)


def _free_key(column: _Column, keys: set[str]) -> str:
    # TotalVisits and total visits give the same key.
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name)
    words = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    stem = words if words[:1].isalpha() else f"column_{words or column.place + 1}"
    key, turn = stem[:_MAX_KEY].rstrip("_"), 1
    while key in keys:
        turn += 1
        key = f"{stem[: _MAX_KEY - 4].rstrip('_')}_{turn}"
    return key
