"""Reads how things stand for a redistribution: the open leads of those who may give, and everybody who could get."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.calendars.queries import OrgCalendars, load_calendars
from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.routing import owners_of
from oppspot.leads.queries.accounts import load_account_facts
from oppspot.routing.lanes import pool_key
from oppspot.routing.people import Rep
from oppspot.routing.queries.inputs import list_reps, load_ledgers
from oppspot.routing.queries.office import load_office
from oppspot.routing.record_forms import read_lead
from oppspot.routing.redistribution.rules import Situation
from oppspot.routing.redistribution.types import HeldLead, Holding, Scope, ScopeKind
from oppspot.routing.types import RoutableLead, RoutingConfig, Target, TargetKind

_HELD: Final = text(
    """
    SELECT a.id AS assignment_id, a.lead_id, a.rep_id, a.status, a.units, a.value, a.rule_id,
           l.score_overall, l.sla_due_at, l.company_id,
           p.country AS "lead.country", o.country AS "company.country", o.region AS "company.region",
           o.postcode AS "company.postcode", o.industry AS "company.industry", o.employees AS "company.employees",
           o.name AS "company.name", o.domain AS "company.domain",
           (SELECT array_agg(b.rep_id) FROM assignments AS b
            WHERE b.org_id = a.org_id AND b.lead_id = a.lead_id AND b.status IN ('rejected', 'reassigned')) AS previous
    FROM assignments AS a
    JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    WHERE a.org_id = :org_id AND a.rep_id = ANY(CAST(:rep_ids AS uuid[]))
      AND a.status IN ('assigned', 'accepted', 'working')
    ORDER BY a.lead_id
    """,
)
_HOLDINGS: Final = text(
    "SELECT rep_id, count(*), sum(value) FROM assignments "
    "WHERE org_id = :org_id AND status IN ('assigned', 'accepted', 'working') GROUP BY rep_id",
)
# What routing saw of a lead when it last decided on it.
_SEEN: Final = text(
    "SELECT DISTINCT ON (lead_id) lead_id, record -> 'lead' AS lead FROM routing_decisions "
    "WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) ORDER BY lead_id, at DESC, id DESC",
)


async def load_situation(
    tx: Transaction, org_id: UUID, scope: Scope, config: RoutingConfig, now: datetime
) -> Situation:
    """Return the situation that `scope` is about, in a handful of statements however many leads there are."""
    if scope.kind is ScopeKind.TEAM and scope.team_id:
        return await load_teams(tx, org_id, [scope.team_id], config, now)
    calendars = await load_calendars(tx, org_id, now)
    reps = await list_reps(tx, org_id, config, calendars, now)
    return await _load(tx, org_id, scope.rep_ids, reps, calendars, config)


async def load_teams(
    tx: Transaction, org_id: UUID, team_ids: Sequence[UUID], config: RoutingConfig, now: datetime
) -> Situation:
    """Return the situation that the members of all these teams are in, in as many statements as that of one."""
    calendars = await load_calendars(tx, org_id, now)
    reps = await list_reps(tx, org_id, config, calendars, now)
    members = [rep.id for rep in reps if not rep.team_ids.isdisjoint(team_ids)]
    return await _load(tx, org_id, members, reps, calendars, config)


async def load_people(tx: Transaction, org_id: UUID, now: datetime) -> list[Rep]:
    """Return everybody as routing knows them now, under the live configuration."""
    config = (await load_configuration(tx, org_id)).routing
    return await list_reps(tx, org_id, config, await load_calendars(tx, org_id, now), now)


def of_team(situation: Situation, team_id: UUID) -> Situation:
    """Return the situation of one team, out of that of several."""
    members = {rep.id for rep in situation.reps if team_id in rep.team_ids}
    return replace(situation, leads=[held for held in situation.leads if held.holder_id in members])


async def _load(
    tx: Transaction,
    org_id: UUID,
    givers: Sequence[UUID],
    reps: Sequence[Rep],
    calendars: OrgCalendars,
    config: RoutingConfig,
) -> Situation:
    holdings = {row[0]: Holding(row[1], row[2]) for row in await tx.execute(_HOLDINGS, {"org_id": org_id})}
    teams = {team_id for rep in reps if rep.id in set(givers) for team_id in rep.team_ids}
    pools = sorted(pool_key(Target(TargetKind.TEAM, team_id)) for team_id in teams)
    return Situation(
        leads=await _load_held(tx, org_id, givers, config),
        holdings=holdings,
        reps=reps,
        ledgers=await load_ledgers(tx, org_id, pools),
        office=await load_office(tx, org_id, config.policies.sla, calendars),
    )


async def _load_held(tx: Transaction, org_id: UUID, rep_ids: Sequence[UUID], config: RoutingConfig) -> list[HeldLead]:
    rows = (await tx.execute(_HELD, {"org_id": org_id, "rep_ids": uuid_array(rep_ids)})).all()
    live = {rule.id for rule in config.live_rules}
    # Who may have a lead whose rule is gone is for the rule that would take it now to say: all facts are asked.
    seen = await _load_seen(tx, org_id, [row.lead_id for row in rows if row.rule_id not in live], config)
    companies = {row.company_id for row in rows if row.company_id} if config.asks_for_accounts else set()
    accounts = await load_account_facts(tx, org_id, sorted(companies))
    owners = {company_id: owners_of(facts) for company_id, facts in accounts.items()}
    return [
        HeldLead(
            assignment_id=row.assignment_id,
            lead=replace(_routable(row, seen.get(row.lead_id)), account_owners=owners.get(row.company_id, ())),
            holder_id=row.rep_id,
            status=row.status,
            units=row.units,
            rule_id=row.rule_id,
            due_at=row.sla_due_at,
        )
        for row in rows
    ]


async def _load_seen(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], config: RoutingConfig
) -> dict[UUID, RoutableLead]:
    if not lead_ids:
        return {}
    rows = await tx.execute(_SEEN, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    return {row.lead_id: read_lead(row.lead, config.fields) for row in rows}


def _routable(row: Any, seen: RoutableLead | None) -> RoutableLead:
    """Return a lead with what is known of where it lies now, over what routing saw of it."""
    place: Mapping[str, object] = {name: value for name, value in row._mapping.items() if "." in name}  # noqa: SLF001
    return RoutableLead(
        id=row.lead_id,
        facts={**(seen.facts if seen else {}), **place},
        score=None if row.score_overall is None else float(row.score_overall),
        previous_rep_ids=frozenset(row.previous or ()),
        value=row.value,
    )
