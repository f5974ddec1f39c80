"""Where people go after they did something about a lead: back to where they did it."""

from typing import Final
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from oppspot.web.rendering import wants_block
from oppspot.web.themes import local_path

DESK: Final = "/inbox"


def back_of(request: Request, lead_id: UUID) -> str:
    """Return the page that the address names as `back_to`, else the lead's."""
    return local_path(request.query_params.get("back_to"), f"/leads/{lead_id}")


def is_over_desk(request: Request) -> bool:
    """Say whether a form opens in the drawer of the desk: what is done there is answered by the desk, in place."""
    return wants_block(request) and request.query_params.get("back_to") == DESK


def in_drawer(request: Request, page: HTMLResponse) -> HTMLResponse:
    """Return a form so that it comes back to the drawer it was sent from when it is refused.

    When it is only asked for it goes there anyhow, from a row that may be gone by then.
    """
    if request.method == "POST" and is_over_desk(request):
        page.headers["HX-Retarget"] = "#drawer-content"
    return page
