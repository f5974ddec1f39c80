"""What the tests of imports share: a file as text becomes an upload, and is run without a worker."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from tests.casting import Cast
from tests.corridor.conftest import NOW, a_rule, publish_rules

from oppspot.core.db import Database
from oppspot.leads.imports.rehearsing import rehearse_import, start_rehearsal
from oppspot.leads.imports.running import run_import, start_run
from oppspot.leads.imports.types import ImportProgress
from oppspot.leads.imports.undoing import start_undo, undo_import
from oppspot.leads.imports.uploading import upload_import

THREE = """email,first name,company,source
ada@nordwind.example,Ada,Nordwind,webinar
bo@volta.example,Bo,Volta,fair
nobody,,,
"""
Upload = Callable[..., Awaitable[UUID]]
Run = Callable[[UUID], Awaitable[ImportProgress]]


@pytest.fixture
async def upload(database: Database, cast: Cast, tmp_path: Path) -> Upload:
    """Upload a text as a CSV; every lead goes to the team North."""
    await publish_rules(database, cast, [a_rule(cast)])

    async def uploaded(text: str | bytes = THREE, name: str = "leads.csv") -> UUID:
        path = tmp_path / "upload"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return await upload_import(database, cast.manager.actor, path, name, NOW)

    return uploaded


@pytest.fixture
def run(database: Database, cast: Cast) -> Run:
    async def ran(import_id: UUID) -> ImportProgress:
        async with database.transaction(cast.org_id) as tx:
            await start_run(tx, cast.manager.actor, import_id, NOW, by_worker=False)
        progress = await run_import(database, cast.org_id, import_id, lambda: NOW)
        assert progress is not None
        return progress

    return ran


@pytest.fixture
def rehearse(database: Database, cast: Cast) -> Run:
    async def rehearsed(import_id: UUID) -> ImportProgress:
        async with database.transaction(cast.org_id) as tx:
            await start_rehearsal(tx, cast.manager.actor, import_id, NOW, by_worker=False)
        progress = await rehearse_import(database, cast.org_id, import_id, NOW)
        assert progress is not None
        return progress

    return rehearsed


@pytest.fixture
def undo(database: Database, cast: Cast) -> Run:
    async def undone(import_id: UUID) -> ImportProgress:
        async with database.transaction(cast.org_id) as tx:
            await start_undo(tx, cast.manager.actor, import_id, NOW, by_worker=False)
        progress = await undo_import(database, cast.org_id, import_id, lambda: NOW)
        assert progress is not None
        return progress

    return undone
