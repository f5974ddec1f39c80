"""What a mapping of columns to fields is, how it is remembered, and whether an edited one can be used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, Final

from oppspot.conditions.types import FieldType
from oppspot.leads.attributes import is_attribute_key
from oppspot.leads.fields import FIELDS, kind_of
from oppspot.leads.importing.activity import EVENT_TARGETS, EVENT_TYPES, NAMED, is_date_source
from oppspot.leads.importing.headers import FULL_NAME
from oppspot.leads.normalise import DateOrder, DecimalMark
from oppspot.leads.types import Problem, Rejected

IGNORE: Final = "ignore"
ATTRIBUTE_PREFIX: Final = "attributes."
_PERSON: Final = frozenset(("first_name", "last_name", FULL_NAME))
_COMPANY: Final = frozenset(("company.name", "company.domain", "company.registration_number"))
_OPTIONS: Final = frozenset(("to", "type", "decimal", "dates", "on"))
_TYPES: Final = tuple(field_type.value for field_type in FieldType if field_type is not FieldType.CHOICE)
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Where a column goes and how it is read.

    `target` is a field's path (`email`, `company.name`), `name` for a full name, `attributes.KEY` or `ignore`; `type`
    is an attribute's. `events.KIND` is what a lead did: its `type` says whether the column holds how often (number),
    whether (boolean) or when (datetime), and `on` is the date of the first two: a column, or a day as YYYY-MM-DD.
    `decimal` and `dates` are how the column writes numbers and dates, where that is known. `confidence`
    (0 to 1) and `reason` say how sure the mapping is and why.
    """

    column: str
    target: str
    confidence: float
    reason: str
    type: FieldType | None = None
    decimal: DecimalMark | None = None
    dates: DateOrder | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A mapping for every column of a file, in the file's order; `preset` names the export it was recognised as."""

    columns: tuple[ColumnMapping, ...]
    preset: str | None = None

    def target_of(self, column: str) -> str:
        """Return where a column goes; raises KeyError for a column the file has not."""
        return {mapped.column: mapped.target for mapped in self.columns}[column]

    def to_json(self) -> dict[str, Any]:
        """Return the form that is remembered and that `parse_mapping` reads."""
        return {mapped.column: _to_json(mapped) for mapped in self.columns}


def mapping_key(columns: Iterable[str]) -> str:
    """Return the signature under which a mapping is found again: the columns' names, in any order and case."""
    names = sorted(" ".join(column.split()).casefold() for column in columns)
    return sha256("\x1f".join(names).encode()).hexdigest()


def parse_mapping(raw: object, columns: Sequence[str]) -> ImportMapping | Rejected:
    """Read an edited mapping `{column: target}` or `{column: {to, type, decimal, dates}}` for these columns.

    Columns it leaves out, or maps to null, are ignored. Returns every fault otherwise: columns that the file has not,
    targets that do not exist, two columns for one field, and nothing that would say who a lead is.
    """
    if not isinstance(raw, dict):
        return Rejected((Problem("mapping", f"is {kind_of(raw)}", "an object of targets by column"),))
    problems = [_no_such_column(name, columns) for name in raw if name not in columns]
    mapped = tuple(_parse_column(column, raw.get(column), columns, problems) for column in columns)
    problems += _conflicts(mapped)
    if not problems and not says_who(column.target for column in mapped):
        problems.append(Problem("mapping", "has no column that says who a lead is", _WHO))
    return Rejected(tuple(problems)) if problems else ImportMapping(mapped)


_WHO: Final = "a column for email, for external_id, or for a person's name and one for the company"


def says_who(targets: Iterable[str]) -> bool:
    """Say whether columns with these targets can say who a lead is."""
    targets = set(targets)
    return bool(targets & {"email", "external_id"} or (targets & _PERSON and targets & _COMPANY))


def targets() -> Mapping[str, str]:
    """Return every target that a column may have, apart from attributes, with its label."""
    return {
        **{path: field.label for path, field in FIELDS.items()},
        **EVENT_TARGETS,
        FULL_NAME: "Full name",
        IGNORE: "Do not import",
    }


def _to_json(mapped: ColumnMapping) -> str | dict[str, str]:
    options = {"type": mapped.type, "decimal": mapped.decimal, "dates": mapped.dates, "on": mapped.on}
    known = {name: str(value) for name, value in options.items() if value is not None}
    return {"to": mapped.target, **known} if known else mapped.target


