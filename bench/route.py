"""Decisions a second for 10,000 leads, 200 rules and 100 reps: in memory and with the database, beside plain code."""

import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from bench.arena import Organisation, copy_of, found, private_postgres, with_database
from bench.route_plainly import decide_one_by_one, route_one_by_one
from bench.samples import COUNTRIES, INDUSTRIES, intakes
from rich.table import Table
from sqlalchemy import text

from oppspot.accounts.models import Team, TeamMember
from oppspot.calendars.queries import load_calendars
from oppspot.conditions.predicates import compile_predicate
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.loading import load_states
from oppspot.corridor.pipeline import reassess, rescore, take_in
from oppspot.corridor.types import Cause
from oppspot.routing.people import Rep
from oppspot.routing.queries import list_reps
from oppspot.routing.rules import route_leads
from oppspot.routing.types import RoutableLead, RoutingConfig

TEAMS: Final = 10
RULES: Final = 200
BATCH: Final = 500
ROUNDS: Final = 3
# Rules that somebody would write: an industry in a country from a size up, the large ones first.
_SIZES: Final = (4_000, 240, 12)


def run(leads: int = 10_000, reps: int = 100, plain: int = 1_000) -> dict[str, Any]:
    """Measure decisions a second; `plain` is how many leads plain code routes in the database."""
    with private_postgres() as dsn:
        organisation = with_database(dsn, lambda database: found(database, reps))
        rules = with_database(dsn, lambda database: _prepare(database, organisation, leads))
        config, people, routable = with_database(dsn, lambda database: _inputs(database, organisation, rules))
        asked = [(rule, compile_predicate(rule.condition)) for rule in config.live_rules]
        now = utc_now()
        deciding = min(_seconds(lambda: route_leads(routable, config, people, {}, now)) for _ in range(ROUNDS))
        plainly = min(_seconds(lambda: decide_one_by_one(routable, people, asked)) for _ in range(ROUNDS))
        ids = [lead.id for lead in routable]
        with copy_of(dsn, "plain") as other:
            began = time.perf_counter()
            given = route_one_by_one(other, organisation.org_id, ids[:plain], asked)
            plain_seconds = time.perf_counter() - began
        assessing = with_database(dsn, lambda database: _assess(database, organisation, ids))
        seconds = with_database(dsn, lambda database: _route(database, organisation, ids))
    assert given, "plain code gave nobody a lead"
    ours, theirs = leads / seconds, plain / plain_seconds
    alone = leads / max(seconds - assessing, 1e-9)
    return {
        "bench": "route",
        "leads": leads,
        "rules": len(config.live_rules),
        "reps": reps,
        "decided_per_cpu_second": round(leads / deciding),
        "decided_plainly_per_cpu_second": round(leads / plainly),
        "deciding_ratio": round(plainly / deciding, 1),
        "routed_per_second": round(ours),
        "routed_plainly_per_second": round(theirs),
        "routing_ratio": round(ours / theirs, 1),
        "routed_alone_per_second": round(alone),
        "alone_ratio": round(alone / theirs, 1),
    }


async def _prepare(database: Database, organisation: Organisation, leads: int) -> list[dict[str, Any]]:
    """Have leads that nobody was given, ten teams, and the rules' document, not yet published."""
    org_id, now = organisation.org_id, utc_now()
    teams = [new_id() for _ in range(TEAMS)]
    async with database.transaction(org_id) as tx:
        await publish_config(tx, organisation.system, "routing", {"rules": []}, now)
        named = [
            {"org_id": org_id, "id": team, "name": f"Team {n}", "description": "", "created_at": now}
            for n, team in enumerate(teams)
        ]
        await insert_rows(tx, Team, named)
        members = [
            {"org_id": org_id, "team_id": teams[n % TEAMS], "user_id": rep}
            for n, rep in enumerate(organisation.rep_ids)
        ]
        await insert_rows(tx, TeamMember, members)
    for start in range(0, leads, BATCH):
        async with database.transaction(org_id) as tx:
            chunk = intakes(min(BATCH, leads - start), first=start)
            await take_in(tx, organisation.system, chunk, now, Cause("import", is_quiet=True))
    async with database.transaction(org_id) as tx:
        await tx.execute(text("ANALYZE"))
    return _rules(teams)


