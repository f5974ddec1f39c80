"""Routing as it is plainly written, to compare with: a transaction a lead that locks it, asks rules one by one, counts.

Correct in its way: leads and the team's people are locked before anybody is picked. It keeps no candidates, and gives
leads to whoever has the fewest open ones, so it does less.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from oppspot.conditions.predicates import Predicate
from oppspot.core.clock import utc_now
from oppspot.core.ids import new_id
from oppspot.routing.people import Rep
from oppspot.routing.types import RoutableLead, RoutingRule

Asked = Sequence[tuple[RoutingRule, Predicate]]

_LEAD: Final = """
    SELECT l.id, c.industry AS "company.industry", c.country AS "company.country", c.employees AS "company.employees"
    FROM leads AS l LEFT JOIN companies AS c ON c.org_id = l.org_id AND c.id = l.company_id
    WHERE l.org_id = %(org)s AND l.id = %(lead)s FOR UPDATE OF l
"""
_LOCK_TEAM: Final = """
    SELECT user_id FROM rep_profiles WHERE org_id = %(org)s AND available
    AND user_id IN (SELECT user_id FROM team_members WHERE org_id = %(org)s AND team_id = %(team)s)
    ORDER BY user_id FOR UPDATE
"""
_IDLEST: Final = """
    SELECT m.user_id FROM team_members AS m
    LEFT JOIN assignments AS a ON a.org_id = m.org_id AND a.rep_id = m.user_id
         AND a.status IN ('assigned', 'accepted', 'working')
    WHERE m.org_id = %(org)s AND m.team_id = %(team)s GROUP BY m.user_id ORDER BY count(a.id), m.user_id LIMIT 1
"""
_DECISION: Final = """
    INSERT INTO routing_decisions (org_id, id, lead_id, at, outcome, rep_id, rule_id, rule_name, reason, config_version,
                                   config_hash, record)
    VALUES (%(org)s, %(decision)s, %(lead)s, %(now)s, 'assigned', %(rep)s, %(rule)s, %(name)s, %(reason)s, 1, '',
            %(record)s)
"""
_ASSIGNMENT: Final = """
    INSERT INTO assignments (org_id, id, lead_id, rep_id, status, reason, priority, rule_id, rule_name, decision_id,
                             sla_due_at, assigned_at, assigned_by)
    VALUES (%(org)s, %(assignment)s, %(lead)s, %(rep)s, 'assigned', %(reason)s, 'medium', %(rule)s, %(name)s,
            %(decision)s, %(due)s, %(now)s, 'routing')
"""
_UPDATE: Final = """
    UPDATE leads SET owner_id = %(rep)s, outcome = 'assigned', sla_due_at = %(due)s
    WHERE org_id = %(org)s AND id = %(lead)s
"""


def route_one_by_one(dsn: str, org_id: UUID, lead_ids: Sequence[UUID], rules: Asked) -> int:
    """Route leads, each in a transaction of its own; returns how many were given to somebody."""
    given = 0
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        for lead_id in lead_ids:
            with connection.transaction():
                given += _route(connection, org_id, lead_id, rules)
    return given


def _route(connection: psycopg.Connection[dict[str, Any]], org_id: UUID, lead_id: UUID, rules: Asked) -> bool:
    facts, now = connection.execute(_LEAD, {"org": org_id, "lead": lead_id}).fetchone(), utc_now()
    rule = next((rule for rule, predicate in rules if predicate(facts or {}, now)), None)
    if rule is None or facts is None:
        return False
    asked = {"org": org_id, "team": rule.target.id}
    connection.execute(_LOCK_TEAM, asked)
    idlest = connection.execute(_IDLEST, asked).fetchone()
    if idlest is None:
        return False
    values = {
        "org": org_id,
        "lead": lead_id,
        "rep": idlest["user_id"],
        "rule": rule.id,
        "name": rule.name,
        "reason": f"Rule “{rule.name}”; fewest open leads.",
        "decision": new_id(),
        "assignment": new_id(),
        "now": now,
        "due": now + timedelta(hours=rule.sla_hours),
        "record": json.dumps({name: value for name, value in facts.items() if name != "id"}),
    }
    for statement in (_DECISION, _ASSIGNMENT, _UPDATE):
        connection.execute(statement, values)
    return True


def decide_one_by_one(leads: Sequence[RoutableLead], reps: Sequence[Rep], rules: Asked) -> int:
    """Decide in memory the same way: each rule's predicate until one is true, then whoever has the fewest."""
    now, given = utc_now(), 0
    open_counts = {rep.id: rep.open_count for rep in reps}
    teams: dict[object, list[UUID]] = {}
    for rep in reps:
        for team in rep.team_ids:
            teams.setdefault(team, []).append(rep.id)
    for lead in leads:
        rule = next((rule for rule, predicate in rules if predicate(lead.facts, now)), None)
        if rule is not None:
            idlest = min(teams[rule.target.id], key=lambda rep_id: (open_counts[rep_id], rep_id))
            open_counts[idlest] += 1
            given += 1
    return given
