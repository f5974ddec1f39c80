"""Tells people things: a row they see in the application at once, an e-mail soon after if it is still unread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from oppspot.accounts.models import Notification
from oppspot.core import jobs, live
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.core.jobs import Job

SEND_NOTICES: Final = "accounts:send_notices"
EMAIL_QUEUE: Final = "email"
# What comes in within this time is one e-mail a person, and none if they have read it by then.
EMAIL_AFTER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something one person should know; `url` is a path of ours that shows it."""

    user_id: UUID
    kind: str
    title: str
    body: str = ""
    url: str = ""


async def notify_users(tx: Transaction, org_id: UUID, notices: Sequence[Notice], now: datetime) -> None:
    """Write notices in one statement, tell open pages (topic `user:ID`), and have e-mails sent by one job."""
    if not notices:
        return
    await insert_rows(tx, Notification, [_row(org_id, notice, now) for notice in notices])
    await live.announce(tx, org_id, {f"user:{notice.user_id}" for notice in notices})
    await jobs.enqueue(tx, [email_job(org_id, now)])


def _row(org_id: UUID, notice: Notice, now: datetime) -> dict[str, object]:
    return {
        "org_id": org_id,
        "id": new_id(),
        "user_id": notice.user_id,
        "kind": notice.kind,
        "title": notice.title,
        "body": notice.body,
        "url": notice.url,
        "created_at": now,
        "email_state": "pending",
    }


def email_job(org_id: UUID, now: datetime) -> Job:
    """Return the job that sends what waits, a moment from now."""
    # No queueing lock: two corridors of one organisation would wait for each other's commit. Jobs that
    # find nothing left to send are cheap; the lock keeps two of them from sending the same e-mail.
    return Job(
        SEND_NOTICES,
        {"org_id": str(org_id)},
        queue=EMAIL_QUEUE,
        lock=f"notices:{org_id}",
        at=now + EMAIL_AFTER,
    )