def _rules(teams: list[UUID]) -> list[dict[str, Any]]:
    kinds = [(size, industry, country) for size in _SIZES for industry in INDUSTRIES for country in COUNTRIES]
    rules = [_rule(number, teams[number % TEAMS], _condition(*kind)) for number, kind in enumerate(kinds)]
    rest = [_rule(number, teams[number % TEAMS], {"all": []}) for number in range(len(rules), RULES)]
    return rules + rest


def _condition(size: int, industry: str, country: str) -> dict[str, Any]:
    wanted = (
        ("company.industry", "eq", industry),
        ("company.country", "eq", country),
        ("company.employees", "gte", size),
    )
    return {"all": [{"field": field, "op": op, "value": value} for field, op, value in wanted]}


def _rule(number: int, team: UUID, conditions: dict[str, Any]) -> dict[str, Any]:
    target = {"type": "team", "id": str(team)}
    return {
        "id": f"r{number:03}",
        "name": f"Rule {number}",
        "priority": number,
        "conditions": conditions,
        "assignment_target": target,
    }


async def _inputs(
    database: Database, organisation: Organisation, rules: list[dict[str, Any]]
) -> tuple[RoutingConfig, list[Rep], list[RoutableLead]]:
    """Publish the rules; return what is decided on: the configuration, people and leads."""
    org_id, now = organisation.org_id, utc_now()
    async with database.transaction(org_id) as tx:
        await publish_config(tx, organisation.system, "routing", {"rules": rules}, now)
        configuration = await load_configuration(tx, org_id)
        ids = list((await tx.execute(text("SELECT id FROM leads ORDER BY id"))).scalars())
        people = await list_reps(tx, org_id, configuration.routing, await load_calendars(tx, org_id, now), now)
        routable = []
        for start in range(0, len(ids), BATCH):
            states = await load_states(tx, org_id, ids[start : start + BATCH], locks=False)
            routable += [
                RoutableLead(
                    state.id,
                    {
                        f"company.{name}": (state.company or {}).get(name)
                        for name in ("industry", "country", "employees")
                    },
                )
                for state in states.values()
            ]
    return configuration.routing, people, routable


async def _assess(database: Database, organisation: Organisation, ids: list[UUID]) -> float:
    """Have the corridor carry the same leads without routing any; returns the seconds."""
    began = time.perf_counter()
    for start in range(0, len(ids), BATCH):
        async with database.transaction(organisation.org_id) as tx:
            await rescore(tx, organisation.system, ids[start : start + BATCH], utc_now(), Cause("rules"))
    return time.perf_counter() - began


async def _route(database: Database, organisation: Organisation, ids: list[UUID]) -> float:
    """Have the corridor carry leads that wait, batch after batch: assess, route and save; returns the seconds."""
    began = time.perf_counter()
    for start in range(0, len(ids), BATCH):
        async with database.transaction(organisation.org_id) as tx:
            await reassess(tx, organisation.system, ids[start : start + BATCH], utc_now(), Cause("rules"))
    return time.perf_counter() - began


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def as_table(measured: dict[str, Any]) -> Table:
    """Return the figures as a table."""
    table = Table(title=f"{measured['leads']:,} leads, {measured['rules']} rules, {measured['reps']} reps")
    for heading in ("", "ours", "plain code", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for what, ours, theirs, ratio in (
        ("decided a processor second", "decided_per_cpu_second", "decided_plainly_per_cpu_second", "deciding_ratio"),
        ("assessed and routed a second", "routed_per_second", "routed_plainly_per_second", "routing_ratio"),
        ("routed a second, assessing deducted", "routed_alone_per_second", "routed_plainly_per_second", "alone_ratio"),
    ):
        table.add_row(what, f"{measured[ours]:,}", f"{measured[theirs]:,}", f"{measured[ratio]} x")
    return table
