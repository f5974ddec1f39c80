"""Says on which days something repeats: whole days only, each looked at once, so that no file can keep it busy."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

WEEKDAYS: Final = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"})
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
EARLIEST: Final = date(1970, 1, 1)
_DAY: Final = timedelta(days=1)


class UnreadableError(Exception):
    """The part of the file means something that is not understood; the message ends the sentence “It …”."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A rule: `weekdays` are (ordinal, weekday), ordinal 0 for every one; negative days count from the month's end."""

    frequency: str
    interval: int = 1
    count: int | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_start: int = 0


def repetition_of(rule: Mapping[str, Sequence[Any]]) -> Repetition:
    """Return a parsed RRULE; raises UnreadableError. UNTIL is for the caller, who knows the time of day."""
    if unknown := sorted(set(rule) - _KNOWN):
        raise UnreadableError(f"repeats in a way that is not understood ({', '.join(unknown)})")
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency not in _FREQUENCIES:
        raise UnreadableError(
            f"repeats {frequency.lower() or 'without saying how'}, not by days, weeks, months or years"
        )
    try:
        found = Repetition(
            frequency,
            int(rule.get("INTERVAL", [1])[0]),
            int(rule["COUNT"][0]) if "COUNT" in rule else None,
            tuple(_weekday(str(item)) for item in rule.get("BYDAY", ())),
            tuple(int(item) for item in rule.get("BYMONTHDAY", ())),
            tuple(int(item) for item in rule.get("BYMONTH", ())),
            WEEKDAYS[str(rule.get("WKST", ["MO"])[0])],
        )
    except (ValueError, KeyError, TypeError, IndexError):
        raise UnreadableError("repeats by a rule that cannot be read") from None
    if found.interval < 1 or (found.count is not None and found.count < 1):
        raise UnreadableError("repeats every 0 times or less")
    if frequency in ("DAILY", "WEEKLY") and any(ordinal for ordinal, _ in found.weekdays):
        raise UnreadableError("repeats on a numbered weekday of what is no month and no year")
    return found


def _weekday(text: str) -> tuple[int, int]:
    return int(text[:-2] or 0), WEEKDAYS[text[-2:].upper()]


def days_of(rule: Repetition, start: date, first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last` on which what first happened on `start` happens."""
    if rule.count is not None and start < EARLIEST:
        raise UnreadableError(f"is counted since before {EARLIEST.year}")
    matches, counted = _matcher(rule, start), 0
    # Only what is counted has to be followed from the beginning.
    day = start if rule.count is not None else max(start, first)
    while day <= last:
        if matches(day):
            counted += 1
            if day >= first:
                yield day
            if rule.count is not None and counted >= rule.count:
                return
        day += _DAY


def _matcher(rule: Repetition, start: date) -> Callable[[date], bool]:
    period = _PERIODS[rule.frequency]
    began = period(start, rule.week_start)
    by_month_only = rule.frequency == "MONTHLY" or bool(rule.months)

    def matches(day: date) -> bool:
        if (period(day, rule.week_start) - began) % rule.interval or (rule.months and day.month not in rule.months):
            return False
        if rule.month_days and not _is_month_day(day, rule.month_days):
            return False
        if rule.weekdays:
            return _is_weekday(day, rule.weekdays, in_month=by_month_only)
        return bool(rule.month_days) or _is_like(day, start, rule)

    return matches


_PERIODS: Final[Mapping[str, Callable[[date, int], int]]] = {
    "DAILY": lambda day, _: day.toordinal(),
    # Day 1 of the calendar, 1 January 1, was a Monday.
    "WEEKLY": lambda day, week_start: (day.toordinal() - 1 - week_start) // 7,
    "MONTHLY": lambda day, _: day.year * 12 + day.month,
    "YEARLY": lambda day, _: day.year,
}


def _is_like(day: date, start: date, rule: Repetition) -> bool:
    """Answer for a rule that names no day: the day the start was."""
    if rule.frequency == "DAILY":
        return True
    if rule.frequency == "WEEKLY":
        return day.weekday() == start.weekday()
    return day.day == start.day and (rule.frequency == "MONTHLY" or bool(rule.months) or day.month == start.month)


def _is_month_day(day: date, wanted: Sequence[int]) -> bool:
    return day.day in wanted or day.day - monthrange(day.year, day.month)[1] - 1 in wanted


def _is_weekday(day: date, wanted: Sequence[tuple[int, int]], *, in_month: bool) -> bool:
    """Answer whether a day is one of the weekdays, counted within its month or its year."""
    if in_month:
        number, length = day.day, monthrange(day.year, day.month)[1]
    else:
        number, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    ordinals = {0, (number - 1) // 7 + 1, -((length - number) // 7 + 1)}
    return any(weekday == day.weekday() and ordinal in ordinals for ordinal, weekday in wanted)
