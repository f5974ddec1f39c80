"""Short ways to set up reps, rules and leads; a team of Ann, Ben and Cleo unless said otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.conditions.types import ALWAYS, Condition, Field, FieldType, Leaf, Op
from oppspot.routing.outcomes import Outcome
from oppspot.routing.people import Rep
from oppspot.routing.rules import route_leads
from oppspot.routing.types import (
    NO_OFFICE,
    BatchDecision,
    FairnessLedger,
    Office,
    RoutableLead,
    RoutingConfig,
    RoutingRule,
    Target,
    TargetKind,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
INDUSTRY = Field("company.industry", FieldType.TEXT, "company industry")
EMPLOYEES = Field("company.employees", FieldType.NUMBER, "company employees")
SEEN = Field("lead.created_at", FieldType.DATETIME, "lead creation")


def team_id(number: int) -> UUID:
    return UUID(int=(1 << 64) + number)


def rep_id(number: int) -> UUID:
    return UUID(int=(2 << 64) + number)


def lead_id(number: int) -> UUID:
    return UUID(int=(3 << 64) + number)


SALES = Target(TargetKind.TEAM, team_id(1), "Sales")
SUPPORT = Target(TargetKind.TEAM, team_id(2), "Support")
HELD = Target(TargetKind.QUEUE, "Review")


def a_rep(number: int, name: str = "", *, teams: Iterable[Target] = (SALES,), **facts: Any) -> Rep:
    team_ids = frozenset(team.id for team in teams if isinstance(team.id, UUID))
    return Rep(rep_id(number), name or f"Rep {number}", team_ids, **facts)


ANN, BEN, CLEO = a_rep(1, "Ann"), a_rep(2, "Ben"), a_rep(3, "Cleo")


def to_rep(rep: Rep) -> Target:
    return Target(TargetKind.INDIVIDUAL, rep.id, rep.name)


def a_lead(number: int = 1, facts: Mapping[str, object] | None = None, **more: Any) -> RoutableLead:
    return RoutableLead(lead_id(number), facts or {}, **more)


def leads(count: int, first: int = 1) -> list[RoutableLead]:
    return [a_lead(number) for number in range(first, first + count)]


def industry_is(*names: str) -> Condition:
    return Leaf(INDUSTRY, Op.IN, names)


def a_rule(target: Target = SALES, condition: Condition = ALWAYS, **more: Any) -> RoutingRule:
    return RoutingRule(
        **{"id": "r1", "name": "Everything", "priority": 1, "condition": condition, "target": target} | more
    )


def a_config(*rules: RoutingRule, default: Target | None = None) -> RoutingConfig:
    return RoutingConfig(rules, "hash-1", default)


EVERYTHING_TO_SALES = a_config(a_rule())


def route(
    incoming: Sequence[RoutableLead] | RoutableLead,
    config: RoutingConfig = EVERYTHING_TO_SALES,
    reps: Sequence[Rep] = (ANN, BEN, CLEO),
    ledgers: Mapping[str, FairnessLedger] | None = None,
    office: Office = NO_OFFICE,
) -> BatchDecision:
    batch = [incoming] if isinstance(incoming, RoutableLead) else incoming
    return route_leads(batch, config, reps, ledgers or {}, NOW, office)


def owners(batch: BatchDecision) -> list[UUID | None]:
    return [decision.rep_id for decision in batch.decisions]


def applied(
    batch: BatchDecision,
    reps: Sequence[Rep],
    ledgers: Mapping[str, FairnessLedger],
    stream: Sequence[RoutableLead] = (),
) -> tuple[list[Rep], dict[str, FairnessLedger]]:
    """Return reps and ledgers as a service would find them after saving the batch."""
    owed = {key: dict(ledger.credits) for key, ledger in ledgers.items()}
    ahead = {key: dict(ledger.ahead) for key, ledger in ledgers.items()}
    for credit in batch.credits:
        owed.setdefault(credit.pool, {})[credit.rep_id] = credit.amount
        ahead.setdefault(credit.pool, {})[credit.rep_id] = credit.ahead
    given: dict[UUID | None, list[RoutableLead]] = {}
    for lead, decision in zip(stream, batch.decisions if stream else (), strict=True):
        if decision.outcome is Outcome.ASSIGNED:
            given.setdefault(decision.rep_id, []).append(lead)
    changed = [
        replace(
            rep,
            open_count=rep.open_count + batch.open_count_changes.get(rep.id, 0),
            used=tuple(count + len(given.get(rep.id, ())) for count in rep.used),
            value=rep.value + sum((lead.value or Decimal(0) for lead in given.get(rep.id, ())), Decimal(0)),
        )
        for rep in reps
    ]
    return changed, {key: FairnessLedger(key, amounts, ahead[key]) for key, amounts in owed.items()}
