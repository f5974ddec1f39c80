"""Roles, the last owner, shutting people out."""

import asyncio

import pytest
from tests.casting import Cast, Member

from oppspot.accounts.errors import BeyondOwnPermissions, LastOwner
from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import get_person, get_user
from oppspot.accounts.services.members import change_role, deactivate_user, reactivate_user, rename_user
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import Conflict, NotFound

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _change(database: Database, cast: Cast, by: Member, whom: Member, role: Role) -> None:
    async with database.transaction(cast.org_id) as tx:
        await change_role(tx, by.actor, whom.id, role, utc_now())


async def _role(database: Database, cast: Cast, whom: Member) -> str:
    async with database.transaction(cast.org_id) as tx:
        return (await get_user(tx, whom.id)).role


async def test_the_last_owner_stays_owner(database: Database, cast: Cast) -> None:
    with pytest.raises(LastOwner):
        await _change(database, cast, cast.owner, cast.owner, Role.REP)
    await _change(database, cast, cast.owner, cast.manager, Role.OWNER)
    await _change(database, cast, cast.owner, cast.owner, Role.REP)
    assert await _role(database, cast, cast.owner) == "rep"


async def test_the_last_owner_cannot_be_deactivated(database: Database, cast: Cast) -> None:
    with pytest.raises(LastOwner):
        async with database.transaction(cast.org_id) as tx:
            await deactivate_user(tx, cast.system, cast.owner.id, utc_now())


async def test_two_owners_demoting_each_other_at_once_leave_one(database: Database, cast: Cast) -> None:
    await _change(database, cast, cast.owner, cast.manager, Role.OWNER)
    results = await asyncio.gather(
        _change(database, cast, cast.owner, cast.manager, Role.REP),
        _change(database, cast, cast.owner, cast.owner, Role.REP),
        return_exceptions=True,
    )
    assert sorted(type(result) for result in results if result) == [LastOwner]


@pytest.mark.parametrize(("whom", "role"), [("owner", Role.REP), ("rep", Role.OWNER), ("manager", Role.OWNER)])
async def test_a_manager_neither_makes_nor_unmakes_owners(
    database: Database, cast: Cast, whom: str, role: Role
) -> None:
    with pytest.raises(BeyondOwnPermissions):
        await _change(database, cast, cast.manager, getattr(cast, whom), role)


async def test_a_manager_may_change_what_is_not_above_a_manager(database: Database, cast: Cast) -> None:
    await _change(database, cast, cast.manager, cast.rep, Role.MANAGER)
    assert await _role(database, cast, cast.rep) == "manager"


async def test_nobody_deactivates_themselves(database: Database, cast: Cast) -> None:
    with pytest.raises(Conflict, match="yourself"):
        async with database.transaction(cast.org_id) as tx:
            await deactivate_user(tx, cast.manager.actor, cast.manager.id, utc_now())


async def test_deactivating_can_be_taken_back(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        await deactivate_user(tx, cast.manager.actor, cast.rep.id, utc_now())
        await tx.flush()
        assert (await get_person(tx, cast.rep.id)).state == "deactivated"
        await reactivate_user(tx, cast.manager.actor, cast.rep.id, utc_now())
        await tx.flush()
        assert (await get_person(tx, cast.rep.id)).state == "active"


async def test_people_of_others_are_not_found(database: Database, cast: Cast, outsiders: Cast) -> None:
    for command in (change_role, rename_user):
        with pytest.raises(NotFound):
            async with database.transaction(outsiders.org_id) as tx:
                await command(tx, outsiders.owner.actor, cast.rep.id, Role.VIEWER, utc_now())  # type: ignore[arg-type]
