"""Where people go after they did something about a lead: back to where they did it."""

from uuid import UUID

from fastapi import Request

from oppspot.web.themes import local_path


def back_of(request: Request, lead_id: UUID) -> str:
    """Return the page that the address names as `back_to`, else the lead's."""
    return local_path(request.query_params.get("back_to"), f"/leads/{lead_id}")
