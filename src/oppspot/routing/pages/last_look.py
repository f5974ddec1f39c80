"""When somebody last looked at their desk, by a cookie of the browser; coming back after a while is a new look."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import Request, Response

COOKIE: Final = "desk"
# Somebody who reloads, or comes back from a lead, is still looking.
_ONE_LOOK: Final = timedelta(minutes=20)
_KEPT: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Looks:
    """The end of the look before this one (None: there was none), and when this one was last seen going on."""

    before: datetime | None
    last: datetime | None


def looks_of(request: Request, now: datetime) -> Looks:
    """Return what the browser remembers, as of now; what is no moment, or cannot be one of theirs, is not."""
    before, _, last = request.cookies.get(COOKIE, "").partition(".")
    return _looks(_moment(before, now), _moment(last, now), now)


def _looks(before: datetime | None, last: datetime | None, now: datetime) -> Looks:
    return Looks(last, now) if last is not None and now - last > _ONE_LOOK else Looks(before, last)


def remember(request: Request, response: Response, looks: Looks, now: datetime) -> None:
    """Let the browser remember that somebody looked now."""
    value = ".".join(str(int(moment.timestamp())) if moment else "" for moment in (looks.before, now))
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(_KEPT.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _moment(text: str, now: datetime) -> datetime | None:
    if not (text.isascii() and text.isdigit() and len(text) < 12):  # noqa: PLR2004 - what a timestamp can have
        return None
    moment = datetime.fromtimestamp(int(text), UTC)
    return moment if now - _KEPT <= moment <= now else None
