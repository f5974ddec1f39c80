"""Reads what a forecast is made of: what came to teams and people by weekday, what they finished, when they are off."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from oppspot.accounts.period_limits import Period
from oppspot.accounts.ramp import ramp_factor
from oppspot.calendars.business_time import intervals
from oppspot.calendars.queries import OrgCalendars, load_calendars
from oppspot.calendars.types import Calendar
from oppspot.core.db import Transaction
from oppspot.routing.forecast import HORIZON_DAYS, Forecast, Inflow, Worker, foresee, week_of
from oppspot.routing.ledger_standings import PoolStanding
from oppspot.routing.people import Rep
from oppspot.routing.queries.ledgers import Books

WEEKS: Final = 8
_NOON: Final = time(12)
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)
# Over so many working days a limit by week or month is spread.
_WORKING_DAYS: Final = {Period.DAY: 1, Period.WEEK: 5, Period.MONTH: 21}

_FLOWS = text(
    """
    SELECT 'team' AS what, split_part(split_part(pool, '/rule:', 1), ':', 2) AS who,
           CAST(extract(isodow FROM assigned_at AT TIME ZONE :zone) AS integer) - 1 AS weekday,
           sum(units) AS units, count(*) AS leads, min(assigned_at) AS first
    FROM assignments WHERE org_id = :org_id AND assigned_at >= :since AND assigned_at < :until AND pool LIKE 'team:%'
    GROUP BY 2, 3
    UNION ALL
    SELECT 'otherwise', CAST(rep_id AS text),
           CAST(extract(isodow FROM assigned_at AT TIME ZONE :zone) AS integer) - 1,
           sum(units), count(*), min(assigned_at)
    FROM assignments WHERE org_id = :org_id AND assigned_at >= :since AND assigned_at < :until AND pool IS NULL
    GROUP BY 2, 3
    UNION ALL
    SELECT 'finished', CAST(rep_id AS text),
           CAST(extract(isodow FROM ended_at AT TIME ZONE :zone) AS integer) - 1,
           sum(units), count(*), min(assigned_at)
    FROM assignments WHERE org_id = :org_id AND ended_at >= :since AND ended_at < :until
    GROUP BY 2, 3
    """,
)
_PROFILES = text(
    "SELECT p.user_id AS id, p.ramp_from, p.available, p.paused_until, u.created_at "
    "FROM rep_profiles AS p JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id WHERE p.org_id = :org_id",
)


class _Window(NamedTuple):
    """From the first day that counts up to today, where the organisation is."""

    since: date
    today: date
    zone: ZoneInfo

    def days_from(self, moment: datetime) -> list[date]:
        """Return the days of the window that have passed since a moment."""
        begin = max(self.since, moment.astimezone(self.zone).date())
        return [begin + timedelta(days=each) for each in range((self.today - begin).days)]

    def coming(self) -> list[date]:
        """Return today and the days a forecast looks ahead."""
        return [self.today + timedelta(days=each) for each in range(HORIZON_DAYS + 1)]

    def midnight(self, day: date) -> datetime:
        """Return when a day begins."""
        return datetime.combine(day, time(), self.zone)

    def noon(self, day: date) -> datetime:
        """Return the middle of a day: who is absent then is away that day."""
        return datetime.combine(day, _NOON, self.zone)


@dataclass(slots=True)
class _Flow:
    """Units by weekday, how many leads they were, and the first of them."""

    units: dict[int, float]
    leads: int = 0
    first: datetime | None = None


async def foresee_teams(tx: Transaction, org_id: UUID, books: Books, now: datetime) -> dict[UUID, Forecast]:
    """Return when each team of the books is full, in a handful of statements."""
    zone = ZoneInfo(books.calendars.of_organisation.zone)
    today = now.astimezone(zone).date()
    window = _Window(today - timedelta(weeks=WEEKS), today, zone)
    since, until = (datetime.combine(day, time(), zone) for day in (window.since, today))
    asked = {"org_id": org_id, "zone": str(zone), "since": since, "until": until}
    flows = _read_flows((await tx.execute(_FLOWS, asked)).all())
    calendars = await load_calendars(tx, org_id, now, since=since)
    profiles = {row.id: row for row in await tx.execute(_PROFILES, {"org_id": org_id})}
    by_weight = {
        member.rep.id for pool in books.pools if pool.by_weight for member in pool.members if member.takes_turns
    }
    teams = {pool.id.team_id: pool for pool in books.pools if pool.in_use}
    at_any_hour = {pool.id.team_id for pool in books.pools if pool.in_use and _gives_at_any_hour(pool)}
    at_work = {each.rep.id for team_id in teams.keys() - at_any_hour for each in teams[team_id].members}
    workers = [
        replace(
            _worker(rep, profiles[rep.id], flows, calendars, window, weighs=rep.id in by_weight),
            # Days are looked up only for whom they decide anything.
            off=_days_off(calendars.of_rep(rep.id), window) if rep.id in at_work else frozenset(),
        )
        for rep in books.reps
        if rep.active and rep.joined and rep.id in profiles
    ]
    inflows = [
        replace(
            _inflow(team_id, [each.rep.id for each in pool.members], flows["team"].get(str(team_id)), window),
            only_at_work=team_id not in at_any_hour,
        )
        for team_id, pool in teams.items()
    ]
    return foresee(inflows, workers, today)


def _gives_at_any_hour(pool: PoolStanding) -> bool:
    return pool.is_default or any(not rule.settings.heeds_hours for rule in pool.rules)


Flows = Mapping[str, dict[str, _Flow]]


def _read_flows(rows: Sequence[Any]) -> Flows:
    found: dict[str, dict[str, _Flow]] = defaultdict(dict)
    for row in rows:
        flow = found[row.what].setdefault(row.who, _Flow({}))
        flow.units[row.weekday] = float(row.units)
        flow.leads += row.leads
        flow.first = min(flow.first, row.first) if flow.first else row.first
    return found


def _mean_units(flows: Flows) -> float:
    given = [flow for what in ("team", "otherwise") for flow in flows[what].values()]
    leads = sum(flow.leads for flow in given)
    return sum(sum(flow.units.values()) for flow in given) / leads if leads else 1.0


def _inflow(team_id: UUID, members: Sequence[UUID], flow: _Flow | None, window: _Window) -> Inflow:
    """Return what a team was given since its first lead in the window."""
    days = window.days_from(flow.first) if flow and flow.first else []
    return Inflow(team_id, tuple(members), week_of(flow.units if flow else {}, _by_weekday(days)), len(days))


def _by_weekday(days: Sequence[date]) -> list[int]:
    return [sum(day.weekday() == weekday for day in days) for weekday in range(7)]


def _worker(rep: Rep, profile: Any, flows: Flows, calendars: OrgCalendars, window: _Window, *, weighs: bool) -> Worker:
    """Return a rep as the forecast takes them; days off say nothing of what they finish on such a weekday."""
    calendar = calendars.of_rep(rep.id)

    def is_away(day: date) -> bool:
        noon = window.noon(day)
        return any(each.start <= noon < each.end for each in calendar.absences)

    past, coming = window.days_from(profile.created_at), window.coming()
    finished, otherwise = flows["finished"].get(str(rep.id)), flows["otherwise"].get(str(rep.id))
    counted = [day for day in past if day not in calendar.holidays and not is_away(day)]
    mean_units = _mean_units(flows)
    caps = [limit.leads * mean_units / _WORKING_DAYS[limit.per] for limit in rep.limits if limit.per in _WORKING_DAYS]
    return Worker(
        id=rep.id,
        open_units=rep.open_count,
        max_open=rep.max_open,
        weight=float(rep.weight) if weighs else 1.0,
        finishes=week_of(finished.units if finished else {}, _by_weekday(counted)),
        otherwise=week_of(otherwise.units if otherwise else {}, _by_weekday(past)),
        a_day=min(caps, default=None),
        away=frozenset(day for day in coming if is_away(day)),
        paused=frozenset(_paused(profile, coming, window.zone)),
        holidays=frozenset(calendar.holidays).intersection(coming),
        ramp={day: float(ramp_factor(profile.ramp_from, day)) for day in coming} if weighs else None,
    )


def _days_off(calendar: Calendar, window: _Window) -> frozenset[date]:
    """Return the days to come without working time, as days are where the organisation is: it may be in its night."""
    days, working = window.coming(), set[date]()
    for opens, closes in intervals([calendar], window.midnight(days[0]), window.midnight(days[-1] + _DAY)):
        day, last = (each.astimezone(window.zone).date() for each in (opens, closes - _MOMENT))
        working.update(day + timedelta(days=each) for each in range((last - day).days + 1))
    return frozenset(days) - working


def _paused(profile: Any, coming: Sequence[date], zone: ZoneInfo) -> list[date]:
    if profile.available:
        return []
    until = profile.paused_until.astimezone(zone).date() if profile.paused_until else date.max
    return [day for day in coming if day < until]
