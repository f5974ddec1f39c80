"""Decides what the values of a column speak for: which fields they could be, and how they are written."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from oppspot.conditions.types import FieldType
from oppspot.leads.importing.tables import Cell
from oppspot.leads.normalise import (
    DateOrder,
    DecimalMark,
    Unreadable,
    date_order,
    decimal_mark,
    is_blank,
    normalise_country,
    normalise_email,
    normalise_phone,
    normalise_postcode,
    parse_count,
    parse_flag,
    parse_lower_bound,
    parse_moment,
    parse_number,
    registrable_domain,
)
from oppspot.leads.normalise.funding import normalise_funding_stage

_ENOUGH: Final = 0.5
_DISTINCT: Final = 0.9
_CODE_DIGITS: Final = 16
_LONG_TEXT: Final = 200
_TELLING: Final = (FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME)
_UNIT: Final = re.compile(r"\d\s*[mbt]$")


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """The texts of a column that say something, from a sample of `rows` rows."""

    texts: tuple[str, ...]
    rows: int
    decimal: DecimalMark | None
    dates: DateOrder | None

    @property
    def is_blank(self) -> bool:
        """Say whether the sample holds nothing."""
        return not self.texts


def weigh_column(cells: Iterable[Cell]) -> ColumnEvidence:
    """Look at a sample of a column."""
    sample = list(cells)
    texts = tuple(text for cell in sample if (text := _text_of(cell)) and not is_blank(text))
    return ColumnEvidence(texts, len(sample), decimal_mark(texts), date_order(texts))


def speaks_against(evidence: ColumnEvidence, target: str) -> str | None:
    """Say, as a sentence, that most values cannot be what the target needs; None when they can."""
    if target == "external_id" and len(set(evidence.texts)) < _DISTINCT * len(evidence.texts):
        return "It is called like external_id, but its values repeat: rows with one id would become one lead."
    if target.startswith("events.") and not evidence.is_blank and type_of(evidence) not in _TELLING:
        return "It is called like something that leads do, but holds neither numbers nor dates nor yes and no."
    read = _READERS.get(target)
    if read is None or evidence.is_blank:
        return None
    readable = sum(_is_readable(text, read) for text in evidence.texts)
    if readable >= _ENOUGH * len(evidence.texts):
        return None
    return f"It is called like {target}, but only {readable} of {len(evidence.texts)} sampled values could be one."


def looks_like_email(evidence: ColumnEvidence) -> bool:
    """Say whether nearly all values are e-mail addresses, whatever the header says."""
    found = sum("@" in text and _is_readable(text, normalise_email) for text in evidence.texts)
    return bool(evidence.texts) and found >= 0.9 * len(evidence.texts)


def type_of(evidence: ColumnEvidence) -> FieldType:
    """Return the type that every sampled value has; text when they differ or are codes (`007`, long digits)."""
    if evidence.is_blank or any(len(text) > _LONG_TEXT for text in evidence.texts):
        return FieldType.TEXT
    if all(_is_readable(text, parse_flag) and not text.isdigit() for text in evidence.texts):
        return FieldType.BOOLEAN
    if not any(_is_no_quantity(text) for text in evidence.texts) and _all_readable(evidence.texts, parse_number):
        return FieldType.NUMBER
    order = evidence.dates or DateOrder.DAY_FIRST
    if not all(text.isdigit() for text in evidence.texts) and _all_readable(
        evidence.texts, lambda text: parse_moment(text, order)
    ):
        return FieldType.DATETIME
    return FieldType.TEXT


def has_doubtful_dates(evidence: ColumnEvidence) -> bool:
    """Say whether the dates read differently with the day or the month first, and nothing tells which is meant."""
    if evidence.dates is not None:
        return False
    return any(_moments(text) > 1 for text in evidence.texts)


def _moments(text: str) -> int:
    found = set()
    for order in DateOrder:
        try:
            found.add(parse_moment(text, order))
        except Unreadable:
            return 0
    return len(found)


def _is_no_quantity(text: str) -> bool:
    """Say whether digits are a code, or have a unit that may be metres or tonnes as well as millions or trillions."""
    is_code = text.isdigit() and (len(text) >= _CODE_DIGITS or (len(text) > 1 and text[0] == "0"))
    return is_code or _UNIT.search(text) is not None


def _all_readable(texts: Sequence[str], read: Callable[[str], object]) -> bool:
    return all(_is_readable(text, read) for text in texts)


def _is_readable(text: str, read: Callable[[str], object]) -> bool:
    try:
        return read(text) is not None
    except Unreadable:
        return False


def _text_of(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def _first_email(text: str) -> str:
    return normalise_email(text.replace(";", ",").split(",")[0])


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "email": _first_email,
    "phone": normalise_phone,
    "country": normalise_country,
    "company.country": normalise_country,
    "postcode": normalise_postcode,
    "company.postcode": normalise_postcode,
    "company.domain": registrable_domain,
    "company.employees": parse_count,
    "company.annual_revenue": parse_lower_bound,
    "company.growth_rate": parse_lower_bound,
    "company.credit_score": parse_lower_bound,
    "company.funding_stage": normalise_funding_stage,
}
