"""A worker may die at any moment: the import goes on where it stopped, and nothing happens twice."""

from datetime import timedelta

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW
from tests.leads.imports.conftest import Run, Upload

from oppspot.core.audit import verify_chain
from oppspot.core.db import Database
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.leads.imports import opening, running, undoing
from oppspot.leads.imports.errands import rehearsal_job, run_job, undo_job
from oppspot.leads.imports.jobs import STANDING_STILL, resume_imports, tasks
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.running import run_import, start_run
from oppspot.leads.imports.undoing import start_undo, undo_import
from oppspot.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.db]
TEN = "email\n" + "".join(f"p{number}@x{number}.example\n" for number in range(10))


class Killed(BaseException):
    """What a worker that is killed does next: nothing."""


def _killed_after(chunks: int):
    """A progress report that ends the process after some chunks."""
    left = iter(range(chunks - 1))

    def report(_progress: object) -> None:
        if next(left, None) is None:
            raise Killed

    return report


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", 3)
    monkeypatch.setattr(undoing, "UNDO_ROWS", 3)


async def _started(upload: Upload, database: Database, cast: Cast):
    import_id = await upload(TEN)
    async with database.transaction(cast.org_id) as tx:
        await start_run(tx, cast.manager.actor, import_id, NOW)
    return import_id


async def _numbers(database: Database, cast: Cast) -> tuple[int, int, int]:
    query = """SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM import_rows),
        (SELECT count(*) FROM timeline_events WHERE name = 'lead.created')"""
    async with database.transaction(cast.org_id) as tx:
        return tuple((await tx.execute(text(query))).one())  # type: ignore[return-value]


async def test_a_killed_run_goes_on_where_it_stopped(upload: Upload, database: Database, cast: Cast) -> None:
    import_id = await _started(upload, database, cast)
    with pytest.raises(Killed):
        await run_import(database, cast.org_id, import_id, lambda: NOW, _killed_after(2))
    assert await _numbers(database, cast) == (6, 6, 6)
    done = await run_import(database, cast.org_id, import_id, lambda: NOW)
    assert done is not None
    assert (done.status, done.processed_rows, done.counts) == ("done", 10, {"created": 10})
    assert await _numbers(database, cast) == (10, 10, 10)


async def test_two_workers_on_one_import_do_each_row_once(upload: Upload, database: Database, cast: Cast) -> None:
    import_id = await _started(upload, database, cast)
    async with opening.opened_import(database, cast.org_id, import_id) as late:
        await run_import(database, cast.org_id, import_id, lambda: NOW)
        async for batch in late.batches(4):
            assert await running._take_chunk(database, late, batch, NOW) is None
    assert await _numbers(database, cast) == (10, 10, 10)


async def test_a_slow_worker_leaves_out_what_a_quick_one_did(upload: Upload, database: Database, cast: Cast) -> None:
    import_id = await _started(upload, database, cast)
    async with opening.opened_import(database, cast.org_id, import_id) as slow:
        with pytest.raises(Killed):
            await run_import(database, cast.org_id, import_id, lambda: NOW, _killed_after(2))
        async for batch in slow.batches(4):
            await running._take_chunk(database, slow, batch, NOW)
    assert await _numbers(database, cast) == (10, 10, 10)


async def test_a_killed_undo_goes_on_where_it_stopped(upload: Upload, run: Run, database: Database, cast: Cast) -> None:
    import_id = await upload(TEN)
    await run(import_id)
    async with database.transaction(cast.org_id) as tx:
        await start_undo(tx, cast.manager.actor, import_id, NOW)
    with pytest.raises(Killed):
        await undo_import(database, cast.org_id, import_id, lambda: NOW, _killed_after(2))
    assert (await _numbers(database, cast))[0] == 4
    done = await undo_import(database, cast.org_id, import_id, lambda: NOW)
    assert done is not None
    assert (done.counts["undone"], (await _numbers(database, cast))[0]) == (10, 0)


async def test_work_that_stands_still_is_taken_up_again(upload: Upload, database: Database, cast: Cast) -> None:
    import_id = await _started(upload, database, cast)
    assert await resume_imports(database, NOW + STANDING_STILL) == 0
    assert await resume_imports(database, NOW + STANDING_STILL + timedelta(seconds=1)) >= 1
    async with database.transaction(cast.org_id) as tx:
        assert (await get_import(tx, cast.org_id, import_id)).status == "running"


async def test_the_whole_story_is_in_the_audit_log(
    upload: Upload, run: Run, undo: Run, database: Database, cast: Cast
) -> None:
    import_id = await upload(TEN)
    await run(import_id)
    await undo(import_id)
    async with database.transaction(cast.org_id) as tx:
        query = text("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY seq")
        actions = list((await tx.execute(query, {"id": str(import_id)})).scalars())
        assert (await verify_chain(tx, cast.org_id)).broken_at is None
    assert actions == [f"import.{name}" for name in ("uploaded", "started", "finished", "undo_started", "undone")]


async def test_a_file_is_forgotten_when_its_rows_are_in(
    upload: Upload, run: Run, database: Database, cast: Cast
) -> None:
    await run(await upload(TEN))
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM import_files")) == 0


async def test_a_file_that_is_gone_leaves_the_import_stopped_with_the_reason(
    upload: Upload, database: Database, cast: Cast
) -> None:
    import_id = await _started(upload, database, cast)
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("DELETE FROM import_files"))
    stopped = await run_import(database, cast.org_id, import_id, lambda: NOW)
    assert stopped is not None
    assert (stopped.status, "Upload it again" in (stopped.error or "")) == ("failed", True)


async def test_every_job_has_a_task_by_its_name(database: Database, cast: Cast) -> None:
    app = App(connector=InMemoryConnector())
    app.add_tasks_from(tasks(Runtime(Settings(environment="test"), database, LiveHub(""))), namespace="imports")
    jobs = [make(cast.org_id, cast.org_id) for make in (rehearsal_job, run_job, undo_job)]
    assert {job.task for job in jobs} <= app.tasks.keys()
