"""Random calendars and moments, mostly where clocks change, and the oracle that walks minute by minute."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from oppspot.calendars.types import MINUTES_A_DAY, Absence, Calendar

MINUTE = timedelta(minutes=1)
WEEKDAYS_9_TO_5 = (((540, 1020),),) * 5 + ((), ())

# Each zone with days on which something odd happens to its clocks, and one on which nothing does.
ODD_DAYS = {
    "UTC": ["2026-06-17"],
    "Europe/Berlin": ["2026-03-29", "2026-10-25", "2026-06-17"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Asia/Kathmandu": ["2026-06-17"],  # 5:45 ahead
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],  # the clock moves by half an hour
    "Pacific/Chatham": ["2026-04-05", "2026-09-27"],  # 12:45 or 13:45 ahead
    "America/Sao_Paulo": ["2018-11-04", "2018-02-18"],  # at midnight
    "Pacific/Apia": ["2011-12-30"],  # this day was left out
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],  # Ramadan
}


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Draw a whole minute within two days of an odd day."""
    day = draw(st.sampled_from([day for days in ODD_DAYS.values() for day in days]))
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return noon + MINUTE * draw(st.integers(-3_000, 3_000))


@st.composite
def calendars(draw: st.DrawFn, near: datetime) -> Calendar:
    """Draw a calendar whose holidays and absences lie near a moment."""
    zone = draw(st.sampled_from(sorted(ODD_DAYS)))
    days = st.integers(-4, 4).map(lambda offset: near.date() + timedelta(days=offset))
    return Calendar(
        week=tuple(draw(st.tuples(*[_blocks()] * 7))),
        zone=zone,
        holidays=dict.fromkeys(draw(st.lists(days, max_size=2)), "a holiday"),
        absences=tuple(draw(st.lists(_absences(near), max_size=3))),
    )


@st.composite
def _blocks(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Draw up to three blocks of a day; they may touch."""
    edges = sorted(draw(st.sets(st.integers(0, MINUTES_A_DAY), max_size=6)))
    blocks = list(zip(edges[::2], edges[1::2], strict=False))
    if blocks and draw(st.booleans()):
        blocks[-1] = (blocks[-1][0], MINUTES_A_DAY)
    if blocks and blocks[0][0] < blocks[0][1] - 1 and draw(st.booleans()):
        middle = blocks[0][0] + 1
        blocks[0:1] = [(blocks[0][0], middle), (middle, blocks[0][1])]
    return tuple(blocks)


@st.composite
def _absences(draw: st.DrawFn, near: datetime) -> Absence:
    start = near + MINUTE * draw(st.integers(-4_000, 4_000))
    return Absence(start, start + MINUTE * draw(st.integers(1, 3_000)))


def is_open_by_the_wall(calendars: Sequence[Calendar], moment: datetime) -> bool:
    """Look at the clock on every wall: the plain meaning of a calendar."""
    for calendar in calendars:
        wall = moment.astimezone(ZoneInfo(calendar.zone))
        minute = wall.hour * 60 + wall.minute
        if wall.date() in calendar.holidays or any(off.start <= moment < off.end for off in calendar.absences):
            return False
        if not any(first <= minute < last for first, last in calendar.week[wall.weekday()]):
            return False
    return True


def open_minutes(calendars: Sequence[Calendar], start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the open minutes between two whole minutes, one by one."""
    while start < end:
        if is_open_by_the_wall(calendars, start):
            yield start
        start += MINUTE


def plain(hours: tuple[tuple[int, int], ...], zone: str = "UTC", holidays: Sequence[date] = ()) -> Calendar:
    """Return a calendar of Monday to Friday with the same blocks each day."""
    return Calendar((hours,) * 5 + ((), ()), zone, dict.fromkeys(holidays, "a holiday"))
