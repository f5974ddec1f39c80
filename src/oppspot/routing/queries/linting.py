"""Checks a routing configuration against the people, the seats and the leads there are."""

from asyncio import to_thread
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from oppspot.calendars.queries import load_calendars
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import catalogue_with, list_attributes, load_configuration
from oppspot.corridor.sampling import load_sample
from oppspot.routing.documents import RoutingDocument, compile_config
from oppspot.routing.linting import Member, PeriodLimit, Population, Report, Seats, lint
from oppspot.routing.queries.inputs import target_names

LEADS_LOOKED_AT: Final = 500

_MEMBERS = text(
    """
    SELECT u.id, u.name, u.can_work, u.password_hash IS NOT NULL AS joined, p.weight, p.max_open, p.available,
           p.skills, p.territories, p.limits,
           (SELECT array_agg(m.team_id) FROM team_members AS m WHERE m.org_id = u.org_id AND m.user_id = u.id) AS teams
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    WHERE p.org_id = :org_id
    ORDER BY u.id
    """,
)
_SEATS = text(
    "SELECT id::text AS id, role = 'owner' AS is_owner, password_hash IS NOT NULL AS joined FROM users "
    "WHERE org_id = :org_id AND can_work"
)


async def lint_routing(tx: Transaction, org_id: UUID, document: RoutingDocument | None, now: datetime) -> Report:
    """Return what is wrong with a document, or with what is live; raises Invalid for what could not decide at all."""
    configuration = await load_configuration(tx, org_id)
    config = configuration.routing
    if document is not None:
        catalogue = catalogue_with(await list_attributes(tx, org_id))
        config = compile_config(document, "", catalogue, await target_names(tx, org_id))
        configuration = replace(configuration, routing=config)
    sample = await load_sample(tx, org_id, configuration, now, number=LEADS_LOOKED_AT)
    people, seats = await _list_members(tx, org_id, now), await _find_seats(tx, org_id)
    # In a thread of its own: a large set of rules takes seconds, in which others want to be answered.
    return await to_thread(lint, config, people, Population(sample.rows, sample.per_week), seats, now)


async def _list_members(tx: Transaction, org_id: UUID, now: datetime) -> list[Member]:
    calendars = await load_calendars(tx, org_id, now)

    def back(rep_id: UUID) -> datetime | None:
        moment = calendars.absent_until(rep_id, now)
        return moment and moment.astimezone(ZoneInfo(calendars.of_rep(rep_id).zone))

    return [
        Member(
            id=row.id,
            name=row.name,
            team_ids=frozenset(row.teams or ()),
            skills=row.skills,
            territories=frozenset(row.territories),
            limits=tuple(PeriodLimit(limit["leads"], limit["per"]) for limit in row.limits),
            max_open=row.max_open,
            weight=float(row.weight),
            active=row.can_work,
            joined=row.joined,
            available=row.available,
            away_until=back(row.id),
        )
        for row in await tx.execute(_MEMBERS, {"org_id": org_id})
    ]


async def _find_seats(tx: Transaction, org_id: UUID) -> Seats:
    rows = (await tx.execute(_SEATS, {"org_id": org_id})).all()
    here = [row for row in rows if row.joined]
    invited = frozenset(row.id for row in rows if not row.joined)
    return Seats(frozenset(row.id for row in here), any(row.is_owner for row in here), invited)
