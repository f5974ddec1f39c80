"""All calendars of one organisation, each put together from what is said of it, its team and the organisation. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from oppspot.calendars.places import business_week, main_zone, public_holidays
from oppspot.calendars.types import EVERY_MINUTE, WEEKDAYS, Absence, Block, Calendar

Week = tuple[tuple[Block, ...], ...]
Level = Literal["own", "team", "organisation", "nobody"]


@dataclass(frozen=True, slots=True)
class Hours:
    """What is said at one level; None where it says nothing. A team without a zone means each person's own clock."""

    week: Week | None = None
    zone: str | None = None
    country: str | None = None
    subdivision: str | None = None


NOTHING_SAID: Final = Hours()


@dataclass(frozen=True, slots=True)
class Closing:
    """A day on which the organisation is closed, or, where `works`, is not although it is a holiday."""

    day: date
    name: str
    works: bool = False


@dataclass(frozen=True, slots=True)
class TimeOff:
    """An absence and who covers meanwhile."""

    start: datetime
    end: datetime
    cover_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One person: what they say of themselves, their teams by name, and their absences by start."""

    zone: str
    hours: Hours = NOTHING_SAID
    team_ids: tuple[UUID, ...] = ()
    absences: tuple[TimeOff, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Composed:
    """A calendar and which level its hours and its holidays come from."""

    calendar: Calendar
    hours_from: Level
    holidays_from: Level
    country: str | None
    subdivision: str | None
    team_id: UUID | None


@dataclass(frozen=True, slots=True)
class OrgCalendars:
    """Every calendar of an organisation, as of one moment; holidays and absences are known from `first` to `last`.

    The same settings give the very same Calendar, also from one loading to the next, with all it has worked out.
    """

    first: date
    last: date
    zone: str = "UTC"
    hours: Hours = NOTHING_SAID
    teams: Mapping[UUID, Hours] = field(default_factory=dict)
    closings: tuple[Closing, ...] = ()
    workers: Mapping[UUID, Worker] = field(default_factory=dict)
    _composed: dict[tuple[UUID, UUID | None], Composed] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def of_organisation(self) -> Calendar:
        """The organisation's own."""
        return self._compose(Worker(self.hours.zone or self.zone), None).calendar

    def of_rep(self, rep_id: UUID, team_id: UUID | None = None) -> Calendar:
        """Return when a person works, for a team of theirs; without one, for their first team that has a calendar.

        Of a person nothing is known of, that is the organisation's calendar.
        """
        return self.composed(rep_id, team_id).calendar

    def composed(self, rep_id: UUID, team_id: UUID | None = None) -> Composed:
        """Return when a person works and where that is said."""
        found = self._composed.get((rep_id, team_id))
        if found is None:
            worker = self.workers.get(rep_id) or Worker(self.hours.zone or self.zone)
            chosen = team_id or next((team for team in worker.team_ids if team in self.teams), None)
            found = self._composed[rep_id, team_id] = self._compose(worker, chosen)
        return found

    def of_country(self, code: str) -> Calendar | None:
        """Return a country's usual business hours, 9 to 17 in its main zone; None for an unknown country."""
        zone = main_zone(code)
        if zone is None:
            return None
        return calendar_of(Hours(business_week(code), zone, code), (), (), self.first, self.last)

    def absent_until(self, rep_id: UUID, now: datetime) -> datetime | None:
        """Return when a person who is away now is back: absences that follow each other are one; None if here."""
        back = None
        for absence in self._absences(rep_id):
            if absence.start <= (back or now) < absence.end:
                back = absence.end
        return back

    def cover_of(self, rep_id: UUID, now: datetime) -> UUID | None:
        """Return who covers for a person who is away now: whoever covers for the cover, if that one is away too.

        None when the person is here, nobody covers, or nobody of those who cover is here.
        """
        asked = {rep_id}
        while True:
            away = (absence for absence in self._absences(rep_id) if absence.start <= now < absence.end)
            cover = next((absence.cover_id for absence in away if absence.cover_id), None)
            if cover is None or cover in asked or not self._works_here(cover):
                return None
            if self.absent_until(cover, now) is None:
                return cover
            asked.add(cover)
            rep_id = cover

    def _works_here(self, rep_id: UUID) -> bool:
        return rep_id in self.workers and self.workers[rep_id].active

    def _absences(self, rep_id: UUID) -> tuple[TimeOff, ...]:
        worker = self.workers.get(rep_id)
        return worker.absences if worker else ()

    def _compose(self, worker: Worker, team_id: UUID | None) -> Composed:
        team = self.teams.get(team_id, NOTHING_SAID) if team_id else NOTHING_SAID
        levels: tuple[tuple[Level, Hours], ...] = (("own", worker.hours), ("team", team), ("organisation", self.hours))
        hours_from, hours = next((pair for pair in levels if pair[1].week), ("nobody", NOTHING_SAID))
        holidays_from, place = next((pair for pair in levels if pair[1].country), ("nobody", NOTHING_SAID))
        away = tuple(Absence(absence.start, absence.end) for absence in worker.absences)
        effective = Hours(hours.week, hours.zone or worker.zone, place.country, place.subdivision)
        calendar = calendar_of(effective, self.closings, away, self.first, self.last)
        return Composed(calendar, hours_from, holidays_from, place.country, place.subdivision, team_id)


@lru_cache(maxsize=4_096)
def calendar_of(
    hours: Hours, closings: tuple[Closing, ...], absences: tuple[Absence, ...], first: date, last: date
) -> Calendar:
    """Return the calendar of these settings, with its holidays from `first` to `last`; no hours: around the clock."""
    days = dict(public_holidays(hours.country, hours.subdivision, first, last)) if hours.country else {}
    days |= {closing.day: closing.name for closing in closings if not closing.works}
    for closing in closings:
        if closing.works:
            days.pop(closing.day, None)
    return Calendar(hours.week or EVERY_MINUTE, hours.zone or "UTC", dict(sorted(days.items())), absences)


def week_of(hours: Mapping[str, Sequence[Sequence[str]]]) -> Week | None:
    """Return working hours as stored, `{"mon": [["09:00", "17:30"]]}`, as blocks; None when nothing is said."""
    if not any(hours.values()):
        return None
    return tuple(tuple((_minute(start), _minute(end)) for start, end in hours.get(day, ())) for day in WEEKDAYS)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def hours_of(stored: Mapping[str, Any]) -> Hours:
    """Return a stored level: its `hours`, `time_zone`, `country` and `subdivision`."""
    week = week_of(stored["hours"])
    return Hours(week, stored["time_zone"], stored["country"], stored["subdivision"])
