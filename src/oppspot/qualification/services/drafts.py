"""What the drafts of frameworks and of their choice share: what an editor has before them, and keeping their change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.config_drafts import NO_DRAFT, ConfigDraft, save_draft
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict


def seen_of(draft: ConfigDraft | None, version: int) -> str:
    """Name what an editor has before them, the draft or what is live; a change made to anything else is refused."""
    return f"draft {draft.updated_at.isoformat()}" if draft else f"version {version}"


async def keep_draft(
    tx: Transaction,
    actor: Actor,
    kind: str,
    document: Mapping[str, Any],
    now: datetime,
    *,
    draft: ConfigDraft | None,
    version: int,
    seen: str,
) -> None:
    """Keep a document in place of the draft, or as one begun from the live version.

    Raises Conflict when what the editor had `seen` is not what is there now.
    """
    if seen != seen_of(draft, version):
        who = draft.edited_by if draft else "Somebody"
        raise Conflict(f"{who} changed this while you edited it. Reload to see what is there now.")
    seen_at = draft.updated_at if draft else NO_DRAFT
    await save_draft(tx, actor, kind, document, now, base_version=version, seen_at=seen_at)
