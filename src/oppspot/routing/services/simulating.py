"""Begins simulations and runs them: read in chunks, taken again in memory, written nowhere but here."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text, update

from oppspot.accounts.period_limits import ACCEPTED, are_well_formed
from oppspot.calendars.queries import load_calendars
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.config_versions import document_hash
from oppspot.core.db import Database, Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.ids import new_id
from oppspot.core.jobs import Job, enqueue
from oppspot.core.live import announce
from oppspot.core.organisations import visit_all
from oppspot.corridor.configuration import compile_routing
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.queries import list_reps
from oppspot.routing.queries.decisions import find_document
from oppspot.routing.queries.history import (
    Span,
    find_first_version,
    iterate_batches,
    list_events,
    load_before,
    measure_history,
)
from oppspot.routing.queries.simulations import get_simulation
from oppspot.routing.queries.targets import list_targets
from oppspot.routing.services.publishing import check_rules, get_rules
from oppspot.routing.simulating.limits import AS_WAS, TriedLimits, document_of, read_tried
from oppspot.routing.simulating.models import Simulation
from oppspot.routing.simulating.report import report_of
from oppspot.routing.simulating.running import Simulation as Course
from oppspot.routing.simulating.types import Past
from oppspot.routing.types import RoutingConfig

MOST_WEEKS: Final = 26
# So many simulations are kept, the newest.
KEPT: Final = 20
# Longer than a worker takes to fetch a job; one that was begun earlier may have lost its worker.
STANDING_STILL: Final = timedelta(minutes=2)
# One that its workers did not survive so often would take down the next one, too.
MOST_ATTEMPTS: Final = 3
# Decisions taken again between two reports of progress.
_STRIDE: Final = 500


async def begin_simulation(
    tx: Transaction,
    actor: Actor,
    document: RoutingDocument,
    weeks: int,
    title: str,
    now: datetime,
    limits: Sequence[tuple[UUID, TriedLimits]] = (),
) -> UUID:
    """Have a document, and other limits of reps, tried on the last weeks; returns the simulation's id.

    Raises Invalid as publishing, and changing the limits, would.
    """
    await check_rules(tx, actor.org_id, document)
    await _check_limits(tx, actor.org_id, limits)
    _, version = await get_rules(tx, actor.org_id)
    simulation_id = new_id()
    row = {
        "org_id": actor.org_id,
        "id": simulation_id,
        "title": title,
        "weeks": weeks,
        "document": document.model_dump(mode="json"),
        "limits": [document_of(*each) for each in limits],
        "base_version": version,
        "state": "waiting",
        "done": 0,
        "attempts": 0,
        "begun_by": actor.name,
        "begun_at": now,
    }
    await insert_rows(tx, Simulation, [row])
    await tx.execute(_FORGET, {"org_id": actor.org_id, "kept": KEPT})
    await enqueue(tx, [_job(actor.org_id, simulation_id)])
    return simulation_id


async def _check_limits(tx: Transaction, org_id: UUID, limits: Sequence[tuple[UUID, TriedLimits]]) -> None:
    if not limits:
        return
    reps = {rep_id for rep_id, _ in (await list_targets(tx, org_id)).reps}
    seen, problems = set[UUID](), list[FieldProblem]()
    for place, (rep_id, tried) in enumerate(limits):
        if rep_id not in reps:
            problems.append(FieldProblem(f"limits[{place}].rep_id", "is nobody who takes leads here", "a rep's id"))
        elif rep_id in seen:
            problems.append(FieldProblem(f"limits[{place}].rep_id", "is there already", "each rep once"))
        seen.add(rep_id)
        if tried.limits is not AS_WAS and not are_well_formed(tried.limits):
            problems.append(FieldProblem(f"limits[{place}].limits", "cannot be kept", ACCEPTED))
    if problems:
        raise Invalid("Some of the limits are not accepted.", errors=problems)


def _job(org_id: UUID, simulation_id: UUID) -> Job:
    """Return the job that runs it, after those of the organisation that run; it waits once at most."""
    args = {"org_id": str(org_id), "simulation_id": str(simulation_id)}
    return Job("routing:simulate", args, lock=f"simulate:{org_id}", queueing_lock=f"simulation:{simulation_id}")


_FORGET: Final = text(
    "DELETE FROM simulations WHERE org_id = :org_id AND id IN "
    "(SELECT id FROM simulations WHERE org_id = :org_id ORDER BY begun_at DESC, id DESC OFFSET :kept)",
)


async def resume_simulations(database: Database, now: datetime) -> int:
    """Enqueue again what is not at its end after two minutes, for its worker may have died; returns how many.

    Where that is not so, the job waits for the one that runs, and finds nothing to do.
    """

    async def resume(tx: Transaction, org_id: UUID) -> int:
        rows = await tx.execute(_UNFINISHED, {"org_id": org_id, "before": now - STANDING_STILL})
        jobs = [_job(org_id, row.id) for row in rows]
        await enqueue(tx, jobs)
        return len(jobs)

    return await visit_all(database, resume)


_UNFINISHED: Final = text(
    "SELECT id FROM simulations WHERE org_id = :org_id AND begun_at < :before AND state IN ('waiting', 'running') "
    "ORDER BY begun_at, id",
)


async def run_simulation(database: Database, org_id: UUID, simulation_id: UUID, now: datetime) -> None:
    """Run a simulation and keep its result; one that is done, or gone, stays as it is. Safe to run again."""
    attempts = await _take_up(database, org_id, simulation_id)
    if attempts is None:
        return
    failed = partial(_keep, database, org_id, simulation_id, state="failed", finished_at=now)
    if attempts > MOST_ATTEMPTS:
        await failed(problem=f"It was begun {MOST_ATTEMPTS} times, and never came to its end.")
        return
    try:
        result = await _run(database, org_id, simulation_id, now)
    except asyncio.CancelledError:
        await asyncio.shield(failed(problem="It was stopped before it was finished."))
        raise
    except Exception as error:
        await failed(problem=f"It could not be finished: {type(error).__name__}.")
        raise
    said = {name: value for name, value in result.items() if name != "moved"}
    ended = {"result": said, "moved": result["moved"], "done": result["decisions"], "finished_at": now}
    await _keep(database, org_id, simulation_id, state="done", **ended)


_TAKE_UP: Final = text(
    "UPDATE simulations SET state = 'running', attempts = attempts + 1 "
    "WHERE org_id = :org_id AND id = :id AND state IN ('waiting', 'running') RETURNING attempts",
)


async def _take_up(database: Database, org_id: UUID, simulation_id: UUID) -> int | None:
    """Note that a worker begins it; returns how often that is now, None if it is at its end."""
    async with database.transaction(org_id) as tx:
        return (await tx.execute(_TAKE_UP, {"org_id": org_id, "id": simulation_id})).scalar_one_or_none()


async def _run(database: Database, org_id: UUID, simulation_id: UUID, now: datetime) -> Mapping[str, Any]:
    async with database.transaction(org_id) as tx:
        simulation = await get_simulation(tx, org_id, simulation_id)
        await tx.execute(_READ_ONLY)
        # What happens while it waits and runs is not part of it.
        span = Span(simulation.begun_at - timedelta(weeks=simulation.weeks), simulation.begun_at)
        draft = await compile_routing(tx, org_id, simulation.document, document_hash(simulation.document))
        reps = await list_reps(tx, org_id, draft, await load_calendars(tx, org_id, now), now)
        before = await load_before(tx, org_id, span, reps)
        extent = await measure_history(tx, org_id, span)
        versions = _Versions(tx, org_id)
        # Versions in a row are never the same: with the first decision taken under the live one, all of them were.
        oldest, newest = await find_first_version(tx, org_id, extent), simulation.base_version
        live = None if oldest in {None, newest} else await versions.load(newest)
        course = Course((), before, versions.known.__getitem__, draft, read_tried(simulation.limits), live)
        deeds = _Deeds(tx, org_id, span, course)
        await _keep(database, org_id, simulation_id, total=extent.decisions)
        ready: list[list[Past]] = []
        reported = 0
        async for batch in iterate_batches(tx, org_id, span, extent):
            await versions.load(batch[0].version)
            await deeds.load(batch[0])
            ready.append(batch)
            if sum(map(len, ready)) >= _STRIDE:
                await asyncio.to_thread(_take, course, ready)
                ready = []
                if course.run.decisions >= reported + _STRIDE:
                    reported = course.run.decisions
                    await _keep(database, org_id, simulation_id, done=reported)
        await asyncio.to_thread(_take, course, ready)
        report = await asyncio.to_thread(report_of, course.run, before)
        if report["since"] is not None:
            report["since"] |= {"oldest_version": oldest, "live_version": newest}
        return report


_READ_ONLY: Final = text("SET TRANSACTION READ ONLY")


def _take(course: Course, batches: list[list[Past]]) -> None:
    for batch in batches:
        course.step(batch)


class _Versions:
    """The configurations that decided in the time that is simulated, and the live one."""

    def __init__(self, tx: Transaction, org_id: UUID) -> None:
        self._tx = tx
        self._org_id = org_id
        self.known: dict[int, RoutingConfig] = {}

    async def load(self, version: int) -> RoutingConfig:
        """Read and compile a published configuration, once."""
        if version not in self.known:
            document = await find_document(self._tx, self._org_id, version)
            digest = document_hash(document) if document is not None else ""
            self.known[version] = await compile_routing(self._tx, self._org_id, document, digest)
        return self.known[version]


_DAY: Final = timedelta(days=1)


class _Deeds:
    """What people did in the time that is simulated, read day by day as decisions come to it."""

    def __init__(self, tx: Transaction, org_id: UUID, span: Span, course: Course) -> None:
        self._tx = tx
        self._org_id = org_id
        self._left = span
        self._course = course

    async def load(self, past: Past) -> None:
        """Read what was done until a decision, and on to the end of a day."""
        while self._left.since <= past.at:
            day = Span(self._left.since, min(self._left.since + _DAY, self._left.until))
            self._course.expect(await list_events(self._tx, self._org_id, day))
            self._left = Span(day.until, self._left.until)


async def _keep(database: Database, org_id: UUID, simulation_id: UUID, **changes: Any) -> None:
    """Write how far it has come, for whoever watches."""
    async with database.transaction(org_id) as tx:
        here = (Simulation.org_id == org_id, Simulation.id == simulation_id)
        await tx.execute(update(Simulation).where(*here).values(changes).execution_options(synchronize_session=False))
        await announce(tx, org_id, [f"simulation:{simulation_id}"])
