"""Background work and raw statements across organisations: nothing is changed, foreign keys do not reach over."""

import inspect
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from procrastinate.tasks import Task
from sqlalchemy import ForeignKeyConstraint, Table, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.casting import Cast, Clients
from tests.contracts.worlds import World, a_marked_world, every_row

from oppspot.accounts.types import Purpose
from oppspot.core.db import Base, Database
from oppspot.core.errors import ProblemError
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.settings import Settings
from oppspot.worker import TASKS

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def world(clients: Clients, cast: Cast, database: Database) -> World:
    return await a_marked_world(cast, clients, database)


def _tasks(database: Database, folder: Path) -> Iterator[tuple[str, Task[..., Any, ...]]]:
    """Yield every task that is given an organisation; periodic sweeps visit each organisation by themselves."""
    runtime = Runtime(Settings(environment="test", data_dir=folder), database, LiveHub(database.dsn))
    for feature, tasks in TASKS.items():
        for name, task in tasks(runtime).tasks.items():
            if "org_id" in inspect.signature(task.func).parameters:
                yield f"{feature}:{name}", task


_OTHER_ARGUMENTS = {
    "cause": "test",
    "number": 0,
    "after": "00000000-0000-0000-0000-000000000000",
    "purpose": Purpose.PASSWORD_RESET.value,
    "asked_by": None,
}


async def test_a_job_of_one_organisation_with_anothers_identifiers_changes_nothing(
    world: World, outsiders: Cast, database: Database, tmp_path: Path
) -> None:
    before, ran = await every_row(database, world.cast.org_id), []
    for name, task in _tasks(database, tmp_path):
        wanted = [each for each in inspect.signature(task.func).parameters if each not in ("org_id", "context")]
        given = {each: world.ids.get(each, _OTHER_ARGUMENTS.get(each)) for each in wanted}
        context = [None] if "context" in inspect.signature(task.func).parameters else []
        with suppress(ProblemError):
            await task.func(*context, org_id=str(outsiders.org_id), **given)
        ran.append(name)
    assert len(ran) >= 7
    assert await every_row(database, world.cast.org_id) == before


def _keys() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and len(constraint.columns) > 1:
                yield table.name, "+".join(constraint.columns.keys())


def _key(table: Table, columns: str) -> ForeignKeyConstraint:
    keys = (each for each in table.constraints if isinstance(each, ForeignKeyConstraint))
    return next(each for each in keys if "+".join(each.columns.keys()) == columns)


def test_every_key_to_a_row_of_an_organisation_names_the_organisation() -> None:
    loose = [
        (table.name, key.column_keys)
        for table in Base.metadata.sorted_tables
        if "org_id" in table.c
        for key in table.foreign_key_constraints
        if "org_id" not in key.column_keys
    ]
    assert loose == []


async def test_no_foreign_key_reaches_into_another_organisation(
    world: World, outsiders: Cast, clients: Clients, database: Database
) -> None:
    """Point each foreign key of the outsiders' own rows at a row of the first organisation."""
    await a_marked_world(outsiders, clients, database)
    tried = []
    for name, columns in _keys():
        table = Base.metadata.tables[name]
        key = _key(table, columns)
        own = await _some_row(database, outsiders, table)
        theirs = await _some_row(database, world.cast, key.referred_table)
        if own is None or theirs is None:
            continue
        changes = {element.parent.name: theirs[element.column.name] for element in key.elements}
        changes.pop("org_id")
        with pytest.raises(DBAPIError) as refused:
            await _point(database, outsiders, table, own, changes)
        assert isinstance(refused.value, IntegrityError) or "permission denied" in str(refused.value), (name, columns)
        tried.append((name, columns))
    assert len(tried) >= 18


async def _some_row(database: Database, cast: Cast, table: Table) -> dict[str, Any] | None:
    async with database.transaction(cast.org_id) as tx:
        row = (await tx.execute(select(table).limit(1))).mappings().first()
        return dict(row) if row else None


async def _point(database: Database, cast: Cast, table: Table, own: dict[str, Any], changes: dict[str, Any]) -> None:
    """Change the row; where the application may only add, add one like it."""
    where = [column == own[column.name] for column in table.primary_key.columns]
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(update(table).where(*where).values(**changes))
