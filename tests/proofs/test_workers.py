"""Sixty-four workers at once, every kind of pool: no lead is given twice, no limit passed, every count exact."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from bench.arena import Organisation, found, with_database
from tests.proofs.conftest import LEADS, Books
from tests.proofs.workers import take_in_by_many

from oppspot.accounts.models import Team, TeamMember
from oppspot.core.actor import system_actor
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]
FLOOD = LEADS * 2
BAND = 3
EVEN, SKILLED, LIMITED = "Even", "Skilled", "Limited"
REPS = {EVEN: slice(0, 7), SKILLED: slice(7, 12), LIMITED: slice(12, 16)}
OPEN_UNITS, A_DAY = 60, 25


def _rule(number: int, country: list[str], team: UUID, **more: Any) -> dict[str, Any]:
    conditions = {"all": [{"field": "company.country", "op": "in", "value": country}] if country else []}
    target = {"type": "team", "id": str(team)}
    named = {"id": f"rule-{number}", "name": f"Rule {number}", "priority": number}
    return {**named, "conditions": conditions, "assignment_target": target, **more}


async def _organisation(database: Database) -> tuple[Organisation, dict[str, UUID]]:
    """Found an organisation with a team of each kind: even turns, preferred skills, units and limits that run full."""
    organisation = await found(database, 16)
    teams, org_id, now = {name: new_id() for name in REPS}, organisation.org_id, utc_now()
    french = {"skill_matching": {"preferred": [{"skill": "french"}]}, "band": BAND}
    rules = [
        _rule(1, ["DE", "FR", "GB"], teams[EVEN]),
        _rule(2, ["US", "SE", "ES"], teams[SKILLED], routing_algorithm="skill_based", settings=french),
        _rule(3, [], teams[LIMITED], routing_algorithm="weighted"),
    ]
    units = {"urgent": 4, "high": 3, "medium": 2, "low": 1}
    async with database.transaction(org_id) as tx:
        members = [(teams[name], rep) for name, part in REPS.items() for rep in organisation.rep_ids[part]]
        rows = [
            {"org_id": org_id, "id": team, "name": name, "description": "", "created_at": now}
            for name, team in teams.items()
        ]
        await insert_rows(tx, Team, rows)
        await insert_rows(
            tx, TeamMember, [{"org_id": org_id, "team_id": team, "user_id": rep} for team, rep in members]
        )
        document = {"rules": rules, "policies": {"capacity": units}}
        await publish_config(tx, system_actor(org_id), "routing", document, now)
    return organisation, teams


def _set_limits(dsn: str, organisation: Organisation) -> None:
    skilled, limited = (list(organisation.rep_ids[REPS[name]]) for name in (SKILLED, LIMITED))
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE rep_profiles SET skills = '{\"French\": 3}' WHERE user_id = ANY(%s)", [skilled[:2]])
        connection.execute("UPDATE rep_profiles SET max_open = %s WHERE user_id = ANY(%s)", [OPEN_UNITS, limited])
        connection.execute(
            "UPDATE rep_profiles SET max_open = NULL, limits = %s WHERE user_id = %s",
            [f'[{{"leads": {A_DAY}, "per": "day", "window": "rolling"}}]', limited[0]],
        )


def test_no_lead_is_given_twice_no_limit_is_passed_and_every_count_is_exact(dsn: str) -> None:
    organisation, teams = with_database(dsn, _organisation)
    _set_limits(dsn, organisation)
    take_in_by_many(dsn, organisation.org_id, FLOOD)
    books = Books(dsn, organisation.org_id)
    assert books.leads() == FLOOD
    assert books.assigned_twice() == books.without_outcome() == books.loads_that_lie() == 0
    given = books.counts("SELECT rep_id, count(*) FROM assignments WHERE {org} GROUP BY rep_id")
    counts = {name: [given.get(str(rep), 0) for rep in organisation.rep_ids[part]] for name, part in REPS.items()}
    even, skilled = counts[EVEN], counts[SKILLED]
    assert all(abs(count - sum(even) / len(even)) < 1 for count in even), even
    assert all(abs(count - sum(skilled) / len(skilled)) < 1 + BAND for count in skilled), skilled
    assert min(skilled[:2]) > max(skilled[2:]), skilled  # who speaks French is ahead
    _limits_held(books, organisation, counts)
    pools = books.counts("SELECT pool, sum(given) FROM fairness_credits WHERE {org} GROUP BY pool")
    assert pools == {f"team:{team}": sum(counts[name]) for name, team in teams.items()}
    for amount in ("credit", "ahead"):
        uneven = f"SELECT 1 FROM fairness_credits WHERE {{org}} GROUP BY pool HAVING sum({amount}) <> 0"
        assert books.number(f"SELECT count(*) FROM ({uneven}) x") == 0
    assert books.number(f"SELECT count(*) FROM fairness_credits WHERE {{org}} AND abs(ahead) > {BAND}") == 0


def _limits_held(books: Books, organisation: Organisation, counts: dict[str, list[int]]) -> None:
    by_day, *by_units = organisation.rep_ids[REPS[LIMITED]]
    assert counts[LIMITED][0] == A_DAY
    units = books.counts(
        "SELECT rep_id, sum(units) FROM assignments WHERE {org} AND status = 'assigned' GROUP BY rep_id"
    )
    assert {str(by_day), *map(str, by_units)} <= units.keys()
    assert all(OPEN_UNITS - 3 <= units[str(rep)] <= OPEN_UNITS for rep in by_units), units
    assert books.number("SELECT count(*) FROM leads WHERE {org} AND outcome = 'at_capacity'") > 0
