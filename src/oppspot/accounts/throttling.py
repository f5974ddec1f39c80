"""Slows down guessing: so many attempts an address and so many a network address, counted over a moving window."""

from typing import Final

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from starlette.requests import HTTPConnection

from oppspot.core.clock import utc_now
from oppspot.core.errors import TooManyRequests
from oppspot.core.runtime import runtime_of

PER_ACCOUNT: Final = RateLimitItemPerMinute(10, 15)
# An office shares one address, so it may try more often than one person.
PER_ADDRESS: Final = RateLimitItemPerMinute(100, 15)

log = structlog.get_logger(__name__)


class Throttle:
    """Counts attempts in this process, or for all processes together when Redis is configured."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_redis(redis_url)) if redis_url else None

    async def admit(self, what: str, account: str, ip: str) -> None:
        """Count one attempt; raises TooManyRequests when there were too many."""
        for item, key in ((PER_ACCOUNT, ("account", account)), (PER_ADDRESS, ("ip", ip))):
            wait = await self._hit(item, what, *key)
            if wait is not None:
                raise TooManyRequests("Too many attempts. Wait a few minutes and try again.", retry_after=wait)

    async def forgive(self, what: str, account: str) -> None:
        """Forget an account's attempts, because the last one succeeded."""
        for limiter in (self._own, self._shared):
            if limiter is not None:
                try:
                    await limiter.clear(PER_ACCOUNT, what, "account", account)
                except StorageError as error:
                    log.warning("throttle.unshared", error=str(error))

    async def _hit(self, item: RateLimitItem, *key: str) -> int | None:
        if self._shared is not None:
            try:
                return await _counted(self._shared, item, *key)
            except StorageError as error:
                # Log-in must work without Redis; each process then counts for itself.
                log.warning("throttle.unshared", error=str(error))
        return await _counted(self._own, item, *key)


async def _counted(limiter: MovingWindowRateLimiter, item: RateLimitItem, *key: str) -> int | None:
    """Return None when the attempt is within the limit, else the seconds to wait."""
    if await limiter.hit(item, *key):
        return None
    window = await limiter.get_window_stats(item, *key)
    return max(1, round(window.reset_time - utc_now().timestamp()))


def _redis(url: str) -> Storage:
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy")


def throttle_of(connection: HTTPConnection) -> Throttle:
    """Return this process's throttle, made at the first attempt."""
    state = connection.app.state
    if getattr(state, "throttle", None) is None:
        state.throttle = Throttle(runtime_of(connection).settings.redis_url)
    throttle: Throttle = state.throttle
    return throttle
