"""Turns the rows of a file into leads by a mapping: every row becomes a lead or says why it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple

from oppspot.conditions.types import FieldType
from oppspot.engagement.types import ToldActs
from oppspot.leads.importing.activity import EVENT_TARGETS, ActColumn, act_column
from oppspot.leads.importing.cells import CellReader, first_email, reader_of, text_of
from oppspot.leads.importing.headers import FULL_NAME
from oppspot.leads.importing.mappings import ATTRIBUTE_PREFIX, IGNORE, ColumnMapping, ImportMapping
from oppspot.leads.importing.tables import Cell, RowBatch
from oppspot.leads.normalise import Unreadable
from oppspot.leads.types import AttributeDeclaration, CompanyInput, LeadInput, Problem, Rejected
from oppspot.leads.validating import Findings, assemble

_REMEMBERED: Final = 20_000
_SHOWN: Final = 60


class _Readings(dict[Cell, Any]):
    """What the cells of a column read as: a value, None, or the Unreadable that says why there is none.

    A column's values repeat a lot (countries, industries), so each is read once while there are not too many.
    """

    def __init__(self, read: CellReader, limit: int) -> None:
        self._read = read
        self._limit = limit

    def __missing__(self, cell: Cell) -> Any:
        value: Any
        try:
            value = self._read(cell)
        except Unreadable as error:
            value = error
        if len(self) < self._limit:
            self[cell] = value
        return value


class _Part(IntEnum):
    LEAD = 0
    COMPANY = 1
    ATTRIBUTES = 2


class _Slot(NamedTuple):
    """One column that is imported. What it cannot read refuses the row if `is_identity`, else stays unknown."""

    place: int
    part: _Part
    name: str
    path: str
    readings: _Readings
    is_identity: bool


@dataclass(frozen=True, slots=True)
class RowReader:
    """A mapping made ready for many batches of one file."""

    slots: tuple[_Slot, ...]
    email_place: int | None
    acts: tuple[ActColumn, ...] = ()


def compile_reader(mapping: ImportMapping, declared: Mapping[str, AttributeDeclaration] | None = None) -> RowReader:
    """Return the reader of a mapping; attributes that are declared are read as declared, others as mapped."""
    slots = tuple(
        _slot(place, mapped, declared or {})
        for place, mapped in enumerate(mapping.columns)
        if mapped.target not in (IGNORE, "email") and mapped.target not in EVENT_TARGETS
    )
    emails = [place for place, mapped in enumerate(mapping.columns) if mapped.target == "email"]
    columns = [mapped.column for mapped in mapping.columns]
    acts = tuple(
        act_column(place, mapped.target, mapped.type or FieldType.NUMBER, mapped.dates, mapped.on, columns)
        for place, mapped in enumerate(mapping.columns)
        if mapped.target in EVENT_TARGETS
    )
    return RowReader(slots, emails[0] if emails else None, acts)


def declarations_in(mapping: ImportMapping) -> list[AttributeDeclaration]:
    """Return the attributes that a mapping needs, as they would be declared."""
    return [
        AttributeDeclaration(mapped.target.removeprefix(ATTRIBUTE_PREFIX), mapped.type or FieldType.TEXT)
        for mapped in mapping.columns
        if mapped.target.startswith(ATTRIBUTE_PREFIX)
    ]


def rows_to_inputs(batch: RowBatch, reader: RowReader) -> list[LeadInput | Rejected]:
    """Return for each row of a batch, in order, its lead or why there is none.

    An e-mail address or external id that cannot be read refuses the row, since it says who the lead is. Any other
    value that cannot be read is left unknown and named in the lead's warnings.
    """
    return [
        _read_row(row, reader) if place not in batch.faults else _misfit(batch.faults[place])
        for place, row in enumerate(batch.rows)
    ]


def _misfit(fault: str) -> Rejected:
    return Rejected((Problem("row", fault, "as many cells as the header has"),))


def _read_row(row: Sequence[Cell], reader: RowReader) -> LeadInput | Rejected:
    values: dict[str, Any] = {}
    company: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    parts = (values, company, attributes)
    findings = Findings()
    if reader.email_place is not None and (cell := row[reader.email_place]):
        _read_email(cell, values, findings)
    for place, part, name, path, readings, is_identity in reader.slots:
        cell = row[place]
        if cell is None or cell == "" or (value := readings[cell]) is None:
            continue
        if isinstance(value, Unreadable):
            findings.note(path, _with_value(value, cell), lenient=not is_identity)
        elif path == FULL_NAME:
            values.update(value)
        else:
            parts[part][name] = value
    if company:
        values["company"] = CompanyInput(**company)
    if attributes:
        values["attributes"] = attributes
    if reader.acts and (acts := _read_acts(row, reader.acts, findings)):
        values["acts"] = acts
    return assemble(values, findings)


def _read_acts(row: Sequence[Cell], columns: Sequence[ActColumn], findings: Findings) -> tuple[ToldActs, ...]:
    told = []
    for column in columns:
        try:
            acts = column.acts_in(row)
        except Unreadable as error:
            findings.note(column.path, _with_value(error, row[column.place]), lenient=True)
            continue
        if acts is not None:
            told.append(acts)
    return tuple(told)


def _read_email(cell: Cell, values: dict[str, Any], findings: Findings) -> None:
    try:
        email, others = first_email(cell)
    except Unreadable as error:
        findings.note("email", _with_value(error, cell))
        return
    if email:
        values["email"] = email
    if others:
        left_out = Unreadable(f"has {others} more addresses in its cell, which were left out", "one address")
        findings.note("email", left_out, lenient=True)


def _with_value(error: Unreadable, cell: Cell) -> Unreadable:
    shown = " ".join("".join(char for char in text_of(cell) if char.isprintable() or char.isspace()).split())
    quoted = f"'{shown[:_SHOWN]}…'" if len(shown) > _SHOWN else f"'{shown}'"
    return type(error)(f"{quoted} {error.message}", error.accepted)


def _slot(place: int, mapped: ColumnMapping, declared: Mapping[str, AttributeDeclaration]) -> _Slot:
    target = mapped.target
    part, name, declaration = _Part.LEAD, target, None
    if target.startswith("company."):
        part, name = _Part.COMPANY, target.removeprefix("company.")
    elif target.startswith(ATTRIBUTE_PREFIX):
        part, name = _Part.ATTRIBUTES, target.removeprefix(ATTRIBUTE_PREFIX)
        declaration = declared.get(name) or AttributeDeclaration(name, mapped.type or FieldType.TEXT)
    repeats = target not in ("external_id", "phone", FULL_NAME)
    readings = _Readings(reader_of(mapped, declaration), _REMEMBERED if repeats else 0)
    return _Slot(place, part, name, target, readings, target == "external_id")
