"""Publishes the one document that routing decides by: every change is the next version of all of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig, find_live_configs, list_config_versions, publish_config
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.jobs import enqueue
from oppspot.corridor.configuration import ROUTING, catalogue_with, list_attributes
from oppspot.corridor.errands import retry_unrouted
from oppspot.routing.checking import problems_of
from oppspot.routing.documents import NO_RULES, RoutingDocument, compile_config
from oppspot.routing.errors import ConfigurationMoved
from oppspot.routing.queries.targets import load_directory

Change = Callable[[RoutingDocument], RoutingDocument]
_SAID_TO_NOBODY = "A rule sends leads to somebody who does not exist."


@dataclass(frozen=True, slots=True)
class Sent:
    """The one thing that was sent: the part of the document, and its id or name there; None: the last of its part."""

    part: Literal["rules", "exclusions", "territories", "policies"]
    key: str | None = None

    def prefix(self, document: RoutingDocument) -> str:
        """Return how its fields begin in a problem's path."""
        if self.part == "policies":
            return "policies."
        items = getattr(document, self.part)
        name = "name" if self.part == "territories" else "id"
        found = [place for place, item in enumerate(items) if getattr(item, name) == self.key]
        return f"{self.part}[{found[0] if found else len(items) - 1}]."


async def get_rules(tx: Transaction, org_id: UUID) -> tuple[RoutingDocument, int]:
    """Return the live document and its version (0 when none was ever published)."""
    live = (await find_live_configs(tx, org_id)).get(ROUTING)
    return (RoutingDocument.model_validate(live.document), live.version) if live else (NO_RULES, 0)


async def publish_rules(
    tx: Transaction, actor: Actor, document: RoutingDocument, note: str, now: datetime, expected_version: int | None
) -> LiveConfig:
    """Check a whole document against this organisation and make it live; waiting leads are tried again."""
    await _refuse_faults(tx, actor.org_id, document, None, None)
    return await _publish(tx, actor, document, note, now, expected_version)


async def check_rules(tx: Transaction, org_id: UUID, document: RoutingDocument) -> None:
    """Refuse a document that could not be published; raises Invalid."""
    await _refuse_faults(tx, org_id, document, None, None)


async def change_rules(
    tx: Transaction,
    actor: Actor,
    change: Change,
    note: str,
    now: datetime,
    expected_version: int | None = None,
    *,
    sent: Sent | None = None,
) -> LiveConfig:
    """Publish the live document with something changed.

    Raises ConfigurationMoved when `expected_version` is not live any more, Invalid with fields named as they were
    sent. What was at fault before and is not touched does not stop the change.
    """
    document, version = await get_rules(tx, actor.org_id)
    if expected_version is not None and expected_version != version:
        raise await _moved(tx, actor.org_id, expected_version)
    changed = change(document)
    try:
        await _refuse_faults(tx, actor.org_id, changed, document, sent)
        return await _publish(tx, actor, changed, note, now, version)
    except Invalid as error:
        if sent is None:
            raise
        raise Invalid(error.detail, errors=_as_sent(error.errors, sent.prefix(changed))) from error


async def _publish(
    tx: Transaction, actor: Actor, document: RoutingDocument, note: str, now: datetime, expected_version: int | None
) -> LiveConfig:
    if expected_version is not None and expected_version != (await get_rules(tx, actor.org_id))[1]:
        raise await _moved(tx, actor.org_id, expected_version)
    live = await publish_config(
        tx, actor, ROUTING, document.model_dump(mode="json"), now, note=note, expected_version=expected_version
    )
    await enqueue(tx, [retry_unrouted(actor.org_id)])
    return live


async def _moved(tx: Transaction, org_id: UUID, expected_version: int) -> ConfigurationMoved:
    newer = [row for row in await list_config_versions(tx, org_id, ROUTING, limit=5) if row.version > expected_version]
    said = "; ".join(f"version {row.version} by {row.published_by} ({row.note})" for row in reversed(newer))
    return ConfigurationMoved(
        f"Somebody else published while you edited version {expected_version}: {said or 'another version'}."
    )


async def _refuse_faults(
    tx: Transaction, org_id: UUID, document: RoutingDocument, before: RoutingDocument | None, sent: Sent | None
) -> None:
    """Refuse what could not decide: unknown fields, algorithms, skills, teams or people."""
    directory = await load_directory(tx, org_id)
    compile_config(document, "", catalogue_with(await list_attributes(tx, org_id)), directory.names)
    rule_id = sent.key if sent and sent.part == "rules" else None
    if problems := problems_of(document, directory, before, rule_id, alone=sent is not None):
        only_targets = all("target" in problem.path for problem in problems)
        raise Invalid(_SAID_TO_NOBODY if only_targets else "The configuration is not accepted.", errors=problems)


def _as_sent(problems: Sequence[FieldProblem], prefix: str) -> list[FieldProblem]:
    """Name the fields of the one thing that was sent as its sender knows them: not by its place among all."""
    return [replace(problem, path=problem.path.removeprefix(prefix)) for problem in problems]
