"""The versions of how leads come by their frameworks: what each changed, and how a former one is published again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from oppspot.conditions.describe import describe
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.corridor.configuration import SELECTION, catalogue_with, list_attributes
from oppspot.qualification.selection import SelectionDocument, SelectionRule
from oppspot.qualification.services.selection import publish_selection
from oppspot.versions import version_pages
from oppspot.versions.comparing import differences
from oppspot.versions.comparing import in_words as in_words_of
from oppspot.versions.kinds import Document, Pairs, VersionedKind
from oppspot.web.validation import field_problem


async def _publish(
    tx: Transaction, actor: Actor, document: Document, now: datetime, *, note: str, expected_version: int | None
) -> LiveConfig:
    try:
        former = SelectionDocument.model_validate(document)
    except ValidationError as error:
        problems = [field_problem(each) for each in error.errors()]
        raise Invalid("This version is not accepted any more.", errors=problems) from error
    return await publish_selection(tx, actor, former, now, note=note, expected_version=expected_version)


async def _describe(tx: Transaction, org_id: UUID, pairs: Pairs) -> list[list[str]]:
    catalogue = catalogue_with(await list_attributes(tx, org_id))
    return [_sentences(before, after, catalogue) for before, after in pairs]


def _sentences(before: Document, after: Document, catalogue: Catalogue) -> list[str]:
    try:
        old, new = SelectionDocument.model_validate(before), SelectionDocument.model_validate(after)
    except ValidationError:
        # Published under rules about rules that have changed since: it cannot come back, but it can be read.
        return [in_words_of(difference) for difference in differences(before, after)]
    rest = differences(old.model_dump(mode="json", exclude={"rules"}), new.model_dump(mode="json", exclude={"rules"}))
    return [*_rule_changes(old, new, catalogue), *(_said(in_words_of(each)) for each in rest)]


def _rule_changes(before: SelectionDocument, after: SelectionDocument, catalogue: Catalogue) -> Iterator[str]:
    old, new = ({rule.name: rule for rule in document.rules} for document in (before, after))
    for name, rule in new.items():
        if name not in old:
            yield f"Added “{name}”: {in_words(rule, catalogue)}, by {frameworks_of(rule)}"
        elif rule != old[name]:
            yield f"“{name}”: {in_words(rule, catalogue)}, by {frameworks_of(rule)}"
    yield from (f"Removed “{name}”" for name in old if name not in new)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield "Asked in another order: " + ", ".join(f"“{name}”" for name in new)


def in_words(rule: SelectionRule, catalogue: Catalogue) -> str:
    """Return a rule's conditions as a sentence."""
    try:
        return describe(parse(rule.conditions, catalogue))
    except InvalidCondition:
        return "conditions on fields that are no longer declared"


def frameworks_of(rule: SelectionRule) -> str:
    return ", also ".join([rule.framework, *rule.also])


def _said(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


FRAMEWORK_SELECTION: Final = VersionedKind(
    kind=SELECTION,
    title="Choice of framework",
    home="/qualification/selection",
    publish=_publish,
    shipped=SelectionDocument().model_dump(mode="json"),
    describe=_describe,
)
router = version_pages(
    FRAMEWORK_SELECTION.address, lambda _: FRAMEWORK_SELECTION, read="qualification.read", write="qualification.write"
)
