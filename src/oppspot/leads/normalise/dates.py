"""Decides which moment a text states, and in which order a column writes day and month."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.listings import numbered_words
from oppspot.leads.normalise.texts import fold


class DateOrder(StrEnum):
    """How a column writes dates that begin with neither a year nor a month's name."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_ACCEPTED: Final = "a date such as 2026-03-31, 31/03/2026, 31 March 2026 or 2026-03-31T09:30:00Z"
_MAX_LENGTH: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DIGITS: Final = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000}
_CENTURY_PIVOT: Final = 69  # POSIX: 69-99 are 19xx, 00-68 are 20xx
_TIME: Final = (
    r"(?:[T ,]+(?:at |um )?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}", re.IGNORECASE
)
_COMPACT: Final = re.compile(rf"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d){_TIME}", re.IGNORECASE)
_NUMERIC: Final = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d){_TIME}", re.IGNORECASE
)
_NAMED: Final = re.compile(
    r"(?:[a-z]{2,9}\.?,? )?(?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:de )?(?P<name>[a-z]{3,10})\.?,?[ -](?:de )?|"
    rf"(?P<name2>[a-z]{{3,10}})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? )(?P<year>\d{{4}}|\d\d){_TIME}",
    re.IGNORECASE,
)
_MONTHS: Final = numbered_words("months")


def parse_moment(text: str, order: DateOrder = DateOrder.DAY_FIRST) -> datetime:
    """Return the moment a text states, in UTC; a date alone is its midnight, a time without a zone is UTC.

    `order` settles 03/04/2026; a number above 12 settles it by itself only if it agrees, so that one column is read
    one way. Epoch seconds, milliseconds and microseconds are read. Raises Unreadable for anything else.
    """
    text = text.strip()
    if len(text) > _MAX_LENGTH:
        raise Unreadable("is not a date", _ACCEPTED)
    if text.isdecimal() and text.isascii() and len(text) in _EPOCH_DIGITS:
        return _EPOCH + timedelta(seconds=int(text) / _EPOCH_DIGITS[len(text)])
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _moment(found, found["year"], found["month"], found["day"])
    if found := _NUMERIC.fullmatch(text):
        day, month = (found["one"], found["two"]) if _is_day_first(found, order) else (found["two"], found["one"])
        return _moment(found, found["year"], month, day)
    if (found := _NAMED.fullmatch(fold(text))) and (month_number := _MONTHS.get(found["name"] or found["name2"])):
        return _moment(found, found["year"], str(month_number), found["day"] or found["day2"])
    raise Unreadable("is not a date", _ACCEPTED)


def date_order(samples: Iterable[str]) -> DateOrder | None:
    """Return the order of day and month that a column's values prove; None when they prove none or both.

    Points between the numbers (31.03.2026) prove the day first: nobody writes the month first that way.
    """
    proven: set[DateOrder] = set()
    for sample in samples:
        found = _NUMERIC.fullmatch(sample.strip()[:_MAX_LENGTH])
        if found is None:
            continue
        if int(found["one"]) > 12 or found["mark"] == ".":  # noqa: PLR2004 - months of a year
            proven.add(DateOrder.DAY_FIRST)
        elif int(found["two"]) > 12:  # noqa: PLR2004
            proven.add(DateOrder.MONTH_FIRST)
    return proven.pop() if len(proven) == 1 else None


def _is_day_first(found: re.Match[str], order: DateOrder) -> bool:
    return found["mark"] == "." or order is DateOrder.DAY_FIRST


def _moment(found: re.Match[str], year: str, month: str, day: str) -> datetime:
    full_year = int(year)
    if len(year) == 2:  # noqa: PLR2004 - digits of a short year
        full_year += 1900 if full_year >= _CENTURY_PIVOT else 2000
    try:
        moment = datetime(full_year, int(month), int(day), _hour(found), int(found["minute"] or 0), tzinfo=UTC)
        fraction = f"{found['fraction'] or '0':0<6}"[:6]
        moment = moment.replace(second=int(found["second"] or 0), microsecond=int(fraction))
        return moment - _offset(found["zone"])
    except (ValueError, OverflowError) as error:
        raise Unreadable("is no date of the calendar", _ACCEPTED) from error


def _hour(found: re.Match[str]) -> int:
    hour = int(found["hour"] or 0)
    half = found["half"]
    if not half:
        return hour
    return hour % 12 + (12 if half.lower().startswith("p") else 0)


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -offset if zone[0] == "-" else offset
