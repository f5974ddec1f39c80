"""Slows down guessing: so many attempts an address and so many a network address, counted over a moving window."""

from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

from oppspot.accounts.counting import Counter
from oppspot.core.errors import TooManyRequests
from oppspot.core.runtime import runtime_of

PER_ACCOUNT: Final = RateLimitItemPerMinute(10, 15)
# An office shares one address, so it may try more often than one person.
PER_ADDRESS: Final = RateLimitItemPerMinute(100, 15)


class Throttle:
    """Counts attempts. Log-in must work without Redis; each process then counts for itself."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._counter = Counter(MovingWindowRateLimiter, redis_url)

    async def admit(self, what: str, account: str, ip: str) -> None:
        """Count one attempt; raises TooManyRequests when there were too many."""
        for item, key in ((PER_ACCOUNT, ("account", account)), (PER_ADDRESS, ("ip", ip))):
            wait = await self._counter.hit(item, what, *key)
            if wait is not None:
                raise TooManyRequests("Too many attempts. Wait a few minutes and try again.", retry_after=wait)

    async def forgive(self, what: str, account: str) -> None:
        """Forget an account's attempts, because the last one succeeded."""
        await self._counter.clear(PER_ACCOUNT, what, "account", account)

    async def close(self) -> None:
        """Let go of Redis."""
        await self._counter.close()


def throttle_of(connection: HTTPConnection) -> Throttle:
    """Return this process's throttle, made at the first attempt."""
    state = connection.app.state
    if getattr(state, "throttle", None) is None:
        state.throttle = Throttle(runtime_of(connection).settings.redis_url)
    throttle: Throttle = state.throttle
    return throttle
