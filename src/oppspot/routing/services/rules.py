"""Changes the routing rules: each change publishes the next version of the one document."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.ids import new_id
from oppspot.routing.documents import RoutingDocument, RuleDocument, TargetDocument
from oppspot.routing.errors import RuleNotFound
from oppspot.routing.services.publishing import Change, Sent, change_rules, get_rules, publish_rules

__all__ = [
    "create_rule",
    "delete_rule",
    "get_rules",
    "order_rules",
    "publish_rules",
    "replace_rule",
    "set_default",
    "switch_rule",
]

Rules = tuple[RuleDocument, ...]


async def create_rule(
    tx: Transaction, actor: Actor, rule: dict[str, Any], now: datetime, *, expected_version: int | None = None
) -> RuleDocument:
    """Add a rule; it gets an id."""
    added = RuleDocument.model_validate({**rule, "id": str(new_id())})
    change = _of_rules(lambda rules: (*rules, added))
    sent = Sent("rules", added.id)
    await change_rules(tx, actor, change, f'Added "{added.name}"', now, expected_version, sent=sent)
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
    sent = Sent("rules", rule_id)
    note = f'Changed "{changed.name}"'
    await change_rules(tx, actor, _replaced(rule_id, lambda _: changed), note, now, expected_version, sent=sent)
    return changed


async def switch_rule(
    tx: Transaction, actor: Actor, rule_id: str, now: datetime, *, on: bool, expected_version: int | None = None
) -> None:
    """Turn a rule on or off; raises RuleNotFound."""
    change = _replaced(rule_id, lambda rule: rule.model_copy(update={"is_active": on}))
    await change_rules(tx, actor, change, f"Turned a rule {'on' if on else 'off'}", now, expected_version)


async def delete_rule(
    tx: Transaction, actor: Actor, rule_id: str, now: datetime, *, expected_version: int | None = None
) -> None:
    """Remove a rule; raises RuleNotFound. The version before keeps it, so it can come back."""

    def without(rules: Rules) -> Rules:
        _must_hold(rules, rule_id)
        return tuple(item for item in rules if item.id != rule_id)

    await change_rules(tx, actor, _of_rules(without), "Removed a rule", now, expected_version)


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

    await change_rules(tx, actor, _of_rules(ordered), "Changed the order", now, expected_version)


async def set_default(
    tx: Transaction,
    actor: Actor,
    target: TargetDocument | None,
    sla_hours: float,
    now: datetime,
    *,
    expected_version: int | None = None,
) -> None:
    """Say where leads go that no rule matches, and how soon to respond there; None lets them wait."""

    def changed(document: RoutingDocument) -> RoutingDocument:
        update = {"default_target": target, "default_sla_hours": sla_hours}
        return RoutingDocument.model_validate(document.model_dump() | update)

    await change_rules(tx, actor, changed, "Changed what happens when no rule matches", now, expected_version)


def _of_rules(change: Callable[[Rules], Rules]) -> Change:
    return lambda document: document.model_copy(update={"rules": change(document.rules)})


def _replaced(rule_id: str, change: Callable[[RuleDocument], RuleDocument]) -> Change:
    def replaced(rules: Rules) -> Rules:
        _must_hold(rules, rule_id)
        return tuple(change(item) if item.id == rule_id else item for item in rules)

    return _of_rules(replaced)


def _must_hold(rules: Rules, rule_id: str) -> None:
    if all(rule.id != rule_id for rule in rules):
        raise RuleNotFound
