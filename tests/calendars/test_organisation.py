"""Whose hours, whose holidays and whose absence count for whom."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.casting import Cast

from oppspot.calendars import queries
from oppspot.calendars.business_time import elapsed, is_open, next_open
from oppspot.calendars.models import ClosingDay, PersonalAbsence, WorkCalendar
from oppspot.calendars.organisation import Closing, Hours, OrgCalendars, TimeOff, Worker
from oppspot.calendars.places import business_week, main_zone, public_holidays
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.types import ALWAYS_OPEN, EVERY_MINUTE
from oppspot.core.db import Database
from oppspot.core.ids import new_id

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)
NINE_TO_FIVE = (((540, 1020),),) * 5 + ((), ())
TEN_TO_SIX = (((600, 1080),),) * 5 + ((), ())
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ADA, BO, CY = (new_id() for _ in range(3))
NORTH, SOUTH = new_id(), new_id()


def _calendars(**said: object) -> OrgCalendars:
    return OrgCalendars(*YEAR, **said)  # type: ignore[arg-type]


def test_where_nothing_is_said_everybody_works_around_the_clock() -> None:
    calendars = _calendars(workers={ADA: Worker("UTC")})
    assert calendars.of_rep(ADA) == calendars.of_rep(BO) == calendars.of_organisation == ALWAYS_OPEN


def test_own_hours_come_before_the_teams_and_those_before_the_organisations() -> None:
    calendars = _calendars(
        zone="Europe/Paris",
        hours=Hours(NINE_TO_FIVE, "Europe/Paris"),
        teams={NORTH: Hours(TEN_TO_SIX, "Europe/Oslo")},
        workers={
            ADA: Worker("Asia/Tokyo", Hours(NINE_TO_FIVE, "Asia/Tokyo"), (NORTH,)),
            BO: Worker("Asia/Tokyo", team_ids=(NORTH,)),
            CY: Worker("Asia/Tokyo"),
        },
    )
    found = {rep: (calendars.composed(rep).hours_from, calendars.of_rep(rep).zone) for rep in (ADA, BO, CY)}
    assert found == {
        ADA: ("own", "Asia/Tokyo"),
        BO: ("team", "Europe/Oslo"),
        CY: ("organisation", "Europe/Paris"),
    }
    assert calendars.of_rep(BO).week == TEN_TO_SIX


def test_hours_without_a_zone_are_on_each_persons_own_clock() -> None:
    calendars = _calendars(
        zone="Europe/Paris", hours=Hours(NINE_TO_FIVE), workers={ADA: Worker("Asia/Tokyo"), BO: Worker("Europe/Rome")}
    )
    assert [calendars.of_rep(rep).zone for rep in (ADA, BO)] == ["Asia/Tokyo", "Europe/Rome"]
    assert calendars.of_organisation.zone == "Europe/Paris"


def test_who_is_in_two_teams_works_by_the_one_the_lead_is_for() -> None:
    teams = {NORTH: Hours(NINE_TO_FIVE, "Europe/Oslo"), SOUTH: Hours(TEN_TO_SIX, "Europe/Rome")}
    calendars = _calendars(teams=teams, workers={ADA: Worker("UTC", team_ids=(SOUTH, NORTH))})
    assert calendars.of_rep(ADA, NORTH).zone == "Europe/Oslo"
    assert calendars.of_rep(ADA).zone == "Europe/Rome"  # the first by name


def test_holidays_are_those_of_the_nearest_country_and_the_organisations_closing_days() -> None:
    calendars = _calendars(
        hours=Hours(None, None, "DE", "BY"),
        teams={NORTH: Hours(None, None, "US")},
        closings=(Closing(date(2026, 12, 24), "Year's end"), Closing(date(2026, 10, 12), "Columbus Day", works=True)),
        workers={ADA: Worker("UTC"), BO: Worker("UTC", team_ids=(NORTH,))},
    )
    bavaria, america = calendars.of_rep(ADA).holidays, calendars.of_rep(BO).holidays
    assert bavaria[date(2026, 6, 4)] == "Corpus Christi"
    assert america[date(2026, 11, 26)] == "Thanksgiving Day"
    assert date(2026, 11, 26) not in bavaria
    assert bavaria[date(2026, 12, 24)] == america[date(2026, 12, 24)] == "Year's end"
    assert date(2026, 10, 12) not in america
    assert calendars.of_rep(ADA).week == EVERY_MINUTE
    assert not is_open([calendars.of_rep(BO)], datetime(2026, 11, 26, 12, tzinfo=UTC))


def test_absences_that_follow_each_other_are_one() -> None:
    off = (
        TimeOff(NOW - 2 * DAY, NOW + DAY, BO),
        TimeOff(NOW - DAY, NOW - DAY / 2),
        TimeOff(NOW + DAY, NOW + 3 * DAY),
        TimeOff(NOW + 4 * DAY, NOW + 5 * DAY),
    )
    calendars = _calendars(workers={ADA: Worker("UTC", absences=off), BO: Worker("UTC")})
    assert calendars.absent_until(ADA, NOW) == NOW + 3 * DAY == next_open([calendars.of_rep(ADA)], NOW)
    assert calendars.absent_until(ADA, NOW - 3 * DAY) is None
    assert calendars.absent_until(BO, NOW) is None
    assert calendars.cover_of(ADA, NOW) == BO
    assert calendars.cover_of(ADA, NOW + 2 * DAY) is None


def _away(cover: UUID | None) -> tuple[TimeOff, ...]:
    return (TimeOff(NOW - DAY, NOW + DAY, cover),)


@pytest.mark.parametrize(
    ("bo", "cy", "expected"),
    [
        (Worker("UTC"), Worker("UTC"), BO),
        (Worker("UTC", absences=_away(CY)), Worker("UTC"), CY),
        (Worker("UTC", absences=_away(CY)), Worker("UTC", absences=_away(BO)), None),
        (Worker("UTC", absences=_away(None)), Worker("UTC"), None),
        (Worker("UTC", active=False), Worker("UTC"), None),
    ],
    ids=["here", "away and covered", "each covers the other", "away and not covered", "left"],
)
def test_a_cover_who_is_away_is_covered_in_turn(bo: Worker, cy: Worker, expected: UUID | None) -> None:
    calendars = _calendars(workers={ADA: Worker("UTC", absences=_away(BO)), BO: bo, CY: cy})
    assert calendars.cover_of(ADA, NOW) == expected


def test_the_hours_of_a_country_are_those_of_its_main_zone_on_its_own_working_days() -> None:
    germany, arabia = _calendars().of_country("DE"), _calendars().of_country("SA")
    assert germany is not None
    assert arabia is not None
    assert (germany.zone, germany.week) == ("Europe/Berlin", NINE_TO_FIVE)
    assert date(2026, 10, 3) in germany.holidays
    assert (arabia.zone, [bool(blocks) for blocks in arabia.week]) == (
        "Asia/Riyadh",
        [True, True, True, True, False, False, True],
    )
    assert _calendars().of_country("ZZ") is None


def test_every_main_zone_is_a_zone_and_every_country_with_one_has_a_week() -> None:
    listed = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    countries = {line.split("\t")[0] for line in listed if not line.startswith("#")}
    assert len(countries) > 200
    for country in countries:
        assert ZoneInfo(main_zone(country) or "")
        assert any(business_week(country))
        assert public_holidays(country, None, *YEAR) is not None
    assert [main_zone(country) for country in ("RU", "AU", "BR", "CA", "US")] == [
        "Europe/Moscow",
        "Australia/Sydney",
        "America/Sao_Paulo",
        "America/Toronto",
        "America/New_York",
    ]


async def _said(database: Database, cast: Cast) -> None:
    """Say something at every level: hours of organisation and team, a closing day, an absence with a cover."""
    org = cast.org_id
    week = {"mon": [["09:00", "17:00"]], "wed": [["09:00", "12:30"], ["13:30", "24:00"]]}
    absence = PersonalAbsence(
        org_id=org,
        rep_id=cast.rep.id,
        starts_at=NOW - DAY / 24,
        ends_at=NOW + DAY,
        all_day=False,
        time_zone="UTC",
        cover_id=cast.manager.id,
        created_at=NOW,
    )
    async with database.transaction(org) as tx:
        tx.add_all(
            [
                WorkCalendar(org_id=org, hours={}, country="DE"),
                WorkCalendar(org_id=org, team_id=cast.team_id, hours=week, time_zone="Asia/Kathmandu"),
                ClosingDay(org_id=org, day=date(2026, 12, 24), name="Closed"),
                ClosingDay(org_id=org, day=date(2026, 11, 2), name="Closed"),
                absence,
            ]
        )


@pytest.mark.anyio
@pytest.mark.db
async def test_what_is_stored_is_what_counts(database: Database, cast: Cast) -> None:
    await _said(database, cast)
    async with database.transaction(cast.org_id) as tx:
        calendars = await load_calendars(tx, cast.org_id, NOW)
    found = calendars.composed(cast.rep.id)
    assert (found.hours_from, found.holidays_from, found.country) == ("team", "organisation", "DE")
    assert found.calendar.zone == "Asia/Kathmandu"
    assert found.calendar.week[2] == ((540, 750), (810, 1440))
    assert found.calendar.holidays[date(2026, 12, 24)] == "Closed"
    assert date(2026, 12, 25) in found.calendar.holidays
    assert calendars.absent_until(cast.rep.id, NOW) == NOW + DAY
    assert calendars.cover_of(cast.rep.id, NOW) == cast.manager.id
    assert calendars.of_organisation.week == EVERY_MINUTE


@pytest.mark.anyio
@pytest.mark.db
async def test_who_counts_time_that_has_passed_says_since_when(database: Database, cast: Cast) -> None:
    await _said(database, cast)
    async with database.transaction(cast.org_id) as tx:
        near = await load_calendars(tx, cast.org_id, NOW)
        far = await load_calendars(tx, cast.org_id, NOW, since=NOW - 9 * DAY)
    assert elapsed([near.of_organisation], NOW - 9 * DAY, NOW) == 9 * DAY
    assert elapsed([far.of_organisation], NOW - 9 * DAY, NOW) == 8 * DAY


@pytest.mark.anyio
@pytest.mark.db
async def test_the_same_settings_give_the_very_same_calendar_from_one_loading_to_the_next(
    database: Database, cast: Cast
) -> None:
    await _said(database, cast)
    async with database.transaction(cast.org_id) as tx:
        once = await queries.load_calendars(tx, cast.org_id, NOW)
        again = await queries.load_calendars(tx, cast.org_id, NOW + timedelta(minutes=1))
    assert once.of_rep(cast.rep.id) is again.of_rep(cast.rep.id)
    assert once.of_country("FR") is again.of_country("FR")


@pytest.mark.anyio
@pytest.mark.db
async def test_another_organisation_sees_none_of_it(database: Database, cast: Cast, outsiders: Cast) -> None:
    await _said(database, cast)
    async with database.transaction(outsiders.org_id) as tx:
        theirs = await load_calendars(tx, outsiders.org_id, NOW)
    assert theirs.of_organisation == ALWAYS_OPEN
    assert cast.rep.id not in theirs.workers
