"""Invitations: sent, accepted once, gone when they are old."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.accounts.errors import AddressTaken, BeyondOwnPermissions, LinkSpent
from oppspot.accounts.permissions import Role
from oppspot.accounts.services.invitations import Invitation, accept_invitation, invite_user, renew_invitation
from oppspot.accounts.services.members import deactivate_user
from oppspot.accounts.types import NewSession, NewUser, Origin
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import Conflict
from oppspot.core.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.db]
PASSWORD = "a new and long enough one"


def _somebody(role: Role = Role.REP) -> NewUser:
    return NewUser(f"new.{new_id().hex[-12:]}@example.com", "New Person", role)


async def _invite(database: Database, cast: Cast, person: NewUser | None = None) -> Invitation:
    async with database.transaction(cast.org_id) as tx:
        return await invite_user(tx, cast.manager.actor, person or _somebody(), utc_now())


async def _accept(database: Database, token: str, later: timedelta = timedelta()) -> NewSession:
    return await accept_invitation(database, token, "My Name", PASSWORD, Origin(), utc_now() + later)


async def test_accepting_sets_name_and_password_and_logs_in(database: Database, cast: Cast) -> None:
    invitation = await _invite(database, cast)
    session = await _accept(database, invitation.token)
    async with database.transaction(cast.org_id) as tx:
        query = text(
            "SELECT u.name, u.password_hash IS NOT NULL, s.id FROM users u JOIN sessions s ON s.user_id = u.id"
        )
        assert (await tx.execute(query)).all() == [("My Name", True, session.id)]


async def test_an_invitation_works_once(database: Database, cast: Cast) -> None:
    invitation = await _invite(database, cast)
    await _accept(database, invitation.token)
    with pytest.raises(LinkSpent):
        await _accept(database, invitation.token)


async def test_an_invitation_expires_after_a_week(database: Database, cast: Cast) -> None:
    invitation = await _invite(database, cast)
    with pytest.raises(LinkSpent):
        await _accept(database, invitation.token, timedelta(days=7))


async def test_accepting_one_link_spends_the_others(database: Database, cast: Cast) -> None:
    first = await _invite(database, cast)
    async with database.transaction(cast.org_id) as tx:
        second = await renew_invitation(tx, cast.manager.actor, first.user_id, utc_now())
    await _accept(database, second.token)
    with pytest.raises(LinkSpent):
        await _accept(database, first.token)


async def test_a_deactivated_person_cannot_accept(database: Database, cast: Cast) -> None:
    invitation = await _invite(database, cast)
    async with database.transaction(cast.org_id) as tx:
        await deactivate_user(tx, cast.owner.actor, invitation.user_id, utc_now())
    with pytest.raises(LinkSpent):
        await _accept(database, invitation.token)


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 43])
async def test_a_link_that_never_was_is_refused(database: Database, token: str) -> None:
    with pytest.raises(LinkSpent):
        await _accept(database, token)


async def test_whoever_has_accepted_is_not_invited_again(database: Database, cast: Cast) -> None:
    with pytest.raises(Conflict, match="not accepted yet"):
        async with database.transaction(cast.org_id) as tx:
            await renew_invitation(tx, cast.manager.actor, cast.rep.id, utc_now())


async def test_an_address_has_one_account_wherever_it_is(database: Database, cast: Cast, outsiders: Cast) -> None:
    for taken in (cast.rep.email, outsiders.rep.email, outsiders.rep.email.upper()):
        with pytest.raises(AddressTaken):
            await _invite(database, cast, NewUser(taken, "Twice", Role.REP))


async def test_a_manager_cannot_invite_an_owner(database: Database, cast: Cast) -> None:
    with pytest.raises(BeyondOwnPermissions):
        await _invite(database, cast, _somebody(Role.OWNER))


async def test_the_token_is_kept_nowhere(database: Database, cast: Cast) -> None:
    invitation = await _invite(database, cast)
    async with database.transaction(cast.org_id) as tx:
        rows = (await tx.execute(text("SELECT t::text FROM credential_tokens t"))).scalars().all()
        rows += (await tx.execute(text("SELECT a::text FROM audit_log a"))).scalars().all()
    assert rows
    assert not any(invitation.token in row for row in rows)
