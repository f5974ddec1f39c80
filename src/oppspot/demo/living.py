"""Lets an example organisation live through its year: leads come in, are taken up, learnt about, ended.

Everything that decides is the product's own: leads go through the corridor as of their day.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.actor import Actor, system_actor
from oppspot.core.db import Database, Transaction
from oppspot.core.events import Happening, record_events
from oppspot.corridor.checking import check_intake
from oppspot.corridor.pipeline import amend, take_in
from oppspot.corridor.types import Cause, Intake, LeadState
from oppspot.demo.generating import MadeLead
from oppspot.leads.types import LeadInput, Rejected
from oppspot.leads.validating import validate_lead

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SEED: Final = Cause("seed", is_quiet=True)

Report = Callable[[int], None]


@dataclass(slots=True)
class _Year:
    """What is known while the year goes by: which made-up lead became which, and what is still to come."""

    org_id: UUID
    ids: dict[int, UUID] = field(default_factory=dict)


async def live_through(
    database: Database, org_id: UUID, leads: Sequence[MadeLead], start: datetime, now: datetime, report: Report
) -> None:
    """Play leads into an organisation from `start` to `now`; `report` is told how many came in with each stretch."""
    year = _Year(org_id)
    arrivals, takes, lessons, endings = (
        _by_stretch(leads, moment, start, now)
        for moment in (
            lambda lead: lead.arrives_at,
            lambda lead: lead.accepted_at,
            lambda lead: lead.learnt_at,
            lambda lead: lead.ended_at,
        )
    )
    for stretch in _stretches(start, now):
        await _play(
            database, year, leads, stretch, [part.get(stretch, []) for part in (arrivals, takes, lessons, endings)]
        )
        report(len(arrivals.get(stretch, [])))


def _stretches(start: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the ends of the stretches: three days, shorter towards the end, hours on the last day."""
    moment = start
    while moment < now:
        left = now - moment
        moment = min(moment + (_HOUR if left <= _DAY else _DAY if left <= 10 * _DAY else 3 * _DAY), now)
        yield moment


def _by_stretch(
    leads: Sequence[MadeLead],
    moment_of: Callable[[MadeLead], datetime | None],
    start: datetime,
    now: datetime,
) -> Mapping[datetime, list[int]]:
    ends = list(_stretches(start, now))
    found: dict[datetime, list[int]] = {}
    moments = [(moment, number) for number, lead in enumerate(leads) if (moment := moment_of(lead)) is not None]
    place = 0
    for moment, number in sorted(moments):
        while place < len(ends) - 1 and ends[place] < moment:
            place += 1
        found.setdefault(ends[place], []).append(number)
    return found


async def _play(
    database: Database, year: _Year, leads: Sequence[MadeLead], end: datetime, parts: Sequence[Sequence[int]]
) -> None:
    arrivals, takes, lessons, endings = parts
    if not any(parts):
        return
    actor = system_actor(year.org_id)
    async with database.transaction(year.org_id) as tx:
        await _arrive(tx, actor, year, leads, arrivals, end)
        await _accept(tx, actor, year, leads, [number for number in takes if number in year.ids], end)
        await _learn(tx, actor, year, leads, [number for number in lessons if number in year.ids], end)
        await _end(tx, actor, year, leads, [number for number in endings if number in year.ids], end)


async def _arrive(
    tx: Transaction, actor: Actor, year: _Year, leads: Sequence[MadeLead], numbers: Sequence[int], end: datetime
) -> None:
    intakes = [_intake(leads[number].document, end) for number in numbers]
    results = await take_in(tx, actor, intakes, end, _SEED)
    year.ids |= {number: result.id for number, result in zip(numbers, results, strict=True)}


def _intake(document: Mapping[str, Any], now: datetime) -> Intake:
    lead = validate_lead(dict(document))
    checked = check_intake(lead, "form", now) if isinstance(lead, LeadInput) else lead
    if isinstance(checked, Rejected):
        raise ValueError(f"a made-up lead is not accepted: {checked.problems}")  # noqa: TRY004 — not about its type
    return checked


async def _learn(
    tx: Transaction, actor: Actor, year: _Year, leads: Sequence[MadeLead], numbers: Sequence[int], end: datetime
) -> None:
    lessons = {year.ids[number]: _lesson(leads[number], end) for number in numbers}

    def apply(state: LeadState) -> None:
        lesson = lessons[state.id]
        state.new_claims.extend(lesson.claims)
        state.claims.extend(lesson.claims)
        state.new_events.extend(lesson.events)
        state.events.extend(lesson.events)

    await amend(tx, actor, list(lessons), apply, end, _SEED)


def _lesson(lead: MadeLead, now: datetime) -> Intake:
    return _intake({"external_id": "lesson", "claims": list(lead.later_claims), "events": list(lead.later_events)}, now)


_ACCEPT = text(
    """
    UPDATE assignments AS a SET status = 'accepted', accepted_at = r.at,
           sla_breached_at = CASE WHEN r.at > a.sla_due_at THEN a.sla_due_at END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz)
    WHERE a.org_id = :org_id AND a.lead_id = r.lead_id AND a.status = 'assigned' RETURNING a.lead_id, a.rep_id
    """,
)
_WORKING = text(
    "UPDATE leads SET status = 'working', sla_due_at = NULL WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[]))",
)


async def _accept(
    tx: Transaction, actor: Actor, year: _Year, leads: Sequence[MadeLead], numbers: Sequence[int], end: datetime
) -> None:
    rows = [{"lead_id": year.ids[number], "at": leads[number].accepted_at} for number in numbers]
    taken = (await tx.execute(_ACCEPT, {"org_id": year.org_id, "rows": json.dumps(rows)})).all() if rows else []
    if taken:
        await tx.execute(_WORKING, {"org_id": year.org_id, "ids": [str(row.lead_id) for row in taken]})
    happenings = [Happening("assignment.accepted", row.lead_id, {"rep_id": row.rep_id}) for row in taken]
    await record_events(tx, actor, happenings, end)


_COMPLETE = text(
    """
    UPDATE assignments AS a SET status = 'completed', completed_at = r.at, ended_at = r.at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz, ending text)
    WHERE a.org_id = :org_id AND a.lead_id = r.lead_id AND a.status IN ('assigned', 'accepted', 'working')
    RETURNING a.lead_id, a.rep_id
    """,
)
_ENDED = text(
    """
    UPDATE leads AS l SET status = r.ending, sla_due_at = NULL, next_check_at = NULL, updated_at = r.at,
           stage = CASE r.ending WHEN 'converted' THEN 'customer' ELSE l.stage END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz, ending text)
    WHERE l.org_id = :org_id AND l.id = r.lead_id
    """,
)


async def _end(
    tx: Transaction, actor: Actor, year: _Year, leads: Sequence[MadeLead], numbers: Sequence[int], end: datetime
) -> None:
    rows = [
        {"lead_id": year.ids[number], "at": leads[number].ended_at, "ending": leads[number].ending}
        for number in numbers
    ]
    if not rows:
        return
    parameters = {"org_id": year.org_id, "rows": json.dumps(rows)}
    done = {row.lead_id: row.rep_id for row in await tx.execute(_COMPLETE, parameters)}
    await tx.execute(_ENDED, parameters)
    happenings = [
        Happening(
            "assignment.completed",
            year.ids[number],
            {"rep_id": done.get(year.ids[number]), "ending": leads[number].ending},
        )
        for number in numbers
    ]
    await record_events(tx, actor, happenings, end)
