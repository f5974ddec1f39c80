"""Foretells when a team is full: from what came in and what was finished, limits, absences and ramps; pure.

Day by day: what a team is usually given on such a weekday goes to its members by their shares, as far as their limits
let them take it; each finishes what they usually finish on such a weekday, unless they are away or have a holiday.
Where only people at work are given leads, days off are left out, and what comes meanwhile waits. The team is full
on the first day on which a lead finds nobody with room. The range is how well those means are known: a sum of n units
is off by its square root (Poisson), taken 1.28 times: nine times in ten it is no further off on that side. For the
early end more comes and less is finished by so much, for the late end the other way round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt
from typing import Final, NamedTuple
from uuid import UUID

HORIZON_DAYS: Final = 90
LEAST_DAYS: Final = 14
LEAST_LEADS: Final = 20
SPREAD: Final = 1.28
_DAYS_OF_WEEK: Final = 7
# From so many units a day that nobody can take, the team is full.
_OVERFLOW: Final = 0.5
_NOTHING: Final = 1e-9


class Answer(StrEnum):
    """What can be said of when a team is full."""

    FULL_NOW = "full_now"
    EXPECTED = "expected"
    NOT_IN_SIGHT = "not_in_sight"
    TOO_LITTLE_DATA = "too_little_data"


class Days(NamedTuple):
    """What was counted on one weekday: a sum of units over so many such days."""

    units: float
    days: int

    @property
    def mean(self) -> float:
        return self.units / self.days if self.days else 0.0


Week = tuple[Days, ...]
"""Monday to Sunday."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One rep: what they have and may have (None: no limit), what they finish, and when they take nothing.

    `otherwise` is what comes to them outside turns, `a_day` what their limits per period let them take in a day (None:
    no such limit). Away means neither taking nor finishing; paused, finishing only. On `holidays` nothing is finished;
    days `off` have no working time, holidays or not: they take nothing then where only people at work are given leads.
    `ramp` is their part of a full share on each day to come.
    """

    id: UUID
    open_units: float
    max_open: float | None
    weight: float
    finishes: Week
    otherwise: Week
    a_day: float | None = None
    away: frozenset[date] = frozenset()
    paused: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()
    off: frozenset[date] = frozenset()
    ramp: Mapping[date, float] | None = None

    def room(self, open_units: float) -> float:
        """Return how many more units they may have open."""
        return float("inf") if self.max_open is None else max(0.0, self.max_open - open_units)

    def finishes_on(self, day: date) -> float:
        """Return what they finish on a day."""
        return 0.0 if day in self.away or day in self.holidays else self.finishes[day.weekday()].mean

    def weight_on(self, day: date, *, only_at_work: bool = False) -> float:
        """Return by what weight they take leads on a day: 0 while away or paused, or off where that counts."""
        if day in self.away or day in self.paused or (only_at_work and day in self.off):
            return 0.0
        return self.weight * (self.ramp.get(day, 1.0) if self.ramp else 1.0)


@dataclass(frozen=True, slots=True)
class Inflow:
    """What one team was given, by weekday, over `days` days in which there was any; `waiting` waits already.

    `only_at_work`: who is off work is given none of its leads.
    """

    team_id: UUID
    members: tuple[UUID, ...]
    week: Week
    days: int
    waiting: float = 0.0
    only_at_work: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a team is full: the expected day, and from the earliest to the latest (None: not within 90 days)."""

    answer: Answer
    expected: date | None = None
    earliest: date | None = None
    latest: date | None = None
    a_week: float = 0.0
    finished_a_week: float = 0.0
    room: float | None = None


def foresee(teams: Sequence[Inflow], workers: Sequence[Worker], today: date) -> dict[UUID, Forecast]:
    """Return when each team is full; all at once, for people in several teams have their room only once."""
    expected = _full_days(teams, workers, today, 0.0)
    early, late = _full_days(teams, workers, today, SPREAD), _full_days(teams, workers, today, -SPREAD)
    by_id = {worker.id: worker for worker in workers}
    return {
        team.team_id: _forecast(team, by_id, expected[team.team_id], early[team.team_id], late[team.team_id], today)
        for team in teams
    }


