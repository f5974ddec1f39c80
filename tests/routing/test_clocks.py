"""Due dates, breaches, priorities and what follows each outcome."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.routing.world import NOW

from oppspot.routing.capacity import has_room
from oppspot.routing.outcomes import FOLLOW_UPS, WAITING, Outcome, next_check_at
from oppspot.routing.policies import SlaPolicy
from oppspot.routing.priority import priority_of
from oppspot.routing.sla import AROUND_THE_CLOCK, first_touch_due, is_breached


def _due(now: datetime, hours: float) -> datetime:
    return first_touch_due(now, hours, AROUND_THE_CLOCK, SlaPolicy())


def test_hours_count_around_the_clock_also_over_a_change_of_clocks() -> None:
    """Clocks go back an hour that night in London: 24 hours later is 8 in the morning, not 9."""
    start = datetime(2026, 10, 24, 8, tzinfo=UTC)
    assert _due(start, 24).astimezone(ZoneInfo("Europe/London")).hour == 8


def test_five_minutes_is_a_twelfth_of_an_hour() -> None:
    assert _due(NOW, 5 / 60) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(("seconds_late", "breached"), [(-1, False), (0, False), (1, True)])
def test_a_touch_at_the_very_moment_is_in_time(seconds_late: int, *, breached: bool) -> None:
    moment = NOW + timedelta(seconds=seconds_late)
    assert is_breached(NOW, moment) is breached
    assert is_breached(NOW, NOW + timedelta(days=9), touched_at=moment) is breached


@pytest.mark.parametrize(
    ("score", "priority"),
    [
        (100, "urgent"),
        (85, "urgent"),
        (84.9, "high"),
        (70, "high"),
        (69, "medium"),
        (50, "medium"),
        (49, "low"),
        (0, "low"),
    ],
)
def test_priority_has_its_thresholds_at_85_70_and_50(score: float, priority: str) -> None:
    assert priority_of(score) == priority


def test_an_unknown_score_is_medium_not_low() -> None:
    assert priority_of(None) == "medium"


def test_every_outcome_has_somebody_to_act_and_is_looked_at_again() -> None:
    assert FOLLOW_UPS.keys() == set(Outcome)
    assert all(next_check_at(outcome, NOW, None) > NOW for outcome in Outcome)


def test_leads_that_nobody_has_are_tried_again_in_a_quarter_of_an_hour() -> None:
    assert {next_check_at(outcome, NOW, None) for outcome in WAITING} == {NOW + timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("open_count", "limit", "room"),
    [(0, 1, True), (1, 1, False), (2, 1, False), (999, None, True), (0, 0, False)],
)
def test_room_is_left_below_the_limit_only(open_count: int, limit: int | None, *, room: bool) -> None:
    assert has_room(open_count, limit) is room
