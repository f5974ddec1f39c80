"""The open time of a year: our interval arithmetic beside a walk minute by minute, in one process.

`elapsed` of one pair, with nothing worked out before and with the days known; many pairs at once with `elapsed_many`
beside the pairs one by one. Both sides must find the same time. Processor time, the fastest round of each counts.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from oppspot.calendars.business_time import elapsed, elapsed_many
from oppspot.calendars.organisation import Closing, Hours, calendar_of
from oppspot.calendars.types import Absence, Calendar

START = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = (((540, 750), (780, 1050)),) * 5 + ((), ())
SEED = 20261126
MINUTE = timedelta(minutes=1)


def a_calendar() -> Calendar:
    """Return a new calendar: two blocks a day, the holidays of Bavaria, two closing days, three weeks of leave."""
    closings = (Closing(date(2026, 12, 24), "Closed"), Closing(date(2026, 12, 31), "Closed"))
    leave = tuple(
        Absence(datetime(2026, month, 3, tzinfo=UTC), datetime(2026, month, 10, tzinfo=UTC)) for month in (3, 7, 10)
    )
    hours = Hours(WEEK, "Europe/Berlin", "DE", "BY")
    made = calendar_of(hours, closings, leave, date(2026, 1, 1), date(2027, 12, 31))
    return Calendar(made.week, made.zone, made.holidays, made.absences)


def minute_by_minute(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Look at the clock on the wall every minute."""
    zone, count, moment = ZoneInfo(calendar.zone), 0, start
    while moment < end:
        wall = moment.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        is_open = any(first <= minute < last for first, last in calendar.week[wall.weekday()])
        if is_open and wall.date() not in calendar.holidays:
            count += not any(absence.start <= moment < absence.end for absence in calendar.absences)
        moment += MINUTE
    return MINUTE * count


def fastest(rounds: int, work: Callable[[], Any]) -> tuple[Any, float]:
    """Return the answer and the processor time of the fastest round."""
    seconds, answer = float("inf"), None
    for _ in range(rounds):
        began = time.process_time()
        answer = work()
        seconds = min(seconds, time.process_time() - began)
    return answer, seconds


def pairs(count: int) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """Return leads' times of a year: received, and first touched up to ten days later."""
    chance = random.Random(SEED)
    starts = [START + MINUTE * chance.randrange(355 * 1440) for _ in range(count)]
    return starts, [start + MINUTE * chance.randrange(10 * 1440) for start in starts]


def run(days: int = 365, leads: int = 50_000, rounds: int = 5) -> dict[str, Any]:
    """Measure both; raises AssertionError when they disagree."""
    end = START + timedelta(days=days)
    walked, walking = fastest(1, lambda: minute_by_minute(a_calendar(), START, end))
    cold, first_time = fastest(1, lambda: elapsed([a_calendar()], START, end))
    known = [a_calendar()]
    warm, again = fastest(rounds, lambda: elapsed(known, START, end))
    assert walked == cold == warm, "they count different times"
    starts, ends = pairs(leads)
    together, at_once = fastest(rounds, lambda: elapsed_many(known, starts, ends))
    singly, one_by_one = fastest(
        rounds, lambda: [elapsed(known, start, end) for start, end in zip(starts, ends, strict=True)]
    )
    assert together == singly, "many at once and one by one disagree"
    return {
        "days": days,
        "walk_ms": round(walking * 1000, 1),
        "first_time_ms": round(first_time * 1000, 2),
        "again_ms": round(again * 1000, 3),
        "times_faster_first": round(walking / first_time),
        "times_faster_again": round(walking / again),
        "leads": leads,
        "many_per_second": round(leads / at_once),
        "singly_per_second": round(leads / one_by_one),
    }


def as_table(measured: dict[str, Any]) -> Table:
    """Return the figures for people."""
    table = Table(title=f"Business time of {measured['days']} days, processor time")
    for name in ("", "ms", "times faster"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_row("minute by minute", f"{measured['walk_ms']:,}", "1")
    table.add_row(
        "elapsed, for the first time", f"{measured['first_time_ms']:,}", f"{measured['times_faster_first']:,}"
    )
    table.add_row("elapsed, again", f"{measured['again_ms']:,}", f"{measured['times_faster_again']:,}")
    table.caption = (
        f"{measured['leads']:,} leads: {measured['many_per_second']:,} a second at once, "
        f"{measured['singly_per_second']:,} one by one"
    )
    return table
