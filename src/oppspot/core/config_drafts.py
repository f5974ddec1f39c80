"""Drafts: what somebody is still editing, kept apart from what is live; one a kind, shared by the organisation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.db import Base, OwnedByOrganisation, Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid


class ConfigDraft(OwnedByOrganisation, Base):
    """A document of one kind that is not live. It may be wrong still: it is checked when it is published.

    `base_version` is the version it was begun from (0: as shipped, or nothing); publish with it as `expected_version`.
    """

    __tablename__ = "config_drafts"

    kind: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    base_version: Mapped[int]
    edited_by: Mapped[str]
    updated_at: Mapped[datetime]


# What somebody has seen who saw that there was no draft.
NO_DRAFT: Final = datetime.min.replace(tzinfo=UTC)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 0))")


async def find_draft(tx: Transaction, org_id: UUID, kind: str) -> ConfigDraft | None:
    """Return the draft of a kind."""
    return await tx.get(ConfigDraft, (org_id, kind))


async def lock_draft(tx: Transaction, org_id: UUID, kind: str) -> ConfigDraft | None:
    """Return the draft of a kind as it is now, not as it was read before; nobody changes it until this one is done."""
    return await tx.get(ConfigDraft, (org_id, kind), with_for_update=True, populate_existing=True)


async def list_drafts(tx: Transaction, org_id: UUID, prefix: str) -> dict[str, ConfigDraft]:
    """Return the drafts of the kinds that begin like this, by what follows."""
    found = await tx.scalars(
        select(ConfigDraft).where(ConfigDraft.org_id == org_id, ConfigDraft.kind.startswith(prefix, autoescape=True))
    )
    return {draft.kind.removeprefix(prefix): draft for draft in found}


async def save_draft(
    tx: Transaction,
    actor: Actor,
    kind: str,
    document: Mapping[str, Any],
    now: datetime,
    *,
    base_version: int,
    seen_at: datetime | None = None,
) -> ConfigDraft:
    """Keep a document as the draft of its kind, in place of the one before, which was begun from its own version.

    `seen_at` is the `updated_at` of the draft the editor had before them, or NO_DRAFT; raises Conflict when it is
    another by now, or gone. Raises Invalid for what cannot be stored.
    """
    _check_storable(document)
    # Two may begin a draft at the same moment: the second waits here, and then finds the first one's.
    await tx.execute(_LOCK, {"kind": f"draft:{actor.org_id}:{kind}"})
    draft = await lock_draft(tx, actor.org_id, kind)
    if seen_at not in (None, draft.updated_at if draft else NO_DRAFT):
        if draft is None:
            raise Conflict("The draft was published or discarded while you edited it. Reload to see what is there now.")
        raise Conflict(f"{draft.edited_by} saved this draft while you edited it. Reload to see theirs.")
    if draft is None:
        draft = ConfigDraft(org_id=actor.org_id, kind=kind, base_version=base_version)
        tx.add(draft)
    draft.document, draft.edited_by, draft.updated_at = dict(document), actor.name, now
    await tx.flush()
    return draft


def _check_storable(document: Mapping[str, Any]) -> None:
    """Refuse what PostgreSQL's JSON does not hold; whether the rest makes sense is not asked of a draft."""
    try:
        is_storable = "\\u0000" not in json.dumps(document)
    except TypeError:  # numbers beyond 64 bits, half surrogate pairs
        is_storable = False
    if not is_storable:
        problem = FieldProblem("document", "holds what cannot be stored", "whole numbers of 64 bits, text without NUL")
        raise Invalid("The draft cannot be kept.", errors=[problem])


async def discard_draft(tx: Transaction, org_id: UUID, kind: str) -> bool:
    """Forget the draft of a kind; False when there was none."""
    draft = await find_draft(tx, org_id, kind)
    if draft is not None:
        await tx.delete(draft)
        await tx.flush()
    return draft is not None
