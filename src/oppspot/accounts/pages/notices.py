"""The page of one's own notices."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oppspot.accounts.access import CurrentReader
from oppspot.accounts.queries.notices import list_notices
from oppspot.accounts.services.notices import mark_all_read, mark_read
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.themes import local_path

PATH = "/notifications"
router = APIRouter(prefix=PATH)


@router.get("", response_class=HTMLResponse)
async def show(
    request: Request,
    reader: CurrentReader,
    show: Annotated[str, Query(pattern="^(unread|all)$")] = "unread",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """Show what is unread, or everything."""
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        page = await list_notices(tx, reader.user_id, unread_only=show == "unread", cursor=cursor)
    context = {"notices": page, "show": show, "unread": reader.unread_notifications, "paged": cursor is not None}
    return render(request, "accounts/notifications.html", context, block="list")


@router.get("/{notification_id}")
async def follow(request: Request, reader: CurrentReader, notification_id: UUID) -> Response:
    """Go to what a notice is about; it counts as read then."""
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        url = await mark_read(tx, reader.actor, notification_id, utc_now())
    return RedirectResponse(local_path(url or None, PATH), status_code=303)


@router.post("/read-all")
async def read_all(request: Request, reader: CurrentReader) -> Response:
    """Put all notices away."""
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        await mark_all_read(tx, reader.actor, utc_now())
    return redirect(request, PATH, Flash("All notices are marked as read."))
