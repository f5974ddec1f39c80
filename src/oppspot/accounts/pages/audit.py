"""The page of the audit log, with a check of the whole chain."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import CurrentReader, needs
from oppspot.accounts.queries.audit import AuditFilter, list_actions, list_audit
from oppspot.core.actor import Actor
from oppspot.core.audit import verify_chain
from oppspot.core.errors import invalid
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import STORABLE
from oppspot.web import Flash, redirect, render

PATH = "/audit"
router = APIRouter(prefix=PATH)
Auditor = Annotated[Actor, Depends(needs("audit.read"))]
Text = Annotated[str, Query(max_length=120, pattern=STORABLE)]


@router.get("", response_class=HTMLResponse)
async def show(
    request: Request,
    actor: Auditor,
    reader: CurrentReader,
    q: Text = "",
    action: Text = "",
    since: Text = "",
    until: Text = "",
    *,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """Show who did what, newest first; days are the reader's own, the last one included."""
    zone = ZoneInfo(reader.time_zone)
    wanted = AuditFilter(
        action=action or None,
        since=_day(since, "since", zone),
        until=_day(until, "until", zone, after=timedelta(days=1)),
        search=q.strip() or None,
    )
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        page = await list_audit(tx, wanted, cursor=cursor)
        actions = await list_actions(tx)
    context = {
        "entries": page,
        "actions": [(name, name) for name in actions],
        "asked": {"q": q, "action": action, "since": since, "until": until},
        "paged": cursor is not None,
    }
    return render(request, "accounts/audit.html", context, block="entries")


def _day(typed: str, name: str, zone: ZoneInfo, after: timedelta = timedelta()) -> datetime | None:
    """Return when a day starts for the reader, shifted; None for no day."""
    if not typed:
        return None
    try:
        return datetime.combine(date.fromisoformat(typed) + after, time(), zone)
    except (ValueError, OverflowError):
        raise invalid(f"query.{name}", "is not a date", "a date as YYYY-MM-DD") from None


@router.post("/verify")
async def verify(request: Request, actor: Auditor) -> Response:
    """Check the whole chain and say what was found."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        report = await verify_chain(tx, actor.org_id)
    if report.broken_at is None:
        return redirect(request, PATH, Flash(f"All {report.entries:,} entries are as they were written."))
    said = f"Entry {report.broken_at:,} does not hold: {report.reason}. The {report.entries:,} before it do."
    return redirect(request, PATH, Flash(said, "problem"))
