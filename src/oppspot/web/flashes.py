"""What just happened, told once on the next page: a signed cookie carries it over the redirect."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

FlashKind = Literal["done", "notice", "problem"]

COOKIE: Final = "flash"
MAX_AGE: Final = 300
LONGEST_MESSAGE: Final = 300  # three of them, escaped and signed, fit the 4 KiB of a cookie


@dataclass(frozen=True, slots=True)
class Undo:
    """A POST that takes the action back."""

    action: str
    label: str = "Undo"


@dataclass(frozen=True, slots=True)
class Flash:
    message: str
    kind: FlashKind = "done"
    undo: Undo | None = None


class FlashCookie:
    """Signs flashes on the way out and believes only its own on the way in."""

    def __init__(self, secret_key: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="oppspot.flash")

    def write(self, request: Request, response: Response, flashes: Sequence[Flash]) -> None:
        """Add flashes to those not shown yet."""
        waiting = [*self.read(request), *flashes]
        value = self._serializer.dumps([asdict(flash) for flash in map(_short, waiting[-3:])])
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, value, max_age=MAX_AGE, httponly=True, samesite="lax", secure=secure)

    def read(self, request: Request) -> tuple[Flash, ...]:
        """Return the flashes not shown yet; a forged or stale cookie holds none."""
        try:
            rows = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=MAX_AGE)
        except BadSignature:
            return ()
        return tuple(_flash(**row) for row in rows)

    def clear(self, response: Response) -> None:
        """Forget them: they are on the page now."""
        response.delete_cookie(COOKIE)


def _short(flash: Flash) -> Flash:
    if len(flash.message) <= LONGEST_MESSAGE:
        return flash
    return Flash(flash.message[: LONGEST_MESSAGE - 1] + "…", flash.kind, flash.undo)


def _flash(message: str, kind: FlashKind, undo: dict[str, str] | None) -> Flash:
    return Flash(message, kind, Undo(**undo) if undo else None)