def _forecast(
    team: Inflow,
    workers: Mapping[UUID, Worker],
    expected: date | None,
    early: date | None,
    late: date | None,
    today: date,
) -> Forecast:
    members = [workers[each] for each in team.members if each in workers]
    rooms = [worker.room(worker.open_units) for worker in members if worker.weight_on(today)]
    room = sum(rooms)
    known = Forecast(
        Answer.NOT_IN_SIGHT,
        a_week=sum(day.mean for day in team.week),
        finished_a_week=sum(day.mean for worker in members for day in worker.finishes),
        room=None if room == float("inf") else room,
    )
    if rooms and room < 1:
        return replace(known, answer=Answer.FULL_NOW, expected=today, earliest=today, latest=today)
    if team.days < LEAST_DAYS or _sum(team.week) < LEAST_LEADS:
        return replace(known, answer=Answer.TOO_LITTLE_DATA)
    if expected is None and early is None:
        return known
    return replace(known, answer=Answer.EXPECTED, expected=expected, earliest=early, latest=late)


def _sum(week: Week) -> float:
    return sum(day.units for day in week)


def _factor(units: float, spread: float) -> float:
    """Return by what a mean that was counted from so many units is multiplied to be so many errors off."""
    return max(0.0, 1 + spread / sqrt(units)) if units else 1.0


def _full_days(
    teams: Sequence[Inflow], workers: Sequence[Worker], today: date, spread: float
) -> dict[UUID, date | None]:
    """Return the first day on which leads find no room, where more comes (and less is finished) by `spread`."""
    open_units = {worker.id: worker.open_units for worker in workers}
    by_id = {worker.id: worker for worker in workers}
    waiting = {team.team_id: team.waiting for team in teams}
    full: dict[UUID, date | None] = {team.team_id: None for team in teams}
    less = _factor(sum(_sum(worker.finishes) for worker in workers), -spread)
    more = _factor(sum(_sum(worker.otherwise) for worker in workers), spread)
    comes_by = {team.team_id: _factor(_sum(team.week), spread) for team in teams}
    for ahead in range(1, HORIZON_DAYS + 1):
        day = today + timedelta(days=ahead)
        weekday = day.weekday()
        taken = dict.fromkeys(open_units, 0.0)
        for worker in workers:
            open_units[worker.id] = max(0.0, open_units[worker.id] - less * worker.finishes_on(day))
            open_units[worker.id] += more * worker.otherwise[weekday].mean
        for team in teams:
            members = [by_id[each] for each in team.members if each in by_id]
            weights = ((worker, worker.weight_on(day, only_at_work=team.only_at_work)) for worker in members)
            takers = [(worker, weight) for worker, weight in weights if weight]
            comes = waiting[team.team_id] + comes_by[team.team_id] * team.week[weekday].mean
            left = _pour(comes, takers, open_units, taken)
            waiting[team.team_id] = left
            if left >= _OVERFLOW and takers and full[team.team_id] is None:
                full[team.team_id] = day
    return full


def _pour(
    units: float, takers: Sequence[tuple[Worker, float]], open_units: dict[UUID, float], taken: dict[UUID, float]
) -> float:
    """Spread units over people by their weights, as far as each has room; return what nobody can take."""
    left = units
    while left > _NOTHING and takers:
        whole = sum(weight for _, weight in takers)
        poured, still = 0.0, []
        for worker, weight in takers:
            share = left * weight / whole
            room = worker.room(open_units[worker.id])
            if worker.a_day is not None:
                room = min(room, max(0.0, worker.a_day - taken[worker.id]))
            part = min(share, room)
            open_units[worker.id] += part
            taken[worker.id] += part
            poured += part
            if part == share:
                still.append((worker, weight))
        left -= poured
        if len(still) == len(takers):
            break
        takers = still
    return max(0.0, left)


def week_of(by_weekday: Mapping[int, float], days: Sequence[int]) -> Week:
    """Return sums by weekday (0 is Monday) with how many such days there were."""
    return tuple(Days(by_weekday.get(weekday, 0.0), days[weekday]) for weekday in range(_DAYS_OF_WEEK))
