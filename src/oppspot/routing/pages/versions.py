"""The versions of the routing rules: what each changed rule by rule, and how a former one is published again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import ROUTING, catalogue_with, list_attributes
from oppspot.routing.documents import NO_RULES, RoutingDocument
from oppspot.routing.pages.changes import changes
from oppspot.routing.queries import target_names
from oppspot.routing.services.rules import publish_rules
from oppspot.versions import version_pages
from oppspot.versions.comparing import differences, in_words
from oppspot.versions.kinds import Document, Pairs, VersionedKind

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
        return [in_words(difference) for difference in differences(before, after)]
    return list(changes(old, new, names, catalogue))


ROUTING_RULES: Final = VersionedKind(
    kind=ROUTING,
    title="Routing",
    home="/routing",
    publish=_publish,
    shipped=NO_RULES.model_dump(mode="json"),
    describe=_describe,
)
router = version_pages(ROUTING_RULES.address, lambda _: ROUTING_RULES, read="routing.read", write="routing.write")
