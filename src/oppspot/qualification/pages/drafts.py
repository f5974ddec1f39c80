"""What the pages of a draft share: the document in hand, and what is said when it was saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.qualification.lint import Finding
from oppspot.qualification.services.frameworks import FrameworkState, get_framework
from oppspot.web import Flash


def document_in_hand(state: FrameworkState) -> Mapping[str, Any]:
    """Return what is drafted, else what is live and a draft would be begun from."""
    if state.draft:
        return state.draft.document
    return state.live.document if state.live else {}


def draft_saved(findings: Sequence[Finding]) -> Flash:
    """Return what is said of a draft that was saved, right or wrong."""
    faults = sum(finding.level == "error" for finding in findings)
    said = f"Draft saved; {faults} to mend before it can be published." if faults else "Draft saved."
    return Flash(said, "notice" if faults else "done")


async def drafted(tx: Transaction, actor: Actor, name: str) -> tuple[FrameworkState, Mapping[str, Any]]:
    """Return a framework and its draft; raises NotFound when there is none."""
    state = await get_framework(tx, actor.org_id, name)
    if state.draft is None:
        raise NotFound("There is no draft.")
    return state, state.draft.document
