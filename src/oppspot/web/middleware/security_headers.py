"""Adds the headers that keep a page from doing what it never needs to: foreign code, framing, sniffing, caching."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Style attributes are allowed (chart tooltips and bar widths use them); style elements and all inline scripts are not.
_DIRECTIVES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY: Final = "; ".join(_DIRECTIVES)
SECURITY_HEADERS: Final = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
_HSTS: Final = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """What an endpoint set itself is left alone. Answers are not stored unless they say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = scope.get("scheme") == "https"

        async def completing(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), secure=secure)
            await send(message)

        await self._app(scope, receive, completing)


def _complete(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in SECURITY_HEADERS:
        headers.setdefault(name, value)
    headers.setdefault("cache-control", "no-store")
    if secure:
        headers.setdefault("strict-transport-security", _HSTS)
