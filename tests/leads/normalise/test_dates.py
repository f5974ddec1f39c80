from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import DateOrder, Unreadable, date_order, parse_moment

DAY = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026/3/4",
        "20260304",
        "04.03.2026",
        "4.3.26",
        "04/03/2026",
        "4 Mar 2026",
        "4. März 2026",
        "March 4, 2026",
        "Mar 4th 2026",
        "4 de marzo de 2026",
        "le 4 mars 2026",
        "Wed, 4 Mar 2026",
        "2026-03-04T00:00:00Z",
        "2026-03-04 00:00",
        "2026-03-04T02:00:00+02:00",
        "2026-03-03 19:00:00 -0500",
        "4/3/2026 12:00 AM",
        "1772582400",
        "1772582400000",
        "2026-03-04 00:00:00.000",
    ],
)
def test_one_day_written_in_many_ways_is_one_moment(text: str) -> None:
    assert parse_moment(text) == DAY


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2020-12-30 3:15:52", (3, 15, 52)),
        ("30.12.2020 17:30", (17, 30, 0)),
        ("12/30/2020 5:06 PM", (17, 6, 0)),
        ("Dec 30, 2020 12:01 am", (0, 1, 0)),
    ],
)
def test_the_time_of_day_is_read(text: str, clock: tuple[int, int, int]) -> None:
    order = DateOrder.MONTH_FIRST if text.startswith("12/") else DateOrder.DAY_FIRST
    moment = parse_moment(text, order)
    assert (moment.hour, moment.minute, moment.second) == clock
    assert moment.date().isoformat() == "2020-12-30"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "2026",
        "31/12/26/1",
        "2026-03-04T25:00",
        "99999999999999",
        "1" * 100,
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_moment(text)


def test_the_order_of_a_column_settles_day_and_month() -> None:
    assert parse_moment("03/04/2026", DateOrder.DAY_FIRST).month == 4
    assert parse_moment("03/04/2026", DateOrder.MONTH_FIRST).month == 3


def test_points_between_the_numbers_put_the_day_first_in_any_column() -> None:
    assert parse_moment("04.03.2026", DateOrder.MONTH_FIRST) == DAY


def test_a_date_that_contradicts_the_order_of_its_column_is_refused() -> None:
    with pytest.raises(Unreadable):
        parse_moment("12/31/2026", DateOrder.DAY_FIRST)


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["03/04/2026", "31/12/2026"], DateOrder.DAY_FIRST),
        (["03/04/2026", "12/31/2026"], DateOrder.MONTH_FIRST),
        (["03.04.2026"], DateOrder.DAY_FIRST),
        (["03/04/2026"], None),
        (["31/12/2026", "12/31/2026"], None),
        (["2026-03-04"], None),
    ],
)
def test_a_column_proves_its_order_or_nothing(samples: list[str], order: DateOrder | None) -> None:
    assert date_order(samples) == order


@given(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), st.sampled_from([*DateOrder]))  # noqa: DTZ001
def test_a_moment_written_out_is_read_back(moment: datetime, order: DateOrder) -> None:
    numeric = "%d/%m/%Y %H:%M:%S" if order is DateOrder.DAY_FIRST else "%m/%d/%Y %H:%M:%S"
    expected = moment.replace(microsecond=0, tzinfo=UTC)
    for form in (numeric, "%Y-%m-%dT%H:%M:%SZ", "%d %B %Y %H:%M:%S", "%b %d, %Y, %I:%M:%S %p"):
        assert parse_moment(moment.strftime(form), order) == expected


@given(st.text("0123456789/-.: TZapm", max_size=24))
def test_any_text_is_a_moment_in_utc_or_refused(text: str) -> None:
    with suppress(Unreadable):
        assert parse_moment(text).utcoffset() == timedelta(0)
