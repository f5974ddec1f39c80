"""So many requests a minute for a key or a session, whatever they ask; a batch of a thousand leads is one request."""

from limits import RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection

from oppspot.accounts.counting import Counter
from oppspot.core.actor import Actor
from oppspot.core.errors import TooManyRequests
from oppspot.core.runtime import runtime_of


class RequestLimit:
    """Counts in fixed minutes: one number a key, on the way of every request. No database is asked."""

    def __init__(self, per_minute: int, redis_url: str | None = None) -> None:
        self._per_minute = per_minute
        self._item = RateLimitItemPerMinute(per_minute)
        self._counter = Counter(FixedWindowRateLimiter, redis_url)

    async def admit(self, actor: Actor) -> None:
        """Count one request; raises TooManyRequests with the seconds until the next minute begins."""
        wait = await self._counter.hit(self._item, "requests", str(actor.session_id or actor.id))
        if wait is not None:
            detail = f"More than {self._per_minute:,} requests in a minute. Wait {wait} seconds and go on."
            raise TooManyRequests(detail, retry_after=wait)

    async def close(self) -> None:
        """Let go of Redis."""
        await self._counter.close()


async def admit_request(connection: HTTPConnection, actor: Actor) -> None:
    """Count a request against its key's or session's limit, unless none is set."""
    settings, state = runtime_of(connection).settings, connection.app.state
    if not settings.requests_per_minute or connection.scope["type"] != "http":
        return
    if getattr(state, "request_limit", None) is None:
        state.request_limit = RequestLimit(settings.requests_per_minute, settings.redis_url)
    limit: RequestLimit = state.request_limit
    await limit.admit(actor)
