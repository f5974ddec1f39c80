"""Light, dark or as the system has it: chosen with a plain form, remembered in a cookie, applied by the server."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

Theme = Literal["auto", "light", "dark"]

COOKIE: Final = "oppspot_theme"
YEAR: Final = 365 * 24 * 60 * 60
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")

router = APIRouter(include_in_schema=False)


def theme_of(request: Request) -> Theme:
    """Return the reader's choice; `auto` follows the system in CSS alone."""
    chosen = request.cookies.get(COOKIE)
    return next((theme for theme in THEMES if theme == chosen), "auto")


def local_path(candidate: str | None, default: str = "/") -> str:
    """Return a path on this site, never an address a stranger could send people to."""
    if candidate is None or not candidate.startswith("/") or candidate.startswith(("//", "/\\")):
        return default
    return default if any(ord(letter) < ord(" ") for letter in candidate) else candidate


@router.post("/preferences/theme")
async def choose_theme(
    request: Request, theme: Annotated[Theme, Form()], back_to: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Remember the choice and return to the page it was made on.

    `theme.js` writes the same cookie before it asks, which is why scripts may touch it.
    """
    answer = RedirectResponse(local_path(back_to), status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, theme, max_age=YEAR, samesite="lax", secure=secure)
    return answer
