"""Counts against limits: in this process, or for all processes together when Redis is configured and answers."""

import math
from typing import Any, Final

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import RateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from oppspot.core.clock import utc_now

log: Final = structlog.get_logger(__name__)


class Counter:
    """Counts by one strategy; without Redis answering, each process counts for itself."""

    def __init__(self, strategy: type[RateLimiter], redis_url: str | None = None) -> None:
        self._own = strategy(MemoryStorage())
        self._pool = ConnectionPool.from_url(redis_url) if redis_url else None
        self._shared = strategy(_redis(redis_url, self._pool)) if redis_url and self._pool else None

    async def hit(self, item: RateLimitItem, *key: str) -> int | None:
        """Count one; returns None when it is within the limit, else how many seconds to wait."""
        if self._shared is not None:
            try:
                return await _counted(self._shared, item, *key)
            except StorageError as error:
                log.warning("limits.unshared", error=str(error))
        return await _counted(self._own, item, *key)

    async def clear(self, item: RateLimitItem, *key: str) -> None:
        """Forget what was counted."""
        for limiter in (self._own, self._shared):
            if limiter is not None:
                try:
                    await limiter.clear(item, *key)
                except StorageError as error:
                    log.warning("limits.unshared", error=str(error))

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._pool is not None:
            await self._pool.disconnect()


async def _counted(limiter: RateLimiter, item: RateLimitItem, *key: str) -> int | None:
    if await limiter.hit(item, *key):
        return None
    window = await limiter.get_window_stats(item, *key)
    return max(1, math.ceil(window.reset_time - utc_now().timestamp()))


def _redis(url: str, pool: ConnectionPool) -> Storage:
    options: Any = {"connection_pool": pool}
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", **options)
