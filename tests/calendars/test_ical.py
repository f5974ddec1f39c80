"""Calendar files: what repeats, whole days and times, zones, exceptions; odd and hostile ones are answered clearly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from oppspot.calendars.ical.reading import MAX_EVENTS, MAX_FILE_BYTES, FileRead, Occurrence, read_file
from oppspot.calendars.ical.recurring import Repetition, days_of
from oppspot.calendars.ical.writing import write_file
from oppspot.core.errors import Invalid

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
BERLIN = ZoneInfo("Europe/Berlin")
FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}


def _event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def _file(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", ""]).encode()


def _read(*lines: str, zone: str = "Europe/Berlin") -> FileRead:
    return read_file(_file(_event(*lines)), zone, FIRST, LAST)


def _days(*lines: str) -> list[str]:
    return [str(occurrence.start)[:10] for occurrence in _read(*lines).occurrences]


@st.composite
def _repetitions(draw: st.DrawFn) -> Repetition:
    frequency = draw(st.sampled_from(sorted(FREQUENCIES)))
    months = tuple(draw(st.sets(st.integers(1, 12), max_size=2)))
    ordinals = st.just(0)
    # Of a numbered weekday beside every one of another, the other implementation takes what is both.
    if draw(st.booleans()) and (frequency == "MONTHLY" or (frequency == "YEARLY" and months)):
        ordinals = st.sampled_from([1, 2, 5, -1, -2])
    elif draw(st.booleans()) and frequency == "YEARLY" and not months:
        ordinals = st.sampled_from([1, 20, -1])
    return Repetition(
        frequency,
        draw(st.integers(1, 4)),
        draw(st.none() | st.integers(1, 30)),
        tuple(draw(st.sets(st.tuples(ordinals, st.integers(0, 6)), max_size=2))),
        () if frequency == "WEEKLY" else tuple(draw(st.sets(st.sampled_from([1, 13, 31, -1]), max_size=2))),
        months,
        draw(st.sampled_from([0, 6])),
    )


@given(_repetitions(), st.dates(date(2019, 1, 1), date(2020, 12, 31)), st.dates(date(2019, 1, 1), date(2022, 1, 1)))
def test_what_repeats_is_on_the_days_that_another_implementation_says(
    rule: Repetition, start: date, first: date
) -> None:
    other = rrule(
        FREQUENCIES[rule.frequency],
        dtstart=datetime.combine(start, datetime.min.time()),
        interval=rule.interval,
        count=rule.count,
        until=None if rule.count else datetime(2022, 12, 31),  # noqa: DTZ001
        wkst=rule.week_start,
        byweekday=[weekday(day, ordinal) if ordinal else day for ordinal, day in rule.weekdays] or None,
        bymonthday=rule.month_days or None,
        bymonth=rule.months or None,
    )
    last = date(2022, 12, 31)
    expected = [day for moment in other if first <= (day := moment.date()) <= last]
    assert list(days_of(rule, start, first, last)) == expected


def test_whole_days_end_before_their_end() -> None:
    assert _read("UID:a", "SUMMARY:Skiing", "DTSTART;VALUE=DATE:20260202", "DTEND;VALUE=DATE:20260207").occurrences == [
        Occurrence("a", "Skiing", date(2026, 2, 2), date(2026, 2, 7))
    ]


def test_a_day_without_an_end_or_that_ends_on_itself_is_one_day() -> None:
    for end in ((), ("DTEND;VALUE=DATE:20260202",)):
        (found,) = _read("UID:a", "DTSTART;VALUE=DATE:20260202", *end).occurrences
        assert (found.start, found.end) == (date(2026, 2, 2), date(2026, 2, 3))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20260202T090000Z", datetime(2026, 2, 2, 9, tzinfo=UTC)),
        ("DTSTART:20260202T090000", datetime(2026, 2, 2, 9, tzinfo=BERLIN)),
        ("DTSTART;TZID=America/New_York:20260202T090000", datetime(2026, 2, 2, 14, tzinfo=UTC)),
        ("DTSTART;TZID=W. Europe Standard Time:20260202T090000", datetime(2026, 2, 2, 8, tzinfo=UTC)),
    ],
    ids=["UTC", "no zone is the person's", "a zone", "a zone as Windows calls it"],
)
def test_times_are_in_the_zone_they_say(start: str, expected: datetime) -> None:
    (found,) = _read("UID:a", start, "DURATION:PT2H").occurrences
    assert (found.start, found.end) == (expected, expected.astimezone(UTC) + timedelta(hours=2))


def test_what_repeats_keeps_its_time_of_day_when_clocks_change() -> None:
    found = _read(
        "UID:a",
        "DTSTART;TZID=Europe/Berlin:20260326T090000",
        "DTEND;TZID=Europe/Berlin:20260326T100000",
        "RRULE:FREQ=WEEKLY;COUNT=2",
    ).occurrences
    assert [
        occurrence.start.astimezone(UTC).hour for occurrence in found if isinstance(occurrence.start, datetime)
    ] == [
        8,
        7,
    ]


def test_exceptions_additions_and_ends_of_what_repeats() -> None:
    lines = ("UID:a", "DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=WEEKLY;UNTIL=20260202")
    assert _days(*lines) == ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"]
    changed = (*lines, "EXDATE;VALUE=DATE:20260112,20260119", "RDATE;VALUE=DATE:20260301")
    assert _days(*changed) == ["2026-01-05", "2026-01-26", "2026-02-02", "2026-03-01"]


def test_what_comes_again_on_named_days_is_also_on_the_day_it_begins() -> None:
    lines = ("UID:a", "DTSTART;VALUE=DATE:20260105", "RDATE;VALUE=DATE:20260301,20260105")
    assert _days(*lines) == ["2026-01-05", "2026-03-01"]
    assert _days(*lines, "EXDATE;VALUE=DATE:20260105") == ["2026-03-01"]


def test_one_occurrence_that_was_moved_is_where_it_was_moved_to_and_keeps_its_name() -> None:
    series = _event("UID:a", "DTSTART;TZID=Europe/Berlin:20260105T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = _event("UID:a", "RECURRENCE-ID:20260112T080000Z", "DTSTART:20260113T080000Z", "DURATION:PT1H")
    plain = read_file(_file(series), "UTC", FIRST, LAST)
    found = read_file(_file(series, moved), "UTC", FIRST, LAST)
    assert [f"{occurrence.start:%d}" for occurrence in found.occurrences] == ["05", "13"]
    assert [occurrence.source for occurrence in found.occurrences] == [one.source for one in plain.occurrences]


def test_what_is_called_off_and_what_keeps_nobody_busy_is_told_apart() -> None:
    found = read_file(
        _file(
            _event("UID:a", "DTSTART;VALUE=DATE:20260202", "STATUS:CANCELLED"),
            _event("UID:b", "DTSTART;VALUE=DATE:20260202", "TRANSP:TRANSPARENT"),
        ),
        "UTC",
        FIRST,
        LAST,
    )
    assert found.cancelled == ["a"]
    assert [(one.source, one.is_free) for one in found.occurrences] == [("b", True)]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("SUMMARY:Odd",), "does not say when it begins"),
        (("DTSTART:20261301T090000",), "has a date or a time that cannot be read"),
        (("DTSTART:20260202T090000Z", "DTEND:20260202T090000Z"), "ends when it begins, or before"),
        (("DTSTART:20260202T090000Z", "DTEND;VALUE=DATE:20260203"), "begins with a day and ends with a time"),
        (("DTSTART;TZID=Nowhere/Else:20260202T090000", "DURATION:PT1H"), "“Nowhere/Else”, which is not known"),
        (("DTSTART;VALUE=DATE:20260202", "RRULE:FREQ=SECONDLY"), "repeats secondly"),
        (("DTSTART;VALUE=DATE:20260202", "RRULE:FREQ=YEARLY;BYEASTER=1"), "not understood (BYEASTER)"),
        (("DTSTART;VALUE=DATE:20260202", "RRULE:FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1"), "not understood (BYSETPOS)"),
        (("DTSTART;VALUE=DATE:20260202", "RRULE:FREQ=DAILY;INTERVAL=0"), "repeats every 0 times"),
        (("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY;COUNT=3"), "is counted since before 1970"),
        (("DTSTART;VALUE=DATE:20190202",), "lies before 1 January 2026"),
        (("DTSTART;VALUE=DATE:20260202", "DTEND;VALUE=DATE:99991231"), "is longer than 731 days"),
        (("DTSTART;VALUE=DATE:20260202", "DTSTART;VALUE=DATE:20260203"), "says twice"),
    ],
)
def test_an_event_that_cannot_be_read_is_left_out_and_said(lines: tuple[str, ...], why: str) -> None:
    found = read_file(_file(_event(*lines), _event("UID:b", "DTSTART;VALUE=DATE:20260202")), "UTC", FIRST, LAST)
    assert [occurrence.source for occurrence in found.occurrences] == ["b"]
    assert len(found.notes) == 1
    assert why in found.notes[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not a calendar file"),
        (b"name,email\nAda,ada@example.com\n", "is not a calendar file"),
        (b"\xff\xfe\x00binary", "is not text in UTF-8"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "is not a calendar file"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "is not a calendar file"),
        (b"X" * (MAX_FILE_BYTES + 1), "is larger than 500 kB"),
        (b"BEGIN:VEVENT\r\n" * (6 * MAX_EVENTS), "holds more than 2,000 events"),
        (_file(*[_event("DTSTART;VALUE=DATE:20260202", "RRULE:FREQ=DAILY")] * 4), "holds more than 2,000 times"),
        (
            _file(
                *[_event("DTSTART;VALUE=DATE:19700101", "RRULE:FREQ=YEARLY;COUNT=9999;BYMONTHDAY=30;BYMONTH=2")] * 60
            ),
            "repeats too much for too long",
        ),
    ],
    ids=[
        "nothing",
        "a table",
        "no text",
        "an event that does not end",
        "an address card",
        "too large",
        "nesting",
        "too many times",
        "a rule that never comes true",
    ],
)
def test_a_file_that_is_no_calendar_or_too_much_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_file(content, "UTC", FIRST, LAST)
    assert refused.value.errors[0].path == "file"
    assert why in refused.value.errors[0].message


@given(st.binary(max_size=200) | st.text(max_size=300).map(lambda text: _file(_event(*text.split("\n")))))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        found = read_file(content, "UTC", FIRST, LAST)
    except Invalid:
        return
    assert len(found.occurrences) + len(found.cancelled) + len(found.notes) <= 1


def test_what_is_written_is_read_again() -> None:
    given_times = [
        Occurrence("a@oppspot", "Away; with, punctuation", date(2026, 2, 2), date(2026, 2, 7)),
        Occurrence("b@oppspot", "Dentist", datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC)),
    ]
    written = write_file("Away", given_times, datetime(2026, 1, 1, tzinfo=UTC))
    assert read_file(written, "Asia/Tokyo", FIRST, LAST).occurrences == given_times