def _no_such_column(name: object, columns: Sequence[str]) -> Problem:
    near = get_close_matches(str(name)[:_SHOWN], columns, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Problem(f"mapping.{str(name)[:_SHOWN]}", f"is not a column of the file{hint}", "a column of the file")


def _parse_column(column: str, raw: object, columns: Sequence[str], problems: list[Problem]) -> ColumnMapping:
    path = f"mapping.{column}"
    options: dict[str, Any] = raw if isinstance(raw, dict) else {"to": raw}
    if unknown := options.keys() - _OPTIONS:
        problems.append(Problem(path, f"has the unknown option {min(unknown)}", ", ".join(sorted(_OPTIONS))))
    target = options.get("to")
    target = IGNORE if target is None or target == "" else target
    if fault := _target_fault(target):
        problems.append(Problem(path, *fault))
        return ColumnMapping(column, IGNORE, 1.0, "")
    if target in EVENT_TARGETS:
        return _parse_event(column, target, options, columns, problems)
    read_as = _option(path, options, "type", _TYPES, problems)
    decimal = _option(path, options, "decimal", (".", ","), problems)
    dates = _option(path, options, "dates", tuple(DateOrder), problems)
    is_attribute = target.startswith(ATTRIBUTE_PREFIX)
    return ColumnMapping(
        column,
        target,
        1.0,
        "Mapped by hand." if target != IGNORE else "Not mapped.",
        FieldType(read_as or FieldType.TEXT) if is_attribute else None,
        decimal,  # type: ignore[arg-type]
        DateOrder(dates) if dates else None,
    )


def _parse_event(
    column: str, target: str, options: Mapping[str, Any], columns: Sequence[str], problems: list[Problem]
) -> ColumnMapping:
    path = f"mapping.{column}"
    is_named = target == NAMED
    accepted = ("text",) if is_named else EVENT_TYPES
    read_as = _option(path, options, "type", accepted, problems) or accepted[0]
    dates = _option(path, options, "dates", tuple(DateOrder), problems)
    on = options.get("on")
    if read_as == FieldType.DATETIME:
        on = None
    elif not is_date_source(on, columns):
        said = "has no date" if on is None else f"has the date {str(on)[:_SHOWN]}, which is neither a column nor a day"
        problems.append(Problem(path, said, "on: a column that holds dates, or a day as YYYY-MM-DD"))
        on = None
    return ColumnMapping(
        column, target, 1.0, "Mapped by hand.", FieldType(read_as), None, DateOrder(dates) if dates else None, on
    )


def _target_fault(target: object) -> tuple[str, str] | None:
    if not isinstance(target, str):
        return f"is {kind_of(target)}", "a field's path as text"
    if target in FIELDS or target in EVENT_TARGETS or target in (FULL_NAME, IGNORE):
        return None
    if target.startswith(ATTRIBUTE_PREFIX):
        if is_attribute_key(target.removeprefix(ATTRIBUTE_PREFIX)):
            return None
        return "has no possible key of an attribute", "attributes. and lower-case letters, digits and underscores"
    near = get_close_matches(target[:_SHOWN], targets(), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"is mapped to {target[:_SHOWN]}, which is not a field{hint}", ", ".join((*targets(), "attributes.KEY"))


def _option(
    path: str, options: Mapping[str, Any], name: str, accepted: Sequence[str], problems: list[Problem]
) -> str | None:
    value = options.get(name)
    if value is None or value in accepted:
        return value
    problems.append(Problem(path, f"has {name} {str(value)[:_SHOWN]}", " or ".join(accepted)))
    return None


def _conflicts(mapped: Iterable[ColumnMapping]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for column in mapped:
        if column.target == IGNORE or column.target in EVENT_TARGETS:
            continue  # several columns may tell of one kind of act: how often, and when last
        other = first.setdefault(column.target, column.column)
        if other != column.column:
            message = f"is mapped to {column.target}, as {other} already is"
            problems.append(Problem(f"mapping.{column.column}", message, "one column for each field"))
    if FULL_NAME in first and ("first_name" in first or "last_name" in first):
        message = "is a full name beside a column of its own for the first or last name"
        problems.append(Problem(f"mapping.{first[FULL_NAME]}", message, "either the full name or its parts"))
    return problems
