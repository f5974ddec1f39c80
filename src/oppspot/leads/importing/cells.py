"""Decides how the cell of a column is read into the JSON value that its field accepts."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from oppspot.conditions.types import FieldType
from oppspot.leads.attributes import check_attribute
from oppspot.leads.fields import FIELDS
from oppspot.leads.importing.headers import FULL_NAME
from oppspot.leads.importing.mappings import ColumnMapping
from oppspot.leads.importing.tables import Cell
from oppspot.leads.normalise import (
    DateOrder,
    DecimalMark,
    Unreadable,
    is_blank,
    is_blank_name,
    parse_count,
    parse_flag,
    parse_lower_bound,
    parse_moment,
    parse_number,
    split_full_name,
)
from oppspot.leads.types import AttributeDeclaration

CellReader = Callable[[Cell], Any]
# Given a cell that is not empty, a reader returns what goes into the field, or None when it says nothing; raises
# Unreadable.

_LIST_SEPARATOR: Final = re.compile(r"[;|,]")
_EMAIL_SEPARATOR: Final = re.compile(r"[;,]\s*")
_SIC: Final = re.compile(r"(\d[\d.]{1,7})(?:\s*[-:].*)?")
_NAMES: Final = frozenset(("first_name", "last_name", FULL_NAME))
_check_email: Final = FIELDS["email"].check
_MAX_EXACT: Final = 2**53


def reader_of(mapped: ColumnMapping, declaration: AttributeDeclaration | None = None) -> CellReader:
    """Return how the column's cells are read for its target; attributes need their declaration."""
    if declaration is not None:
        return _attribute_reader(mapped, declaration)
    if mapped.target == FULL_NAME:
        return _read_full_name
    check = FIELDS[mapped.target].check
    parse = _parser_of(mapped)
    says_nothing = is_blank_name if mapped.target in _NAMES else is_blank

    def read(cell: Cell) -> Any:
        text = cell if type(cell) is str else text_of(cell)
        return None if says_nothing(text) else check(parse(text) if parse else text)

    return read


def text_of(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, times as ISO 8601."""
    write = _TEXT_FORMS.get(type(cell))
    return write(cell) if write else str(cell)


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < _MAX_EXACT else str(number)


_TEXT_FORMS: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda flag: "true" if flag else "false",
    float: _number_text,
    datetime: lambda moment: moment.isoformat(),
    date: lambda day: day.isoformat(),
}


def _parser_of(mapped: ColumnMapping) -> Callable[[str], Any] | None:
    decimal = mapped.decimal
    match mapped.target:
        case "company.employees":
            return parse_count
        case "company.annual_revenue" | "company.growth_rate" | "company.credit_score":
            return lambda text: parse_lower_bound(text, decimal)
        case "company.technologies":
            return split_list
        case "company.sic_code":
            return _sic_code
        case _:
            return None


def split_list(text: str) -> list[str]:
    """Return the entries of a cell: its lines if it has several, else what stands between ; | and commas."""
    entries = text.splitlines() if "\n" in text else _LIST_SEPARATOR.split(text)
    return [entry.strip() for entry in entries if entry.strip()]


def split_emails(text: str) -> list[str]:
    """Return the addresses of a cell; some systems put all of a person's into one."""
    return [entry for entry in _EMAIL_SEPARATOR.split(text) if entry.strip()]


def _sic_code(text: str) -> str:
    """Return the code alone where its description stands behind it."""
    found = _SIC.fullmatch(text.strip())
    return found[1] if found else text


def _read_full_name(cell: Cell) -> dict[str, str] | None:
    text = text_of(cell)
    if is_blank_name(text):
        return None
    first, last = split_full_name(text)
    parts = {"first_name": first, "last_name": last}
    read = {name: FIELDS[name].check(part) for name, part in parts.items() if part}
    return {name: part for name, part in read.items() if part}


def _attribute_reader(mapped: ColumnMapping, declaration: AttributeDeclaration) -> CellReader:
    parse = _ATTRIBUTE_PARSERS[declaration.type](mapped.decimal, mapped.dates or DateOrder.DAY_FIRST)

    def read(cell: Cell) -> Any:
        if declaration.type is FieldType.DATETIME and isinstance(cell, datetime):
            return check_attribute(_iso(cell), declaration)
        text = text_of(cell)
        return None if is_blank(text) else check_attribute(parse(text), declaration)

    return read


def _iso(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _plain_number(text: str, decimal: DecimalMark | None) -> float:
    number = parse_number(text, decimal)
    return int(number) if number.is_integer() and abs(number) < _MAX_EXACT else number


_Parse = Callable[[str], Any]
_ATTRIBUTE_PARSERS: Final[dict[FieldType, Callable[[DecimalMark | None, DateOrder], _Parse]]] = {
    FieldType.TEXT: lambda _decimal, _dates: str,
    FieldType.CHOICE: lambda _decimal, _dates: str,
    FieldType.NUMBER: lambda decimal, _dates: lambda text: _plain_number(text, decimal),
    FieldType.BOOLEAN: lambda _decimal, _dates: parse_flag,
    FieldType.DATETIME: lambda _decimal, dates: lambda text: parse_moment(text, dates).isoformat(),
    FieldType.TEXT_LIST: lambda _decimal, _dates: split_list,
}


def first_email(cell: Cell) -> tuple[str | None, int]:
    """Return the first address of a cell, normalised, and how many more there are; raises Unreadable."""
    text = text_of(cell)
    if "@" not in text and is_blank(text):
        return None, 0
    if "," not in text and ";" not in text:
        return _check_email(text), 0
    addresses = split_emails(text)
    if not addresses:
        raise Unreadable("is not an e-mail address", "an address such as jane@example.com")
    return _check_email(addresses[0]), len(addresses) - 1
