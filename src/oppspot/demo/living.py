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
from oppspot.routing.services.outcomes import count_outcomes

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_SEED: Final = Cause("seed", is_quiet=True)

Report = Callable[[int], None]


@dataclass(slots=True)
class _Year:
    """What is known while the year goes by: which made-up lead became which, and what is still to come."""

    org_id: UUID
    now: datetime
    ids: dict[int, UUID] = field(default_factory=dict)
    # Ended before anybody was given them: they come in at the end of a stretch, so they end in the next one.
    overtaken: list[int] = field(default_factory=list)


async def live_through(
    database: Database, org_id: UUID, leads: Sequence[MadeLead], start: datetime, now: datetime, report: Report
) -> None:
    """Play leads into an organisation from `start` to `now`; `report` is told how many came in with each stretch."""
    year = _Year(org_id, now)
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
        async with database.transaction(org_id) as tx:
            await count_outcomes(tx, org_id, stretch)
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
    """Play a stretch: first what becomes of leads that are here, for whoever is given more then has room again."""
    arrivals, takes, lessons, endings = parts
    if not any(parts) and not year.overtaken:
        return
    actor, here = system_actor(year.org_id), set(year.ids)
    ending = [*year.overtaken, *(number for number in endings if number in here)]
    year.overtaken = [number for number in endings if number not in here]
    async with database.transaction(year.org_id) as tx:
        await _accept(tx, actor, year, leads, [number for number in takes if number in here], end)
        await _end(tx, actor, year, leads, ending, end)
        await _learn(tx, actor, year, leads, [number for number in lessons if number in here], end)
        await _arrive(tx, actor, year, leads, arrivals, end)
        await _accept(tx, actor, year, leads, [number for number in takes if number not in here], end)
        await _learn(tx, actor, year, leads, [number for number in lessons if number not in here], end)


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
    UPDATE assignments AS a SET status = 'accepted', accepted_at = taken.at,
           sla_breached_at = CASE WHEN taken.at > a.sla_due_at THEN a.sla_due_at END
    FROM (SELECT h.id, r.lead_id, least(h.assigned_at + r.seconds * interval '1 second', :now) AS at
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, seconds float)
          JOIN assignments AS h ON h.org_id = :org_id AND h.lead_id = r.lead_id AND h.status = 'assigned') AS taken
    WHERE a.org_id = :org_id AND a.id = taken.id RETURNING a.lead_id, a.rep_id
    """,
)
_TOUCH = text(
    """
    UPDATE sla_clocks AS c SET met_at = a.accepted_at, met_by = 'accepted',
           breached_at = CASE WHEN a.accepted_at > c.due_at THEN c.due_at END, next_step_at = NULL, next_action = NULL
    FROM assignments AS a
    WHERE a.org_id = :org_id AND a.lead_id = ANY(CAST(:ids AS uuid[])) AND a.status = 'accepted'
      AND c.org_id = a.org_id AND c.lead_id = a.lead_id AND c.kind = 'first_touch' AND c.met_at IS NULL
      AND c.stopped_at IS NULL
    """,
)
_WORKING = text(
    "UPDATE leads SET status = 'working', sla_due_at = NULL WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[]))",
)


async def _accept(
    tx: Transaction, actor: Actor, year: _Year, leads: Sequence[MadeLead], numbers: Sequence[int], end: datetime
) -> None:
    # As long after they were given away as it takes people: the corridor gives a stretch's leads away at its end.
    rows = [{"lead_id": year.ids[number], "seconds": leads[number].seconds_to_accept} for number in numbers]
    parameters = {"org_id": year.org_id, "rows": json.dumps(rows), "now": year.now}
    taken = (await tx.execute(_ACCEPT, parameters)).all() if rows else []
    if taken:
        accepted = {"org_id": year.org_id, "ids": [str(row.lead_id) for row in taken]}
        await tx.execute(_TOUCH, accepted)
        await tx.execute(_WORKING, accepted)
    happenings = [Happening("assignment.accepted", row.lead_id, {"rep_id": row.rep_id}) for row in taken]
    await record_events(tx, actor, happenings, end)


_COMPLETE = text(
    """
    UPDATE assignments AS a SET status = 'completed', completed_at = done.at, ended_at = done.at
    FROM (SELECT h.id, greatest(r.at, h.accepted_at, h.assigned_at + interval '1 minute') AS at
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz, ending text)
          JOIN assignments AS h ON h.org_id = :org_id AND h.lead_id = r.lead_id
              AND h.status IN ('assigned', 'accepted', 'working')) AS done
    WHERE a.org_id = :org_id AND a.id = done.id
    RETURNING a.lead_id, a.rep_id
    """,
)
_STOP = text(
    """
    UPDATE sla_clocks AS c SET
        met_at = CASE WHEN c.kind = 'qualify' THEN r.at END, met_by = CASE WHEN c.kind = 'qualify' THEN 'completed' END,
        breached_at = CASE WHEN c.kind = 'qualify' AND r.at > c.due_at THEN c.due_at ELSE c.breached_at END,
        stopped_at = CASE WHEN c.kind <> 'qualify' THEN r.at END, next_step_at = NULL, next_action = NULL
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz)
    WHERE c.org_id = :org_id AND c.lead_id = r.lead_id AND c.met_at IS NULL AND c.stopped_at IS NULL
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


# Whoever wins the first customer of a company looks after it from then on.
_ACCOUNTS = text(
    """
    UPDATE companies AS c SET owner_id = won.rep_id
    FROM (SELECT DISTINCT ON (l.company_id) l.company_id, a.rep_id
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(lead_id uuid, at timestamptz, ending text)
          JOIN leads AS l ON l.org_id = :org_id AND l.id = r.lead_id
          JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id AND a.status = 'completed'
          WHERE r.ending = 'converted' AND l.company_id IS NOT NULL ORDER BY l.company_id, r.at) AS won
    WHERE c.org_id = :org_id AND c.id = won.company_id AND c.owner_id IS NULL
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
    await tx.execute(_ACCOUNTS, parameters)
    await tx.execute(_STOP, parameters)
    happenings = [
        Happening(
            "assignment.completed",
            year.ids[number],
            {"rep_id": done.get(year.ids[number]), "ending": leads[number].ending},
        )
        for number in numbers
    ]
    await record_events(tx, actor, happenings, end)
