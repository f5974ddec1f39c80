"""The background work of accounts: e-mails, tried again for about a day, and a daily tidy-up."""

from typing import Final
from uuid import UUID

from procrastinate import Blueprint, JobContext, RetryStrategy

from oppspot.accounts.mail import DeliveryFailed, EmailSender, sender_of
from oppspot.accounts.notifying import EMAIL_QUEUE
from oppspot.accounts.services.emailing import EmailPost
from oppspot.accounts.services.reps import end_pause
from oppspot.accounts.services.tidying import tidy
from oppspot.accounts.types import Purpose
from oppspot.core.clock import now_or, utc_now
from oppspot.core.runtime import Runtime

NAMESPACE: Final = "accounts"
# Waits of 3, 9, 27, … seconds: ten attempts in about a day.
_ATTEMPTS: Final = 10
_RETRY: Final = RetryStrategy(max_attempts=_ATTEMPTS, exponential_wait=3)


def tasks(runtime: Runtime, sender: EmailSender | None = None) -> Blueprint:
    """Return the tasks, to be added under the namespace `accounts`; `sender` is the configured one unless given."""
    post = EmailPost(runtime.database, sender or sender_of(runtime.settings), runtime.settings.base_url)
    blueprint = Blueprint()

    @blueprint.task(name="send_notices", queue=EMAIL_QUEUE, retry=_RETRY)
    async def send_notices(org_id: str) -> None:
        await post.send_notices(UUID(org_id), utc_now())

    @blueprint.task(name="send_link", queue=EMAIL_QUEUE, retry=_RETRY, pass_context=True)
    async def send_link(
        context: JobContext, org_id: str, user_id: str, purpose: str, asked_by: str | None = None
    ) -> None:
        try:
            await post.send_link(UUID(org_id), UUID(user_id), Purpose(purpose), utc_now())
        except DeliveryFailed as failure:
            if not failure.permanent and context.job.attempts < _ATTEMPTS:
                raise
            asker = UUID(asked_by) if asked_by else None
            await post.give_up_link(UUID(org_id), UUID(user_id), asker, failure, utc_now())

    @blueprint.task(name="end_pause", retry=_RETRY, pass_context=False)
    async def pause_ends(org_id: str, user_id: str, until: str | None = None) -> None:
        async with runtime.database.transaction(UUID(org_id)) as tx:
            await end_pause(tx, UUID(org_id), UUID(user_id), now_or(until))

    @blueprint.periodic(cron="17 3 * * *")
    @blueprint.task(name="tidy", queueing_lock="accounts:tidy")
    async def tidy_up(timestamp: int) -> None:  # noqa: ARG001 — every periodic task is told when it was due
        await tidy(runtime.database, utc_now())

    return blueprint
