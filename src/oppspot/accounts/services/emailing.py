"""Sends what waits to be sent by e-mail: notices, and one-time links made on the way out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update

from oppspot.accounts.mail import DeliveryFailed, Email, EmailSender
from oppspot.accounts.mail.letters import Item, link_letter, notices_letter, write
from oppspot.accounts.models import CredentialToken, Notification, Organisation, User
from oppspot.accounts.notifying import Notice, email_job, notify_users
from oppspot.accounts.services.links import NewLink, make_link
from oppspot.accounts.types import Purpose
from oppspot.core import jobs
from oppspot.core.actor import system_actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Database, Transaction

GIVE_UP_AFTER: Final = timedelta(days=1)
MOST_A_RUN: Final = 500
_PATHS: Final = {Purpose.INVITATION: "/invitation", Purpose.PASSWORD_RESET: "/reset-password"}


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A notice to be sent, and to whom."""

    id: UUID
    user_id: UUID
    title: str
    body: str
    url: str
    created_at: datetime
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a link goes to."""

    email: str
    name: str
    organisation: str


class EmailPost:
    """What sending takes: the database, a sender, and the address that links start with."""

    def __init__(self, database: Database, sender: EmailSender, base_url: str) -> None:
        self.database = database
        self.sender = sender
        self.base_url = base_url

    async def send_notices(self, org_id: UUID, now: datetime) -> None:
        """Send each person one e-mail with all notices they have not read.

        Raises DeliveryFailed when some should be tried again; why is on the notice meanwhile. After a day, or when
        the address is refused, a notice counts as failed.
        """
        async with self.database.transaction(org_id) as tx:
            await _skip_unwanted(tx)
            pending = await _list_pending(tx)
        emails = [self._notices_email(rows) for rows in pending.values()]
        outcomes = await self.sender.send(emails) if emails else []
        async with self.database.transaction(org_id) as tx:
            for rows, outcome in zip(pending.values(), outcomes, strict=True):
                await _note(tx, rows, outcome, now)
            if sum(map(len, pending.values())) == MOST_A_RUN and not any(outcomes):
                await jobs.enqueue(tx, [email_job(org_id, now)])
        if temporary := [outcome for outcome in outcomes if outcome and not outcome.permanent]:
            raise temporary[0]

    def _notices_email(self, rows: Sequence[PendingNotice]) -> Email:
        items = [Item(row.title, row.body, self.base_url + row.url if row.url else "") for row in rows]
        return write(rows[0].email, notices_letter(rows[0].name, items, f"{self.base_url}/account"))

    async def send_link(self, org_id: UUID, user_id: UUID, purpose: Purpose, now: datetime) -> None:
        """Make a one-time link for somebody and mail it; does nothing for somebody who may not have one.

        Raises DeliveryFailed; the link that did not arrive is gone then.
        """
        async with self.database.transaction(org_id) as tx:
            addressee = await _find_addressee(tx, user_id, purpose)
            if addressee is None:
                return
            link = await make_link(tx, org_id, user_id, purpose, now)
        url = f"{self.base_url}{_PATHS[purpose]}?token={link.token}"
        letter = link_letter(purpose, addressee.organisation, addressee.name, url)
        failure = (await self.sender.send([write(addressee.email, letter)]))[0]
        async with self.database.transaction(org_id) as tx:
            await _conclude(tx, org_id, user_id, link, failure, now)
        if failure:
            raise failure

    async def give_up_link(
        self, org_id: UUID, user_id: UUID, asked_by: UUID | None, failure: DeliveryFailed, now: datetime
    ) -> None:
        """Tell whoever asked that an invitation did not arrive, and what they can do."""
        async with self.database.transaction(org_id) as tx:
            subject = ("user", user_id)
            payload = {"reason": failure.reason}
            await record_audit(tx, system_actor(org_id), "email.undelivered", subject, now, payload=payload)
            if asked_by is not None:
                notice = Notice(
                    asked_by,
                    "email.undelivered",
                    "An invitation could not be delivered",
                    f"{failure.reason}. Correct the address, or make a link and pass it on yourself.",
                    f"/team/people/{user_id}",
                )
                await notify_users(tx, org_id, [notice], now)


async def _skip_unwanted(tx: Transaction) -> None:
    """Take out what was read meanwhile, and what goes to people who want no e-mail or may not come in."""
    unwilling = exists().where(
        User.org_id == Notification.org_id,
        User.id == Notification.user_id,
        or_(~User.active, ~User.email_notices),
    )
    pending = update(Notification).where(Notification.email_state == "pending")
    await tx.execute(pending.where(or_(Notification.read_at.is_not(None), unwilling)).values(email_state="skipped"))


async def _list_pending(tx: Transaction) -> dict[UUID, list[PendingNotice]]:
    """Return what is to be sent, by person."""
    rows = await tx.execute(
        select(
            Notification.id,
            Notification.user_id,
            Notification.title,
            Notification.body,
            Notification.url,
            Notification.created_at,
            User.email,
            User.name,
        )
        .join(User, (User.org_id == Notification.org_id) & (User.id == Notification.user_id))
        .where(Notification.email_state == "pending")
        .order_by(Notification.id)
        .limit(MOST_A_RUN),
    )
    by_user: dict[UUID, list[PendingNotice]] = defaultdict(list)
    for row in rows:
        by_user[row.user_id].append(PendingNotice(*row))
    return by_user


async def _note(tx: Transaction, rows: Sequence[PendingNotice], outcome: DeliveryFailed | None, now: datetime) -> None:
    """Write down what became of one person's notices."""
    these = update(Notification).where(Notification.id.in_([row.id for row in rows]))
    if outcome is None:
        await tx.execute(these.values(email_state="sent", email_error=None))
        return
    await tx.execute(these.values(email_error=outcome.reason))
    hopeless = these if outcome.permanent else these.where(Notification.created_at < now - GIVE_UP_AFTER)
    await tx.execute(hopeless.values(email_state="failed"))


async def _find_addressee(tx: Transaction, user_id: UUID, purpose: Purpose) -> Addressee | None:
    """Return whom a link goes to: an invitation to those without a password, a reset to those with one."""
    has_password = User.password_hash.is_not(None)
    fits = ~has_password if purpose is Purpose.INVITATION else has_password
    statement = (
        select(User.email, User.name, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == User.org_id)
        .where(User.id == user_id, User.active, fits)
    )
    row = (await tx.execute(statement)).one_or_none()
    return Addressee(*row) if row else None


async def _conclude(
    tx: Transaction, org_id: UUID, user_id: UUID, link: NewLink, failure: DeliveryFailed | None, now: datetime
) -> None:
    if failure:
        await tx.execute(delete(CredentialToken).where(CredentialToken.id == link.id))
    else:
        await record_audit(tx, system_actor(org_id), "link.emailed", ("user", user_id), now)
