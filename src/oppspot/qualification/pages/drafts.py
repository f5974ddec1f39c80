"""What the pages of a draft share: the document in hand, when it was seen, and what there is to mend."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.qualification.services.frameworks import FrameworkState, get_framework

# Seen before there was any draft: whoever has begun one since is told of.
_BEFORE: Final = datetime(1970, 1, 1, tzinfo=UTC)


def document_in_hand(state: FrameworkState) -> Mapping[str, Any]:
    """Return what is drafted, else what is live and a draft would be begun from."""
    if state.draft:
        return state.draft.document
    return state.live.document if state.live else {}


def seen(state: FrameworkState) -> str:
    """Return when the draft was last saved, as a form carries it; empty when there is none."""
    return state.draft.updated_at.isoformat() if state.draft else ""


def seen_at(posted: str) -> datetime:
    """Return what a form carries as a moment."""
    try:
        moment = datetime.fromisoformat(posted)
    except ValueError:
        return _BEFORE
    return moment if moment.tzinfo else _BEFORE


async def drafted(tx: Transaction, actor: Actor, name: str) -> tuple[FrameworkState, Mapping[str, Any]]:
    """Return a framework and its draft; raises NotFound when there is none."""
    state = await get_framework(tx, actor.org_id, name)
    if state.draft is None:
        raise NotFound("There is no draft.")
    return state, state.draft.document
