"""A team is foretold to be full when what comes in and what is finished say so, with a range; or it is said why not."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.routing.world import rep_id, team_id

from oppspot.routing.forecast import HORIZON_DAYS, Answer, Days, Forecast, Inflow, Week, Worker, foresee

TODAY = date(2026, 11, 20)  # a Friday
TEAM = team_id(1)


def week(weekdays: float, weekend: float = 0, weeks: int = 8) -> Week:
    """Return so many units on each such day of eight weeks."""
    return tuple(Days((weekdays if day < 5 else weekend) * weeks, weeks) for day in range(7))


NOTHING, SIX_A_DAY = week(0), week(6)


def worker(number: int, **facts: Any) -> Worker:
    return Worker(
        **{
            "id": rep_id(number),
            "open_units": 0,
            "max_open": 30,
            "weight": 1,
            "finishes": NOTHING,
            "otherwise": NOTHING,
        }
        | facts
    )


def forecast(*workers: Worker, comes: Week = SIX_A_DAY, days: int = 56, **more: Any) -> Forecast:
    members = tuple(each.id for each in workers)
    return foresee([Inflow(TEAM, members, comes, days, **more)], workers, TODAY)[TEAM]


def test_sixty_free_units_at_six_a_weekday_last_ten_working_days() -> None:
    """Mon 23rd is the 1st; the 10th, Fri 4 December, takes the last unit; Mon 7th finds nobody."""
    found = forecast(worker(1), worker(2))
    assert (found.answer, found.expected) == (Answer.EXPECTED, date(2026, 12, 7))
    assert (found.earliest, found.latest) == (date(2026, 12, 4), date(2026, 12, 7))
    assert (found.a_week, found.finished_a_week, found.room) == (30, 0, 60)


def test_what_is_finished_puts_it_off_and_enough_of_it_for_ever() -> None:
    slower = forecast(worker(1, finishes=week(1)), worker(2, finishes=week(1)))
    assert slower.expected == date(2026, 12, 11)  # 6 on the first day, then 4 a day more than is finished
    assert forecast(worker(1, finishes=week(4)), worker(2, finishes=week(4))).answer is Answer.NOT_IN_SIGHT


def test_somebody_without_a_limit_is_never_full() -> None:
    found = forecast(worker(1), worker(2, max_open=None))
    assert (found.answer, found.room) == (Answer.NOT_IN_SIGHT, None)


def test_an_absence_brings_it_nearer() -> None:
    away = frozenset(TODAY + timedelta(days=day) for day in range(40))
    found = forecast(worker(1), worker(2, away=away))
    assert found.expected == date(2026, 11, 30)


def test_who_is_away_finishes_nothing() -> None:
    """Six days long the other takes all 6; on Tue 1 December the first is back, still full, and finishes 5."""
    away = frozenset(TODAY + timedelta(days=day) for day in range(11))
    found = forecast(worker(1, open_units=30, finishes=week(5), away=away), worker(2, max_open=36))
    assert found.expected == date(2026, 12, 1)


def _weekdays(*numbers: int) -> frozenset[date]:
    days = (TODAY + timedelta(days=ahead) for ahead in range(HORIZON_DAYS + 1))
    return frozenset(day for day in days if day.weekday() in numbers)


def _from_to(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=day) for day in range((last - first).days + 1))


def test_on_holidays_leads_come_and_nothing_is_finished() -> None:
    """Finished is what comes, until two closed weeks begin on Mon 23rd: 30 places are taken by the 27th."""
    steady = {"max_open": 15, "finishes": week(3)}
    assert forecast(worker(1, **steady), worker(2, **steady)).expected is None
    closed = {"holidays": _from_to(date(2026, 11, 23), date(2026, 12, 6))}
    closed |= {"off": closed["holidays"]}
    assert forecast(worker(1, **steady, **closed), worker(2, **steady, **closed)).expected == date(2026, 11, 30)


def test_where_only_people_at_work_are_given_leads_they_wait_for_the_next_working_day() -> None:
    """Full on Mon 7 December; that week is closed, and what came meanwhile finds nobody on Mon 14th."""
    closed = {"off": _from_to(date(2026, 12, 7), date(2026, 12, 13))}
    found = forecast(worker(1, **closed), worker(2, **closed), only_at_work=True)
    assert (found.expected, found.latest) == (date(2026, 12, 14), date(2026, 12, 14))
    assert forecast(worker(1, **closed), worker(2, **closed)).expected == date(2026, 12, 7)


def test_limits_by_day_hold_on_days_of_work_only() -> None:
    """Four a day each are enough for six, but not on a Wednesday without the other."""
    part_time = worker(1, max_open=None, a_day=4, off=_weekdays(2, 3, 4, 5, 6))
    full_time = worker(2, max_open=None, a_day=4, off=_weekdays(5, 6))
    assert forecast(part_time, full_time, only_at_work=True).expected == date(2026, 11, 25)
    assert forecast(part_time, full_time).answer is Answer.NOT_IN_SIGHT


def test_room_is_there_also_on_a_day_off() -> None:
    off = {"off": frozenset({TODAY}), "holidays": frozenset({TODAY})}
    assert forecast(worker(1, **off), worker(2, **off), only_at_work=True).room == 60


def test_who_is_paused_finishes_but_takes_nothing() -> None:
    ever = frozenset(TODAY + timedelta(days=day) for day in range(HORIZON_DAYS + 1))
    found = forecast(worker(1, max_open=60), worker(2, open_units=5, finishes=week(3), paused=ever))
    assert found.expected == date(2026, 12, 7)
    assert found.room == 60


def test_a_ramp_sends_more_to_the_others_first_but_room_is_room() -> None:
    half = {TODAY + timedelta(days=day): 0.5 for day in range(HORIZON_DAYS + 1)}
    found = forecast(worker(1), worker(2, ramp=half))
    assert found.expected == date(2026, 12, 7)


def test_limits_by_day_that_are_below_what_comes_are_found() -> None:
    found = forecast(worker(1, max_open=None, a_day=2), worker(2, max_open=None, a_day=2))
    assert found.expected == date(2026, 11, 23)


def test_who_is_in_two_teams_has_room_once() -> None:
    shared, other = worker(1), team_id(2)
    both = [Inflow(TEAM, (shared.id,), week(3), 56), Inflow(other, (shared.id,), week(3), 56)]
    found = foresee(both, [shared], TODAY)
    assert {each.expected for each in found.values()} <= {date(2026, 11, 27), date(2026, 11, 30)}
    alone = foresee(both[:1], [shared], TODAY)[TEAM]
    assert alone.expected == date(2026, 12, 7)


def test_what_comes_outside_turns_fills_too() -> None:
    found = forecast(worker(1, otherwise=week(3)), worker(2, otherwise=week(3)))
    assert found.expected == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("comes", "days", "answer"),
    [
        (week(6), 13, Answer.TOO_LITTLE_DATA),
        (week(0.4, weeks=8), 56, Answer.TOO_LITTLE_DATA),
        (week(6), 14, Answer.EXPECTED),
    ],
)
def test_too_little_data_is_said(comes: Week, days: int, answer: Answer) -> None:
    assert forecast(worker(1), worker(2), comes=comes, days=days).answer is answer


def test_a_full_team_is_full_now_whatever_is_known() -> None:
    found = forecast(worker(1, open_units=30), days=3)
    assert (found.answer, found.expected, found.room) == (Answer.FULL_NOW, TODAY, 0)


def test_a_team_of_nobody_says_nothing_of_room() -> None:
    assert forecast().answer is Answer.NOT_IN_SIGHT


def test_nearly_even_flows_have_a_range_whose_late_end_is_open() -> None:
    found = forecast(worker(1, finishes=week(2.8)), worker(2, finishes=week(2.8)), comes=week(6))
    assert found.answer is Answer.EXPECTED
    assert found.earliest
    assert found.latest is None


def test_more_history_narrows_the_range() -> None:
    def width(weeks: int) -> timedelta:
        found = forecast(worker(1), worker(2), comes=week(6, weeks=weeks))
        assert found.latest
        assert found.earliest
        return found.latest - found.earliest

    assert width(26) < width(4)


def test_teams_of_others_are_their_own() -> None:
    other = team_id(2)
    people = [worker(1), worker(2, max_open=None)]
    teams = [Inflow(TEAM, (people[0].id,), week(6), 56), Inflow(other, (people[1].id,), week(6), 56)]
    found = foresee(teams, people, TODAY)
    assert found[TEAM].answer is Answer.EXPECTED
    assert found[other].answer is Answer.NOT_IN_SIGHT
