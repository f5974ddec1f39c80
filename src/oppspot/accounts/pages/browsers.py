"""What the pages about getting in know of the browser: where it is, its session cookie, where it wants to go."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from oppspot.accounts import rules
from oppspot.accounts.access import SESSION_COOKIE, actor_of
from oppspot.accounts.types import NewSession, Origin
from oppspot.core.errors import Unauthenticated

START: Final = "/"
# Tried in order: each pretends to be those below it.
_BROWSERS: Final = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux|X11"),
)


def origin_of(request: Request) -> Origin:
    """Return where a request comes from; behind a proxy the server has put the real address in its place."""
    return Origin(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def browser_name(user_agent: str) -> str:
    """Return what people call a browser, “Chrome on Linux”; what is no browser keeps its own name."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent)), None)
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), None)
    return f"{browser} on {system}" if browser and system else browser or user_agent


async def is_known(request: Request) -> bool:
    """Answer whether somebody is logged in here."""
    try:
        await actor_of(request)
    except Unauthenticated:
        return False
    return True


def give_session(request: Request, response: Response, session: NewSession) -> None:
    """Put the session into the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=int(rules.SESSION_LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def take_session(response: Response) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(SESSION_COOKIE)
