"""Decides what columns about a lead's acts tell: how often, whether, when, or by name what was done last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from oppspot.conditions.types import FieldType
from oppspot.engagement.types import EventKind, ToldActs
from oppspot.leads.importing.headers import named_acts
from oppspot.leads.importing.tables import Cell
from oppspot.leads.normalise import (
    DateOrder,
    Unreadable,
    fold,
    is_blank,
    parse_flag,
    parse_lower_bound,
    parse_moment,
)

EVENT_PREFIX: Final = "events."
NAMED: Final = "events.named"
"""The target of a column that names the last act in words: `Email Opened`."""
EVENT_TARGETS: Final[Mapping[str, str]] = {
    **{f"{EVENT_PREFIX}{kind}": kind.replace("_", " ").capitalize() for kind in EventKind},
    NAMED: "What was done last, by name",
}
EVENT_TYPES: Final = (FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME)
MOST_TIMES: Final = 10_000

_NO_ACT: Final = "no act"
_COUNT: Final = "how often, such as 3"


@dataclass(frozen=True, slots=True)
class ActColumn:
    """A column that tells of acts. `on_place` is where the date stands in the row, `on_day` the date of all rows."""

    place: int
    path: str
    read: Callable[[Cell], Any]
    on_place: int | None = None
    on_day: datetime | None = None
    read_date: Callable[[Cell], datetime | None] | None = None

    def acts_in(self, row: Sequence[Cell]) -> ToldActs | None:
        """Return what the row tells, None when it tells nothing; raises Unreadable."""
        cell = row[self.place]
        found = None if cell is None or cell == "" else self.read(cell)
        if found is None:
            return None
        if isinstance(found, datetime):
            return ToldActs(_kind(self.path), found, is_total=False)
        at = self._moment(row)
        if isinstance(found, EventKind):
            return ToldActs(found, at, is_total=False)
        return ToldActs(_kind(self.path), at, found)

    def _moment(self, row: Sequence[Cell]) -> datetime:
        if self.on_place is None or self.read_date is None:
            assert self.on_day is not None  # noqa: S101 - a mapping is not accepted without a date
            return self.on_day
        cell = row[self.on_place]
        at = None if cell is None or cell == "" else self.read_date(cell)
        if at is None:
            raise Unreadable("has no date in this row, so it was not counted", "a date beside it")
        return at


def is_date_source(on: object, columns: Sequence[str]) -> bool:
    """Say whether `on` is a column of the file or a day."""
    return isinstance(on, str) and (on in columns or _day(on) is not None)


def act_column(
    place: int, target: str, read_as: FieldType, dates: DateOrder | None, on: str | None, columns: Sequence[str]
) -> ActColumn:
    """Return a mapped column ready to be read; `dates` is how dates are written, in it or in the column `on`."""
    order = dates or DateOrder.DAY_FIRST

    def read_date(cell: Cell) -> datetime | None:
        return _read_date(cell, order)

    read: Callable[[Cell], Any] = _READERS.get(read_as, _read_name)
    if read_as is FieldType.DATETIME:
        return ActColumn(place, target, read_date)
    if on in columns:
        return ActColumn(place, target, read, columns.index(on), None, read_date)
    return ActColumn(place, target, read, on_day=_day(on or ""))


def _kind(path: str) -> EventKind:
    return EventKind(path.removeprefix(EVENT_PREFIX))


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else str(cell)


def _read_date(cell: Cell, order: DateOrder) -> datetime | None:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    text = cell.isoformat() if isinstance(cell, date) else _text(cell)
    return None if is_blank(text) else parse_moment(text, order)


def _read_count(cell: Cell) -> int | None:
    """Return how often: of a range or a mean the lower end, since that many at least happened."""
    text = _text(cell)
    if is_blank(text):
        return None
    count = parse_lower_bound(text)
    if count < 0:
        raise Unreadable("is less than none", _COUNT)
    return min(int(count), MOST_TIMES) or None


def _read_whether(cell: Cell) -> int | None:
    """Return 1 for yes and for any amount above none: seconds on a site mean that a page was seen."""
    text = "yes" if cell is True else "no" if cell is False else _text(cell)
    if is_blank(text):
        return None
    try:
        happened = parse_flag(text)
    except Unreadable:
        happened = parse_lower_bound(text) > 0
    return 1 if happened else None


def _read_name(cell: Cell) -> EventKind | None:
    text = _text(cell)
    if is_blank(text):
        return None
    kind = named_acts().get(fold(text))
    if kind is None:
        raise Unreadable("is no act we know by this name", "an act such as Email Opened or Form Submitted")
    return None if kind == _NO_ACT else EventKind(kind)


_READERS: Final[Mapping[FieldType, Callable[[Cell], Any]]] = {
    FieldType.NUMBER: _read_count,
    FieldType.BOOLEAN: _read_whether,
}
