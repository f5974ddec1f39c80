"""Changes the routing rules: each change publishes the next version of the one document."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig, find_live_configs, publish_config
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.ids import new_id
from oppspot.core.jobs import enqueue
from oppspot.corridor.configuration import ROUTING, catalogue_with, list_attributes
from oppspot.corridor.errands import retry_unrouted
from oppspot.routing.documents import NO_RULES, RoutingDocument, RuleDocument, compile_config
from oppspot.routing.errors import RuleNotFound
from oppspot.routing.queries import target_names

Rules = tuple[RuleDocument, ...]


async def get_rules(tx: Transaction, org_id: UUID) -> tuple[RoutingDocument, int]:
    """Return the live rules and their version (0 when none were ever published)."""
    live = (await find_live_configs(tx, org_id)).get(ROUTING)
    return (RoutingDocument.model_validate(live.document), live.version) if live else (NO_RULES, 0)


async def create_rule(
    tx: Transaction, actor: Actor, rule: dict[str, Any], now: datetime, *, expected_version: int | None = None
) -> RuleDocument:
    """Add a rule; it gets an id."""
    added = RuleDocument.model_validate({**rule, "id": str(new_id())})
    await _change(
        tx, actor, lambda rules: (*rules, added), f'Added "{added.name}"', now, expected_version, sent=added.id
    )
    return added


async def replace_rule(
    tx: Transaction,
    actor: Actor,
    rule_id: str,
    rule: dict[str, Any],
    now: datetime,
    *,
    expected_version: int | None = None,
) -> RuleDocument:
    """Replace a rule by another of the same id; raises RuleNotFound."""
    changed = RuleDocument.model_validate({**rule, "id": rule_id})

    def replaced(rules: Rules) -> Rules:
        _must_hold(rules, rule_id)
        return tuple(changed if item.id == rule_id else item for item in rules)

    await _change(tx, actor, replaced, f'Changed "{changed.name}"', now, expected_version, sent=rule_id)
    return changed


async def delete_rule(
    tx: Transaction, actor: Actor, rule_id: str, now: datetime, *, expected_version: int | None = None
) -> None:
    """Remove a rule; raises RuleNotFound. The version before keeps it, so it can come back."""

    def without(rules: Rules) -> Rules:
        _must_hold(rules, rule_id)
        return tuple(item for item in rules if item.id != rule_id)

    await _change(tx, actor, without, "Removed a rule", now, expected_version)


async def order_rules(
    tx: Transaction, actor: Actor, rule_ids: list[str], now: datetime, *, expected_version: int | None = None
) -> None:
    """Ask the rules in this order from now on; every rule must be named once."""

    def ordered(rules: Rules) -> Rules:
        by_id = {rule.id: rule for rule in rules}
        if sorted(by_id) != sorted(rule_ids):
            problem = FieldProblem("rule_ids", "does not name every rule once", "the ids of all rules, in their order")
            raise Invalid("The order is not complete.", errors=[problem])
        return tuple(
            by_id[rule_id].model_copy(update={"priority": 10 * place}) for place, rule_id in enumerate(rule_ids, 1)
        )

    await _change(tx, actor, ordered, "Changed the order", now, expected_version)


async def publish_rules(
    tx: Transaction, actor: Actor, document: RoutingDocument, note: str, now: datetime, expected_version: int | None
) -> LiveConfig:
    """Check a whole document against this organisation and make it live; waiting leads are tried again."""
    await _check(tx, actor.org_id, document)
    live = await publish_config(
        tx, actor, ROUTING, document.model_dump(mode="json"), now, note=note, expected_version=expected_version
    )
    await enqueue(tx, [retry_unrouted(actor.org_id)])
    return live


async def _change(
    tx: Transaction,
    actor: Actor,
    change: Callable[[Rules], Rules],
    note: str,
    now: datetime,
    expected_version: int | None,
    *,
    sent: str | None = None,
) -> None:
    document, version = await get_rules(tx, actor.org_id)
    changed = document.model_copy(update={"rules": change(document.rules)})
    try:
        await publish_rules(tx, actor, changed, note, now, version if expected_version is None else expected_version)
    except Invalid as error:
        place = next((place for place, rule in enumerate(changed.rules) if rule.id == sent), None)
        if place is None:
            raise
        raise Invalid(error.detail, errors=_as_sent(error.errors, f"rules[{place}].")) from error


def _as_sent(problems: Sequence[FieldProblem], prefix: str) -> list[FieldProblem]:
    """Name the fields of the one rule that was sent as its sender knows them: not by its place among all rules."""
    return [replace(problem, path=problem.path.removeprefix(prefix)) for problem in problems]


def _must_hold(rules: Rules, rule_id: str) -> None:
    if all(rule.id != rule_id for rule in rules):
        raise RuleNotFound


async def _check(tx: Transaction, org_id: UUID, document: RoutingDocument) -> None:
    """Refuse what could not decide: unknown fields, algorithms, teams or people."""
    names = await target_names(tx, org_id)
    compile_config(document, "", catalogue_with(await list_attributes(tx, org_id)), names)
    problems = [
        FieldProblem(f"rules[{index}].assignment_target.id", f"there is no {target.type} {target.id}", None)
        for index, rule in enumerate(document.rules)
        if (target := rule.assignment_target).type != "queue" and target.id not in names
    ]
    if problems:
        raise Invalid("A rule sends leads to somebody who does not exist.", errors=problems)
