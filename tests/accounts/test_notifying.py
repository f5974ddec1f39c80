"""Notices: written at once, mailed once, never lost silently."""

from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text, update
from tests.casting import Cast, Member

from oppspot.accounts.mail import DeliveryFailed, Email
from oppspot.accounts.models import User
from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.permissions import Role
from oppspot.accounts.services.emailing import EmailPost
from oppspot.accounts.services.invitations import accept_invitation, invite_user
from oppspot.accounts.services.notices import mark_all_read
from oppspot.accounts.types import NewUser, Origin, Purpose
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.db]
BASE = "https://leads.example"


class Postbox:
    """A sender that keeps what it is given, and fails as told."""

    def __init__(self, failure: DeliveryFailed | None = None) -> None:
        self.failure = failure
        self.sent: list[Email] = []

    async def send(self, emails: Sequence[Email]) -> list[DeliveryFailed | None]:
        if self.failure is None:
            self.sent += emails
        return [self.failure] * len(emails)


async def _notify(database: Database, cast: Cast, *whom: Member, age: timedelta = timedelta()) -> None:
    titled = [(member, f"New lead <{number}>") for number, member in enumerate(whom)]
    async with database.transaction(cast.org_id) as tx:
        notices = [Notice(member.id, "test", title, "Because & so", "/leads/1") for member, title in titled]
        await notify_users(tx, cast.org_id, notices, utc_now() - age)


async def _states(database: Database, cast: Cast) -> list[tuple[str, str | None]]:
    async with database.transaction(cast.org_id) as tx:
        query = text("SELECT email_state, email_error FROM notifications ORDER BY id")
        return [tuple(row) for row in await tx.execute(query)]  # type: ignore[misc]


async def test_each_person_gets_one_letter_for_all_their_notices(database: Database, cast: Cast) -> None:
    await _notify(database, cast, cast.rep, cast.rep, cast.other_rep)
    box = Postbox()
    await EmailPost(database, box, BASE).send_notices(cast.org_id, utc_now())
    assert [email.to for email in box.sent] == [cast.rep.email, cast.other_rep.email]
    assert box.sent[0].subject == "New lead <0> and 1 more"
    assert f"{BASE}/leads/1" in box.sent[0].text
    assert "New lead &lt;1&gt;" in box.sent[0].html
    assert "Because &amp; so" in box.sent[0].html
    await EmailPost(database, box, BASE).send_notices(cast.org_id, utc_now())
    assert len(box.sent) == 2


async def test_what_was_read_meanwhile_is_not_mailed(database: Database, cast: Cast) -> None:
    await _notify(database, cast, cast.rep)
    async with database.transaction(cast.org_id) as tx:
        await mark_all_read(tx, cast.rep.actor, utc_now())
    box = Postbox()
    await EmailPost(database, box, BASE).send_notices(cast.org_id, utc_now())
    assert (box.sent, await _states(database, cast)) == ([], [("skipped", None)])


@pytest.mark.parametrize("change", [{"email_notices": False}, {"active": False}])
async def test_who_wants_no_mail_gets_none(database: Database, cast: Cast, change: dict[str, bool]) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(update(User).where(User.id == cast.rep.id).values(change))
    await _notify(database, cast, cast.rep)
    box = Postbox()
    await EmailPost(database, box, BASE).send_notices(cast.org_id, utc_now())
    assert (box.sent, await _states(database, cast)) == ([], [("skipped", None)])


async def test_a_failure_is_shown_and_tried_again(database: Database, cast: Cast) -> None:
    await _notify(database, cast, cast.rep)
    with pytest.raises(DeliveryFailed):
        await EmailPost(database, Postbox(DeliveryFailed("busy")), BASE).send_notices(cast.org_id, utc_now())
    assert await _states(database, cast) == [("pending", "busy")]
    await EmailPost(database, Postbox(), BASE).send_notices(cast.org_id, utc_now())
    assert await _states(database, cast) == [("sent", None)]


async def test_a_refused_address_is_not_tried_again(database: Database, cast: Cast) -> None:
    await _notify(database, cast, cast.rep)
    refusing = Postbox(DeliveryFailed("550 no such user", permanent=True))
    await EmailPost(database, refusing, BASE).send_notices(cast.org_id, utc_now())
    assert await _states(database, cast) == [("failed", "550 no such user")]


async def test_after_a_day_of_failures_it_counts_as_failed(database: Database, cast: Cast) -> None:
    await _notify(database, cast, cast.rep, age=timedelta(days=1, minutes=1))
    with pytest.raises(DeliveryFailed):
        await EmailPost(database, Postbox(DeliveryFailed("busy")), BASE).send_notices(cast.org_id, utc_now())
    assert await _states(database, cast) == [("failed", "busy")]


async def test_an_organisation_mails_only_its_own_notices(database: Database, cast: Cast, outsiders: Cast) -> None:
    await _notify(database, cast, cast.rep)
    box = Postbox()
    await EmailPost(database, box, BASE).send_notices(outsiders.org_id, utc_now())
    assert box.sent == []


async def _invited(database: Database, cast: Cast) -> tuple[str, object]:
    email = f"new.{new_id().hex[-12:]}@example.com"
    async with database.transaction(cast.org_id) as tx:
        return email, (await invite_user(tx, cast.manager.actor, NewUser(email, "N", Role.REP), utc_now())).user_id


async def test_an_invitation_letter_carries_a_link_that_works(database: Database, cast: Cast) -> None:
    email, user_id = await _invited(database, cast)
    box = Postbox()
    await EmailPost(database, box, BASE).send_link(cast.org_id, user_id, Purpose.INVITATION, utc_now())  # type: ignore[arg-type]
    (letter,) = box.sent
    assert letter.to == email
    token = letter.text.split(f"{BASE}/invitation?token=")[1].split()[0]
    await accept_invitation(database, token, "Name", "long enough a password", Origin(), utc_now())


async def test_a_letter_for_nobody_is_not_written(database: Database, cast: Cast) -> None:
    box = Postbox()
    post = EmailPost(database, box, BASE)
    await post.send_link(new_id(), new_id(), Purpose.PASSWORD_RESET, utc_now())
    await post.send_link(cast.org_id, cast.rep.id, Purpose.INVITATION, utc_now())
    assert box.sent == []


async def test_an_invitation_that_cannot_arrive_is_told_to_whoever_asked(database: Database, cast: Cast) -> None:
    _, user_id = await _invited(database, cast)
    failure = DeliveryFailed("550 no such user", permanent=True)
    post = EmailPost(database, Postbox(failure), BASE)
    with pytest.raises(DeliveryFailed):
        await post.send_link(cast.org_id, user_id, Purpose.INVITATION, utc_now())  # type: ignore[arg-type]
    await post.give_up_link(cast.org_id, user_id, cast.manager.id, failure, utc_now())  # type: ignore[arg-type]
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM credential_tokens")) == 1
        told = (await tx.execute(text("SELECT user_id, body FROM notifications"))).one()
    assert told.user_id == cast.manager.id
    assert "550 no such user" in told.body


async def test_no_job_holds_a_token_or_an_address(database: Database, database_url: str, cast: Cast) -> None:
    email, user_id = await _invited(database, cast)
    with psycopg.connect(database_url) as connection:
        query = "SELECT args::text FROM jobs.procrastinate_jobs WHERE args->>'user_id' = %s"
        (job,) = connection.execute(query, [str(user_id)]).fetchall()
    assert email not in job[0]
    assert "token" not in job[0]
