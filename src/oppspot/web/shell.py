"""What surrounds every page: who is reading, where they may go, what waits for them, how it should look."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request

from oppspot.web import navigation
from oppspot.web.flashes import Flash
from oppspot.web.navigation import NAV, Section
from oppspot.web.themes import Theme, theme_of


class Person(Protocol):
    """As much of an actor as a page needs."""

    @property
    def name(self) -> str: ...

    def can(self, permission: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Shell:
    """The typed context of web/base.html, available to every template as `page`."""

    actor: Person | None
    organisation: str | None
    sections: tuple[Section, ...]
    unread: int | None
    theme: Theme
    path: str
    address: str
    request_id: str
    flashes: tuple[Flash, ...]

    def can(self, permission: str) -> bool:
        """Answer whether the reader holds a permission; nobody is signed in: no."""
        return self.actor is not None and self.actor.can(permission)

    def is_at(self, place: navigation.Place) -> bool:
        """Answer whether the page is this place or below it."""
        return navigation.is_at(place, self.path)


def shell_of(request: Request, flashes: tuple[Flash, ...]) -> Shell:
    """Read the shell from `request.state`: actor, organisation_name, unread_notifications; each may be absent."""
    state = request.state
    actor: Person | None = getattr(state, "actor", None)
    query = request.url.query
    return Shell(
        actor=actor,
        organisation=getattr(state, "organisation_name", None),
        sections=navigation.visible(NAV, actor.can) if actor else (),
        unread=getattr(state, "unread_notifications", None),
        theme=theme_of(request),
        path=request.url.path,
        address=request.url.path + (f"?{query}" if query else ""),
        request_id=getattr(state, "request_id", "none"),
        flashes=flashes,
    )


def currency_of(request: Request) -> str:
    """Return the ISO 4217 code of the organisation's currency from `request.state.currency`, EUR when there is none."""
    return getattr(request.state, "currency", None) or "EUR"


def zone_of(request: Request) -> tzinfo:
    """Return the reader's time zone from `request.state.time_zone` (an IANA name), UTC when there is none."""
    try:
        return ZoneInfo(getattr(request.state, "time_zone", None) or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
