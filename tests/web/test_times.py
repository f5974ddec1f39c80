from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import NOW

from oppspot.web import times

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (7500, "2 h 05 min"),
        (86400, "1 d 0 h"),
        (-5, "0 s"),
    ],
)
def test_lengths_of_time_have_at_most_two_units(seconds, shown):
    assert times.duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (10, "just now"),
        (-10, "just now"),
        (50, "1 min ago"),
        (7200, "2 h ago"),
        (-300, "in 5 min"),
        (3 * 86400, "3 d ago"),
        (8 * 86400, "4 Mar"),
        (400 * 86400, "5 Feb 2025"),
    ],
)
def test_moments_are_told_from_now_for_a_week_and_by_date_after(seconds, shown):
    assert times.relative(NOW - timedelta(seconds=seconds), NOW, UTC) == shown


def test_dates_are_those_of_the_readers_zone():
    late = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
    assert times.day(late, NOW, BERLIN) == "12 Mar"
    assert times.absolute(late, BERLIN) == "12 Mar 2026, 00:30 CET"


@pytest.mark.parametrize(
    ("minutes", "text", "state"),
    [(120, "2 h 00 min left", "calm"), (60, "1 h 00 min left", "soon"), (-5, "5 min over", "over")],
)
def test_a_countdown_warns_and_then_says_it_is_over(minutes, text, state):
    due = NOW + timedelta(minutes=minutes)
    assert times.countdown(due, NOW, timedelta(hours=1)) == times.Countdown(text, state)


@given(st.integers(-(10**7), 10**7))
def test_what_is_due_is_never_both_left_and_over(seconds):
    shown = times.countdown(NOW + timedelta(seconds=seconds), NOW, timedelta(hours=1))
    assert shown.text.endswith("over") == (shown.state == "over") == (seconds <= 0)
