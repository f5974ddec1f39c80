"""Edits how leads come by their frameworks as a draft, tries it on leads, and publishes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.config_drafts import ConfigDraft, discard_draft, find_draft, lock_draft
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, NotFound
from oppspot.corridor.configuration import SELECTION, catalogue_with, list_attributes, load_configuration
from oppspot.corridor.trying import Tried, try_selection
from oppspot.qualification.queries.batches import list_newest
from oppspot.qualification.selection import SelectionDocument, compile_selection
from oppspot.qualification.services.drafts import keep_draft, seen_of
from oppspot.qualification.services.selection import LiveSelection, get_selection, publish_selection

# So many leads, the newest, are tried.
TRIED_ON: Final = 2_000


@dataclass(frozen=True, slots=True)
class EditedSelection:
    """The document as it is being edited: the draft, else what is live."""

    document: SelectionDocument
    live: LiveSelection
    draft: ConfigDraft | None

    @property
    def seen(self) -> str:
        """Name what an editor has before them; a change made to anything else is refused."""
        return seen_of(self.draft, self.live.version)


async def get_edited_selection(tx: Transaction, org_id: UUID) -> EditedSelection:
    """Return the draft with what is live beside it."""
    live = await get_selection(tx, org_id)
    draft = await find_draft(tx, org_id, SELECTION)
    document = SelectionDocument.model_validate(draft.document) if draft else live.document
    return EditedSelection(document, live, draft)


async def save_selection_draft(
    tx: Transaction, actor: Actor, edited: EditedSelection, document: SelectionDocument, now: datetime, *, seen: str
) -> None:
    """Keep a document as the draft; it may name what is not accepted, publishing checks it.

    Raises Conflict when what the editor had `seen` is not what is there now.
    """
    if edited.draft is None and document == edited.live.document and seen == edited.seen:
        return
    await keep_draft(
        tx,
        actor,
        SELECTION,
        document.model_dump(mode="json"),
        now,
        draft=edited.draft,
        version=edited.live.version,
        seen=seen,
    )


async def publish_selection_draft(
    tx: Transaction, actor: Actor, now: datetime, *, note: str, seen: str
) -> tuple[LiveSelection, LiveConfig]:
    """Make the draft live; returns what was live before, and what is. Raises NotFound, Invalid, Conflict."""
    await lock_draft(tx, actor.org_id, SELECTION)
    edited = await get_edited_selection(tx, actor.org_id)
    if edited.draft is None:
        raise NotFound("There is no draft.")
    if seen != edited.seen:
        raise Conflict(f"{edited.draft.edited_by} changed this draft since you read it. Read it again first.")
    live = await publish_selection(
        tx, actor, edited.document, now, note=note, expected_version=edited.draft.base_version
    )
    await discard_draft(tx, actor.org_id, SELECTION)
    return edited.live, live


async def discard_selection_draft(tx: Transaction, actor: Actor) -> None:
    """Forget the draft; raises NotFound."""
    if not await discard_draft(tx, actor.org_id, SELECTION):
        raise NotFound("There is no draft.")


async def try_edited_selection(
    tx: Transaction, org_id: UUID, document: SelectionDocument, now: datetime
) -> tuple[Tried, int]:
    """Return how a document would choose for the newest leads, and how many leads there are; raises Invalid."""
    configuration = await load_configuration(tx, org_id)
    catalogue = catalogue_with(await list_attributes(tx, org_id))
    selection = compile_selection(document, catalogue, frozenset(configuration.frameworks))
    lead_ids, total = await list_newest(tx, org_id, TRIED_ON)
    return await try_selection(tx, org_id, lead_ids, configuration, selection, now), total
