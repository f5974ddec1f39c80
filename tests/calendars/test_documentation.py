"""The worked example of docs/calendars.md is what the kernel says."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from oppspot.calendars.business_time import add, elapsed, intervals
from oppspot.calendars.organisation import Hours, calendar_of
from oppspot.calendars.types import Absence

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "calendars.md").read_text(encoding="utf-8").split())
MUNICH = ZoneInfo("Europe/Berlin")
LEAVE = Absence(datetime(2026, 11, 3, tzinfo=MUNICH), datetime(2026, 11, 5, tzinfo=MUNICH))
HOURS = Hours((((540, 750), (810, 1050)),) * 5 + ((), ()), "Europe/Berlin", "DE", "BY")
INES = calendar_of(HOURS, (), (LEAVE,), date(2026, 10, 1), date(2026, 12, 31))
OFFICE = calendar_of(Hours((((540, 1020),),) * 5 + ((), ())), (), (), date(2026, 10, 1), date(2026, 12, 31))
FRIDAY = datetime(2026, 10, 30, 16, tzinfo=MUNICH)
MONDAY = datetime(2026, 11, 2, 16, tzinfo=MUNICH)
FOUR_HOURS = timedelta(hours=4)


def _words(moment: datetime | None) -> str:
    assert moment is not None
    local = moment.astimezone(MUNICH)
    return f"{local:%A}, {local.day} {local:%B, %H:%M}"


def _length(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60} min"


def test_the_lead_of_friday_is_due_when_the_page_says() -> None:
    due = add([INES], FRIDAY, FOUR_HOURS)
    assert f"It is due on **{_words(due)}**" in PAGE
    assert due is not None
    left = FOUR_HOURS
    for opens, closes in intervals([INES], FRIDAY, due):
        left -= closes - opens
        start, end = opens.astimezone(MUNICH), closes.astimezone(MUNICH)
        row = f"| {start:%A}, {start:%H:%M}–{end:%H:%M} | {_length(closes - opens)} | "  # noqa: RUF001 — a range
        assert row + (_length(left) if left else "0") in PAGE
    assert INES.holidays[date(2026, 11, 1)] == "All Saints' Day"


def test_the_lead_of_monday_waits_for_the_end_of_the_leave() -> None:
    assert f"due on **{_words(add([INES], MONDAY, FOUR_HOURS))}**" in PAGE
    passed = elapsed([INES], FRIDAY, datetime(2026, 11, 5, 9, tzinfo=MUNICH))
    assert f"Thursday, 09:00 **{passed // timedelta(hours=1)} h** of her time pass" in PAGE
    assert not passed % timedelta(hours=1)


def test_the_lead_of_saturday_is_due_on_monday_at_ten() -> None:
    for hour in (15, 18):
        due = add([OFFICE], datetime(2026, 10, 31, hour, tzinfo=ZoneInfo("UTC")), timedelta(hours=1))
        assert due is not None
        assert f"due on {due:%A} at **{due:%H:%M}**" in PAGE
