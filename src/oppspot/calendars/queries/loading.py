"""Reads all calendars of an organisation, in two statements whatever their number."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from oppspot.calendars.business_time import HORIZON
from oppspot.calendars.organisation import Closing, Hours, OrgCalendars, TimeOff, Worker, hours_of, week_of
from oppspot.core.db import Transaction

_DAY = timedelta(days=1)

_SAID = text(
    """
    SELECT o.time_zone,
           (SELECT jsonb_agg(jsonb_build_object('team_id', c.team_id, 'hours', c.hours, 'time_zone', c.time_zone,
                                                'country', c.country, 'subdivision', c.subdivision))
            FROM calendars AS c WHERE c.org_id = o.id) AS calendars,
           (SELECT jsonb_agg(jsonb_build_array(d.day, d.name, d.works) ORDER BY d.day)
            FROM closing_days AS d WHERE d.org_id = o.id AND d.day BETWEEN :first AND :last) AS closings
    FROM organisations AS o WHERE o.id = :org_id
    """,
)

_PEOPLE = text(
    """
    SELECT u.id, u.active, p.time_zone, p.working_hours, p.country, p.subdivision,
           (SELECT array_agg(m.team_id ORDER BY lower(t.name), t.id)
            FROM team_members AS m JOIN teams AS t ON t.org_id = m.org_id AND t.id = m.team_id
            WHERE m.org_id = u.org_id AND m.user_id = u.id) AS teams,
           off.absences
    FROM users AS u
    LEFT JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id
    LEFT JOIN (
        SELECT a.rep_id, jsonb_agg(
                   jsonb_build_array(a.starts_at, a.ends_at, a.cover_id) ORDER BY a.starts_at, a.ends_at, a.id
               ) AS absences
        FROM absences AS a
        WHERE a.org_id = :org_id AND a.ends_at > :since AND a.starts_at < :until
        GROUP BY a.rep_id
    ) AS off ON off.rep_id = u.id
    WHERE u.org_id = :org_id
    """,
)


async def load_calendars(
    tx: Transaction, org_id: UUID, now: datetime, *, since: datetime | None = None
) -> OrgCalendars:
    """Return the organisation's calendars, with holidays and absences from a day before `now` to HORIZON after it.

    Who counts time that has passed says `since` when, or holidays before yesterday count as work.
    """
    start, end = (since or now).astimezone(UTC) - _DAY, now.astimezone(UTC) + HORIZON
    bounds = {"org_id": org_id, "first": start.date(), "last": end.date()}
    said = (await tx.execute(_SAID, bounds)).one()
    people = await tx.execute(_PEOPLE, {"org_id": org_id, "since": start, "until": end})
    levels = {calendar["team_id"]: hours_of(calendar) for calendar in said.calendars or ()}
    return OrgCalendars(
        first=start.date(),
        last=end.date(),
        zone=said.time_zone,
        hours=levels.pop(None, Hours()),
        teams={UUID(team_id): hours for team_id, hours in levels.items()},
        closings=tuple(Closing(date.fromisoformat(day), name, works) for day, name, works in said.closings or ()),
        workers={row.id: _worker(row, said.time_zone) for row in people},
    )


def _worker(row: Row[Any], default_zone: str) -> Worker:
    zone = row.time_zone or default_zone
    own = Hours(week_of(row.working_hours or {}), zone, row.country, row.subdivision)
    return Worker(zone, own, tuple(row.teams or ()), tuple(_time_off(*item) for item in row.absences or ()), row.active)


def _time_off(start: str, end: str, cover_id: str | None) -> TimeOff:
    first, last = (datetime.fromisoformat(moment).astimezone(UTC) for moment in (start, end))
    return TimeOff(first, last, UUID(cover_id) if cover_id else None)
