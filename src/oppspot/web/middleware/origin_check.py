"""Refuses writes and live connections that another site makes a reader's browser send."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from oppspot.core.errors import Forbidden
from oppspot.web.middleware.refusals import Refuse

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REFUSAL: Final = "This request came from another site, so it was not carried out."
_POLICY_VIOLATION: Final = 1008


class OriginCheck:
    """Browsers say where a request comes from; machines with a bearer key send no cookie and are not asked."""

    def __init__(self, app: ASGIApp, refuse: Refuse, own_origins: Iterable[str] = ()) -> None:
        self._app = app
        self._refuse = refuse
        self._own_hosts = frozenset(urlsplit(origin).netloc.lower() for origin in own_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it before anything reads its body."""
        if not _concerned(scope) or is_own_site(Headers(scope=scope), self._own_hosts):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "another site"})
        else:
            response = self._refuse(Request(scope), Forbidden(REFUSAL))
            await response(scope, receive, send)


def _concerned(scope: Scope) -> bool:
    if scope["type"] == "websocket":
        return True
    if scope["type"] != "http" or scope["method"] in SAFE:
        return False
    return not scope["path"].startswith("/api/") or "cookie" in Headers(scope=scope)


def is_own_site(headers: Headers, own_hosts: frozenset[str] = frozenset()) -> bool:
    """Answer whether a browser says it is our own page that asks; what is no browser says nothing and passes.

    Sec-Fetch-Site cannot be forged by a page and settles it, except behind a proxy that renames the host.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() in own_hosts:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
