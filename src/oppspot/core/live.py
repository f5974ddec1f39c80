"""The live channel: which topics changed travels over NOTIFY; what changed is fetched by the page itself."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import text

from oppspot.core import json
from oppspot.core.db import APP_ROLE, Transaction

CHANNEL = "oppspot_live"
_NOTIFY = text("SELECT pg_notify(:channel, payload) FROM unnest(CAST(:payloads AS text[])) AS payload")
_TOPICS_PER_MESSAGE = 100  # PostgreSQL refuses a payload of 8,000 bytes or more
_QUEUE_LENGTH = 200

log = structlog.get_logger(__name__)


async def announce(tx: Transaction, org_id: UUID, topics: Iterable[str]) -> None:
    """Tell open pages, when this transaction commits, that topics changed (`leads`, `lead:ID`, …)."""
    unique = sorted(set(topics))
    messages = [unique[start : start + _TOPICS_PER_MESSAGE] for start in range(0, len(unique), _TOPICS_PER_MESSAGE)]
    payloads = [json.dumps({"org": str(org_id), "topics": topics}) for topics in messages]
    if payloads:
        await tx.execute(_NOTIFY, {"channel": CHANNEL, "payloads": payloads})


class LiveHub:
    """Fans announcements out to the pages open in this process."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._queues: dict[tuple[str, str], set[asyncio.Queue[str]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the block runs."""
        self._task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def subscription(self, org_id: UUID, topics: Iterable[str]):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Yield a queue that receives the names of changed topics.

        A page too slow to read loses messages, never the order: each is only a hint to reload.
        """
        queue: asyncio.Queue[str] = asyncio.Queue(_QUEUE_LENGTH)
        keys = [(str(org_id), topic) for topic in topics]
        for key in keys:
            self._queues[key].add(queue)
        try:
            yield queue
        finally:
            for key in keys:
                self._queues[key].discard(queue)
                if not self._queues[key]:
                    del self._queues[key]

    def _deliver(self, payload: str) -> None:
        message = json.loads(payload)
        for topic in message["topics"]:
            for queue in self._queues.get((message["org"], topic), ()):
                with contextlib.suppress(asyncio.QueueFull):
                    queue.put_nowait(topic)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("live.reconnecting", error=str(error))
                await asyncio.sleep(1)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn,
            autocommit=True,
            options=f"-c role={APP_ROLE}",
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notice in connection.notifies():
                self._deliver(notice.payload)
