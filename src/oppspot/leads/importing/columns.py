"""Decides where the columns of a file go: by their headers, checked against what stands in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from oppspot.conditions.types import FieldType
from oppspot.leads.importing.activity import EVENT_TARGETS, NAMED
from oppspot.leads.importing.evidence import (
    ColumnEvidence,
    has_doubtful_dates,
    looks_like_email,
    speaks_against,
    type_of,
    weigh_column,
)
from oppspot.leads.importing.headers import (
    FULL_NAME,
    HeaderMatch,
    Preset,
    dates_acts,
    find_preset,
    is_technical,
    match_header,
    named_acts,
    names_acts,
    tells_whether,
)
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
# Each is a person's or a company's.
_PLACES: Final = ("country", "region", "postcode")
_COMPANY_NAMES: Final = ("company.name", "company.domain", "company.registration_number")
_PERSONAL: Final = re.compile(r"(?:person|lead|contact|mailing|home|kontakt|contacto|persona)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Column:
    """A column while it is being thought about."""

    name: str
    place: int
    evidence: ColumnEvidence
    match: HeaderMatch | None
    against: str | None = None


def suggest_mapping(
    columns: Sequence[str], sample_rows: Sequence[Sequence[Cell]], today: date | None = None
) -> ImportMapping:
    """Propose where each column goes, with the reason and how sure it is.

    A header names the field (in several languages, or as a known export writes it); the sampled values may speak
    against it, or for an e-mail address under any header. Each field gets one column, the surest. What is left becomes
    an attribute of the type its values have, unless it is blank or only of use to the system it comes from.

    Columns that count what leads did need a date: a column of the file has it, else they stand as of `today`, which
    whoever imports can change. Without either they stay attributes.
    """
    preset = find_preset(columns)
    found = [_think(place, name, [row[place] for row in sample_rows], preset) for place, name in enumerate(columns)]
    taken = _with_names_settled(_assign(found))
    for name in _PLACES:
        taken = _with_place_settled(taken, name, sample_rows)
    keys: set[str] = set()
    mapped = tuple(_as_event(column, found, today) or _mapped(column, taken, keys) for column in found)
    return ImportMapping(mapped, preset.label if preset else None)


def _think(place: int, name: str, cells: Sequence[Cell], preset: Preset | None) -> _Column:
    evidence = weigh_column(cells)
    match = match_header(name, preset)
    against = speaks_against(evidence, match.target) if match else None
    if against:
        match = None
    elif match and evidence.is_blank and match.confidence < 1.0:
        match = HeaderMatch(match.target, _UNSEEN, f"{match.reason} The sample is blank.")
    if match is None and names_acts(name) and _names_mostly_acts(evidence):
        match = HeaderMatch(NAMED, 0.8, "Its values name what was done last.")
    if match is None and looks_like_email(evidence):
        match = HeaderMatch("email", 0.8, "The sampled values are e-mail addresses.")
    return _Column(name, place, evidence, match, against)


def _assign(found: Sequence[_Column]) -> dict[str, _Column]:
    """Give each field its surest column; of equally sure ones the fuller, then the first."""
    taken: dict[str, _Column] = {}
    for column in found:
        if column.match is None or column.match.target in EVENT_TARGETS:
            continue  # several columns may tell of one kind of act: how often, and when last
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


def _with_place_settled(taken: dict[str, _Column], name: str, rows: Sequence[Sequence[Cell]]) -> dict[str, _Column]:
    """Decide whose `Country`, `State` or `PLZ` it is beside a company: its, unless people of one have several."""
    column, of_company = taken.get(name), f"company.{name}"
    companies = [taken[other].place for other in _COMPANY_NAMES if other in taken]
    if column is None or not companies or of_company in taken or _is_of_person(column.name):
        return taken
    places: dict[Cell, set[Cell]] = {}
    for row in rows:
        if row[companies[0]] and row[column.place]:
            places.setdefault(row[companies[0]], set()).add(row[column.place])
    if any(len(several) > 1 for several in places.values()):
        return taken
    column.match = HeaderMatch(of_company, 0.85, f"Beside a company, the {name} is taken for the company's.")
    return {**{target: other for target, other in taken.items() if target != name}, of_company: column}


def _is_of_person(header: str) -> bool:
    return _PERSONAL.match(header) is not None


def _names_mostly_acts(evidence: ColumnEvidence) -> bool:
    known = sum(fold(text).strip() in named_acts() for text in evidence.texts)
    return bool(evidence.texts) and known >= len(evidence.texts) / 2


def _as_event(column: _Column, found: Sequence[_Column], today: date | None) -> ColumnMapping | None:
    """Return a column that tells of acts with the date of what it tells; None when it is none or nothing dates it."""
    match = column.match
    if match is None or match.target not in EVENT_TARGETS or column.evidence.is_blank:
        return None
    read_as = FieldType.TEXT if match.target == NAMED else type_of(column.evidence)
    if tells_whether(column.name):
        read_as = FieldType.BOOLEAN
    mapped = ColumnMapping(column.name, match.target, match.confidence, match.reason, read_as)
    if read_as is FieldType.DATETIME:
        return _with_style(mapped, column.evidence)
    return _dated(mapped, column, found, today)


def _dated(
    mapped: ColumnMapping, column: _Column, found: Sequence[_Column], today: date | None
) -> ColumnMapping | None:
    dates = [other for other in found if other is not column and type_of(other.evidence) is FieldType.DATETIME]
    same = [other for other in dates if other.match and other.match.target == mapped.target]
    if nearest := [*same, *(other for other in dates if dates_acts(other.name))]:
        reason = f"{mapped.reason} {nearest[0].name} says when."
        return replace(mapped, reason=reason, on=nearest[0].name, dates=nearest[0].evidence.dates)
    # What was done last has a moment of its own: the day of an export would make it newer than it is.
    if mapped.target == NAMED or today is None:
        column.match, column.against = None, "It tells what leads did, but no column says when."
        return None
    reason = f"{mapped.reason} No column says when, so it stands as of {today:%d %b %Y}; change that if it is older."
    return replace(mapped, confidence=min(mapped.confidence, 0.6), reason=reason, on=today.isoformat())


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
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name.removeprefix(ATTRIBUTE_PREFIX))
    words = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    stem = words if words[:1].isalpha() else f"column_{words or column.place + 1}"
    key, turn = stem[:_MAX_KEY].rstrip("_"), 1
    while key in keys:
        turn += 1
        key = f"{stem[: _MAX_KEY - 4].rstrip('_')}_{turn}"
    return key
