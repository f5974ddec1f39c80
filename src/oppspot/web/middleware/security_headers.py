"""Adds the headers that keep a page from doing what it never needs to: foreign code, framing, sniffing, caching."""

from typing import Final

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
_DEFAULTS: Final = tuple(
    (name.encode(), value.encode()) for name, value in (*SECURITY_HEADERS, ("cache-control", "no-store"))
)
_SECURE_DEFAULTS: Final = (*_DEFAULTS, (b"strict-transport-security", b"max-age=31536000; includeSubDomains"))


class SecurityHeaders:
    """What an endpoint set itself is left alone. Answers are not stored unless they say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        defaults = _SECURE_DEFAULTS if scope.get("scheme") == "https" else _DEFAULTS

        async def completing(message: Message) -> None:
            if message["type"] == "http.response.start":
                # On every answer, so on the raw list: ASGI's header names are lower case already.
                headers = message.get("headers", ())
                given = {name for name, _ in headers}
                message["headers"] = [*headers, *(each for each in defaults if each[0] not in given)]
            await send(message)

        await self._app(scope, receive, completing)
