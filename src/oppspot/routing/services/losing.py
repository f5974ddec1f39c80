"""What people are told of leads they had that are somebody else's now: one notice each, however many went."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from oppspot.accounts.notifying import Notice
from oppspot.core.actor import Actor


def notices_of_losing(actor: Actor, had: Iterable[UUID | None], because: str) -> list[Notice]:
    """Return what to tell whoever had leads (one entry a lead, None: nobody); who did it themselves knows."""
    lost = Counter(rep_id for rep_id in had if rep_id is not None and rep_id != actor.user_id)
    said = {rep_id: "A lead" if count == 1 else f"{count} leads" for rep_id, count in sorted(lost.items())}
    return [
        Notice(rep_id, "assignment.moved", f"{leads} of yours went elsewhere", because, "/inbox")
        for rep_id, leads in said.items()
    ]
