"""Gives every request an id, binds it to the log context, returns it, and writes one line when the request ends."""

import re
import secrets
from time import perf_counter
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oppspot.core.metrics import REQUEST_SECONDS, REQUESTS

HEADER: Final = b"x-request-id"
QUIET: Final = ("/static/", "/healthz", "/readyz", "/metrics")
_GIVEN: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("oppspot.access")


class RequestLog:
    """Outermost of ours. The path is logged without its query, which may name people."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log how it ended; what fails goes on up and is logged as 500."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        line = _Line(scope, request_id)
        try:
            await self._app(scope, receive, line.watching(send))
        except BaseException as error:
            line.failed_with = type(error).__name__
            raise
        finally:
            line.write()


class _Line:
    def __init__(self, scope: Scope, request_id: str) -> None:
        self._scope = scope
        self._request_id = request_id
        self._started = perf_counter()
        self._status: int | None = None
        self.failed_with: str | None = None

    def watching(self, send: Send) -> Send:
        """Return a `send` that adds the request id and notes the status."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, self._request_id.encode())]
            await send(message)

        return noting

    def _count(self) -> None:
        if self._scope["type"] == "http":
            method, status = self._scope["method"], str(self._status or 500)
            REQUESTS.labels(method, status).inc()
            REQUEST_SECONDS.labels(method).observe(perf_counter() - self._started)

    def write(self) -> None:
        """Log the request; probes and static files only at debug level."""
        path = self._scope["path"]
        self._count()
        facts: dict[str, Any] = {
            "method": self._scope.get("method", "WEBSOCKET"),
            "path": path,
            "status": self._status or (500 if self.failed_with and self._scope["type"] == "http" else None),
            "duration_ms": round((perf_counter() - self._started) * 1000, 1),
            "actor_id": _actor_id(self._scope),
            "failed_with": self.failed_with,
        }
        write = log.debug if path.startswith(QUIET) else log.info
        write("request", **{name: value for name, value in facts.items() if value is not None})


def request_id_of(scope: Scope) -> str:
    """Return the id of a request; `none` where the middleware is not installed."""
    return str(scope.get("state", {}).get("request_id", "none"))


def _request_id(scope: Scope) -> str:
    """Keep an id the proxy in front gave, if it looks like one; else make a new one."""
    given: bytes = next((value for name, value in scope["headers"] if name == HEADER), b"")
    return given.decode() if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _actor_id(scope: Scope) -> str | None:
    actor = scope.get("state", {}).get("actor")
    return str(actor.id) if getattr(actor, "id", None) else None
