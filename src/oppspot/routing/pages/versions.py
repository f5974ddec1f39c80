"""The versions of the routing rules: what each changed rule by rule, and how a former one is published again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import ROUTING, catalogue_with, list_attributes
from oppspot.routing.documents import NO_RULES, RoutingDocument, RuleDocument, TargetDocument
from oppspot.routing.pages.dashboard import in_words
from oppspot.routing.queries import target_names
from oppspot.routing.services.rules import publish_rules
from oppspot.versions import version_pages
from oppspot.versions.comparing import differences
from oppspot.versions.comparing import in_words as in_words_of
from oppspot.versions.kinds import Document, Pairs, VersionedKind
from oppspot.web.times import duration

Names = Mapping[str, str]


async def _publish(
    tx: Transaction, actor: Actor, document: Document, now: datetime, *, note: str, expected_version: int | None
) -> LiveConfig:
    """Publish a former version, checked against the people, teams and fields of today."""
    return await publish_rules(tx, actor, RoutingDocument.model_validate(document), note, now, expected_version)


async def _describe(tx: Transaction, org_id: UUID, pairs: Pairs) -> list[list[str]]:
    names = await target_names(tx, org_id)
    catalogue = catalogue_with(await list_attributes(tx, org_id))
    return [_sentences(before, after, names, catalogue) for before, after in pairs]


def _sentences(before: Document, after: Document, names: Names, catalogue: Catalogue) -> list[str]:
    try:
        old, new = RoutingDocument.model_validate(before), RoutingDocument.model_validate(after)
    except ValidationError:
        # Published under rules about rules that have changed since: it cannot come back, but it can be read.
        return [in_words_of(difference) for difference in differences(before, after)]
    return list(_changes(old, new, names, catalogue))


def _changes(before: RoutingDocument, after: RoutingDocument, names: Names, catalogue: Catalogue) -> Iterator[str]:
    old, new = ({rule.id: rule for rule in document.rules} for document in (before, after))
    for rule in after.rules:
        if rule.id not in old:
            target = _target(rule.assignment_target, names)
            yield f"Added “{rule.name}”: {in_words(rule, catalogue)}, to {target}"
        elif said := "; ".join(_rule_changes(old[rule.id], rule, names, catalogue)):
            yield f"“{old[rule.id].name}”: {said}"
    for rule_id, rule in old.items():
        if rule_id not in new:
            yield f"Removed “{rule.name}”"
    kept = [
        [rule.id for rule in _in_order(document) if rule.id in old and rule.id in new] for document in (before, after)
    ]
    if kept[0] != kept[1]:
        yield "Asked in another order: " + ", ".join(f"“{rule.name}”" for rule in _in_order(after))
    if before.default_target != after.default_target:
        yield f"When no rule matches, to {_target(after.default_target, names)}"
    if before.default_sla_hours != after.default_sla_hours:
        change = f"{_hours(before.default_sla_hours)} → {_hours(after.default_sla_hours)}"
        yield f"Respond within, unless a rule says: {change}"


def _rule_changes(old: RuleDocument, new: RuleDocument, names: Names, catalogue: Catalogue) -> Iterator[str]:
    if old.name != new.name:
        yield f"now called “{new.name}”"
    if old.is_active != new.is_active:
        yield "turned on" if new.is_active else "turned off"
    if old.conditions != new.conditions:
        yield f"when {in_words(new, catalogue)} (before: {in_words(old, catalogue)})"
    if old.assignment_target != new.assignment_target:
        yield f"to {_target(new.assignment_target, names)} (before: {_target(old.assignment_target, names)})"
    if old.sla_hours != new.sla_hours:
        yield f"respond within {_hours(new.sla_hours)} (before: {_hours(old.sla_hours)})"
    if old.routing_algorithm != new.routing_algorithm:
        yield f"by {new.routing_algorithm.replace('_', ' ')} (before: {old.routing_algorithm.replace('_', ' ')})"
    if old.settings != new.settings:
        yield "other settings"
    if old.description != new.description:
        yield "another description"


def _in_order(document: RoutingDocument) -> list[RuleDocument]:
    return sorted(document.rules, key=lambda rule: (rule.priority, rule.id))


def _target(target: TargetDocument | None, names: Names) -> str:
    if target is None:
        return "nobody"
    if target.type == "queue":
        return f"the queue {target.id}"
    return names.get(target.id, "somebody who is gone")


def _hours(hours: float) -> str:
    return duration(hours * 3600)


ROUTING_RULES: Final = VersionedKind(
    kind=ROUTING,
    title="Routing",
    home="/routing",
    publish=_publish,
    shipped=NO_RULES.model_dump(mode="json"),
    describe=_describe,
)
router = version_pages(ROUTING_RULES.address, lambda _: ROUTING_RULES, read="routing.read", write="routing.write")
