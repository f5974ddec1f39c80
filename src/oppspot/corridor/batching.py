"""Group commit: requests that arrive while a batch is being written join the next one, and share its transaction.

Nobody waits on a timer: a lone request is carried at once, and the busier it gets the larger the batches grow.
An answer is given only after the commit, so whatever was acknowledged survives a crash.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.core.errors import Conflict, Unavailable
from oppspot.core.idempotency import IdempotencyKey, find_answers
from oppspot.core.metrics import INTAKE_BATCH_LEADS, INTAKE_BATCHES
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake, LeadResult

log = structlog.get_logger(__name__)

# Enough to spread the cost of a commit; small enough that one batch stays well under a tenth of a second.
LEADS_PER_BATCH: Final = 200
# Beyond this many waiting leads an organisation is told to come back later: memory stays bounded.
LEADS_WAITING: Final = 20_000
_ATTEMPTS: Final = 4
# Deadlock, serialisation failure, lost unique race: the same batch will succeed on its next try.
_PASSING: Final = frozenset({"40P01", "40001", "23505"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: an HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """The client's idempotency key and what tells two requests with the same key apart."""

    key: str
    request_hash: str


@dataclass(eq=False, slots=True)
class Submission:
    """One request's leads, waiting for a batch."""

    actor: Actor
    intakes: Sequence[Intake]
    respond: Callable[[Sequence[LeadResult]], Answer]
    keyed: KeyedRequest | None = None
    future: "asyncio.Future[Answer]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(slots=True)
class _Lane:
    """The requests of one organisation, and the task that carries them."""

    waiting: deque[Submission] = field(default_factory=deque)
    leads: int = 0
    task: asyncio.Task[None] | None = None


class IntakeBatcher:
    """Carries submissions of each organisation in turn; different organisations run side by side."""

    def __init__(
        self,
        database: Database,
        *,
        leads_per_batch: int = LEADS_PER_BATCH,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._leads_per_batch = leads_per_batch
        self._clock = clock
        self._lanes: dict[UUID, _Lane] = defaultdict(_Lane)

    async def submit(self, submission: Submission) -> Answer:
        """Carry a submission and return its answer once it is committed.

        Raises Unavailable when too much is waiting, and whatever the corridor raises for this submission alone.
        """
        lane = self._lanes[submission.actor.org_id]
        if lane.leads + len(submission.intakes) > LEADS_WAITING:
            raise Unavailable("Too many leads are waiting to be taken in. Try again in a few seconds.")
        lane.waiting.append(submission)
        lane.leads += len(submission.intakes)
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(submission.actor.org_id, lane))
        return await submission.future

    async def close(self) -> None:
        """Carry everything that is waiting, then return."""
        await asyncio.gather(*(lane.task for lane in self._lanes.values() if lane.task))

    async def _drain(self, org_id: UUID, lane: _Lane) -> None:
        while lane.waiting:
            batch = _next_batch(lane, self._leads_per_batch)
            try:
                await self._carry(org_id, batch)
            except Exception as error:  # noqa: BLE001 — the lane must go on; each request gets its own error
                await self._one_by_one(org_id, batch, error)
        lane.task = None
        self._lanes.pop(org_id, None)

    async def _one_by_one(self, org_id: UUID, batch: Sequence[Submission], error: Exception) -> None:
        """Find out whose leads made the batch fail, so that nobody fails for another's."""
        if len(batch) == 1:
            _fail(batch[0], error)
            return
        log.warning("intake.batch_failed", requests=len(batch), error=str(error))
        for submission in batch:
            try:
                await self._carry(org_id, [submission])
            except Exception as own_error:  # noqa: BLE001 — reported to this request only
                _fail(submission, own_error)

    async def _carry(self, org_id: UUID, batch: Sequence[Submission]) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._database.transaction(org_id) as tx:
                    answers = await self._answer(tx, org_id, batch)
                break
            except DBAPIError as error:
                if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _PASSING:
                    raise
        INTAKE_BATCHES.inc()
        INTAKE_BATCH_LEADS.observe(sum(len(submission.intakes) for submission in batch))
        for submission, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                _fail(submission, answer)
            elif not submission.future.done():
                submission.future.set_result(answer)

    async def _answer(
        self,
        tx: Transaction,
        org_id: UUID,
        batch: Sequence[Submission],
    ) -> list[Answer | Exception]:
        now = self._clock()
        stored = await find_answers(tx, org_id, [item.keyed.key for item in batch if item.keyed])
        answers: dict[Submission, Answer | Exception] = {
            item: _repeated(item.keyed, stored[item.keyed.key])
            for item in batch
            if item.keyed and item.keyed.key in stored
        }
        first_with_key: dict[str, Submission] = {}
        fresh = [item for item in batch if item not in answers and _is_first(item, first_with_key)]
        for _, group in groupby(sorted(fresh, key=lambda item: str(item.actor.id)), key=lambda item: item.actor.id):
            answers |= await _take_in(tx, list(group), now)
        await insert_rows(
            tx, IdempotencyKey, [_key_row(org_id, item, answers[item], now) for item in fresh if item.keyed]
        )
        for item in batch:
            if item not in answers and item.keyed:
                answers[item] = _repeat_in_batch(item.keyed, first_with_key[item.keyed.key], answers)
        return [answers[item] for item in batch]


def _next_batch(lane: _Lane, limit: int) -> list[Submission]:
    batch: list[Submission] = []
    leads = 0
    while lane.waiting and (not batch or leads + len(lane.waiting[0].intakes) <= limit):
        submission = lane.waiting.popleft()
        leads += len(submission.intakes)
        batch.append(submission)
    lane.leads -= leads
    return batch


async def _take_in(tx: Transaction, group: Sequence[Submission], now: datetime) -> dict[Submission, Answer | Exception]:
    intakes = [intake for item in group for intake in item.intakes]
    results = iter(await take_in(tx, group[0].actor, intakes, now, Cause("api")))
    return {item: item.respond([next(results) for _ in item.intakes]) for item in group}


def _is_first(item: Submission, first_with_key: dict[str, Submission]) -> bool:
    return item.keyed is None or first_with_key.setdefault(item.keyed.key, item) is item


def _key_row(org_id: UUID, item: Submission, answer: Answer | Exception, now: datetime) -> dict[str, Any]:
    assert item.keyed is not None and isinstance(answer, Answer)  # noqa: S101, PT018 — fresh ones were just answered
    return {
        "org_id": org_id,
        "key": item.keyed.key,
        "request_hash": item.keyed.request_hash,
        "status": answer.status,
        "body": json.dumps(answer.body),
        "created_at": now,
    }


def _repeated(keyed: KeyedRequest, stored: IdempotencyKey) -> Answer | Exception:
    if stored.request_hash != keyed.request_hash:
        return Conflict("This Idempotency-Key was used for a different request.")
    return Answer(stored.status, json.loads(stored.body))


def _repeat_in_batch(
    keyed: KeyedRequest,
    first: Submission,
    answers: dict[Submission, Answer | Exception],
) -> Answer | Exception:
    if first.keyed and first.keyed.request_hash != keyed.request_hash:
        return Conflict("This Idempotency-Key was used for a different request.")
    return answers[first]


def _fail(submission: Submission, error: Exception) -> None:
    if not submission.future.done():
        submission.future.set_exception(error)
