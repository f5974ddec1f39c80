"""The job that mails a one-time link. It makes the link itself, so that no token ever waits in the job table."""

from typing import Final
from uuid import UUID

from oppspot.accounts.notifying import EMAIL_QUEUE
from oppspot.accounts.types import Purpose
from oppspot.core.jobs import Job

SEND_LINK: Final = "accounts:send_link"


def link_job(org_id: UUID, user_id: UUID, purpose: Purpose, *, asked_by: UUID | None = None) -> Job:
    """Return the job; who asked is told when it cannot be delivered."""
    args = {
        "org_id": str(org_id),
        "user_id": str(user_id),
        "purpose": purpose.value,
        "asked_by": str(asked_by) if asked_by else None,
    }
    return Job(SEND_LINK, args, queue=EMAIL_QUEUE)
