"""Stops reading a request body that is larger than its path accepts, whatever length it declared."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oppspot.core.errors import TooLarge
from oppspot.web.middleware.refusals import Refuse

MEBIBYTE: Final = 1024 * 1024
DEFAULT_LIMIT: Final = MEBIBYTE


def _pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(re.escape(prefix).replace(r"\*", "[^/]+"))


class BodyTooLargeError(Exception):
    """The body has passed the limit; nothing more of it is read."""


class BodyLimit:
    """The longest matching path prefix sets the limit in bytes; one MiB where none matches. `*` is any one segment."""

    def __init__(self, app: ASGIApp, refuse: Refuse, limits: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._refuse = refuse
        by_length = sorted((limits or {}).items(), key=lambda entry: len(entry[0]), reverse=True)
        self._limits = [(_pattern(prefix), limit) for prefix, limit in by_length]

    def limit_for(self, path: str) -> int:
        """Return how many bytes a path accepts."""
        return next((limit for prefix, limit in self._limits if prefix.match(path)), DEFAULT_LIMIT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `receive` that counts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self.limit_for(scope["path"])
        if _declared(scope) > limit:
            await self._answer(scope, receive, send, limit)
            return
        counter = _Counter(limit, receive, send)
        try:
            await self._app(scope, counter.receive, counter.send)
        except BodyTooLargeError:
            if counter.has_answered:
                raise
        if counter.is_exceeded and not counter.has_answered:
            await self._answer(scope, receive, send, limit)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        detail = f"The request body is larger than the {limit:,} bytes accepted here."
        await self._refuse(Request(scope), TooLarge(detail))(scope, receive, send)


class _Counter:
    """Counts what comes in. Once it is too much, what the application answers is dropped in favour of a 413."""

    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self._left = limit
        self._receive = receive
        self._send = send
        self.is_exceeded = False
        self.has_answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.is_exceeded = True
                raise BodyTooLargeError
        return message

    async def send(self, message: Message) -> None:
        if self.is_exceeded and not self.has_answered:
            return
        self.has_answered = True
        await self._send(message)


def _declared(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared) if declared.isdecimal() else 0
