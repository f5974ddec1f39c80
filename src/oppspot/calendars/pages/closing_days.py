"""Closing days of the organisation: one by one, from a file, as a file."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.calendars.api.parts import calendar_file
from oppspot.calendars.organisation import Closing
from oppspot.calendars.pages.hours import organisation_page
from oppspot.calendars.pages.parts import TeamReader, TeamWriter, told, uploaded
from oppspot.calendars.queries.settings import get_closing_day
from oppspot.calendars.schemas import ClosingDayForm
from oppspot.calendars.services.closing_days import add_closing_day, remove_closing_day
from oppspot.calendars.services.files import export_closing_days, import_closing_days_file
from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict, Invalid
from oppspot.web import Flash, redirect
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import read_form
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/calendars")
_BACK = "/calendars/organisation"


@router.post("/closing-days")
async def add_day(request: Request, actor: TeamWriter) -> Response:
    """Close on a day, or work on a holiday."""
    form = await read_form(request, ClosingDayForm)
    if form.body is None:
        return await organisation_page(request, actor, day_form=form, status=422)
    closing = Closing(form.body.day, form.body.name, form.body.works)
    try:
        async with transaction_of(request, actor) as tx:
            await add_closing_day(tx, actor, closing, utc_now())
    except (Conflict, Invalid) as error:
        return await organisation_page(request, actor, day_form=form.refused(error, "day"), status=error.status)
    what = "a working day" if closing.works else "a day off for everybody"
    return redirect(request, f"{_BACK}#closing-days", Flash(f"{closing.day:%-d %B %Y} is {what}."))


@router.get("/closing-days/{closing_day_id}/remove", response_class=HTMLResponse)
async def ask_remove(request: Request, actor: TeamWriter, closing_day_id: UUID) -> HTMLResponse:
    """Ask before a day is taken back."""
    async with transaction_of(request, actor) as tx:
        day = await get_closing_day(tx, closing_day_id)
    text = f"“{day.name}” on {day.day:%A, %-d %B %Y}. Times that are due are counted without it from now on."
    action = f"/calendars/closing-days/{closing_day_id}/remove"
    return confirm(request, Confirmation("Remove this day?", text, action, "Remove", _BACK))


@router.post("/closing-days/{closing_day_id}/remove")
async def remove_day(request: Request, actor: TeamWriter, closing_day_id: UUID) -> Response:
    """Take back what is said of a day."""
    async with transaction_of(request, actor) as tx:
        closing = await remove_closing_day(tx, actor, closing_day_id, utc_now())
    return redirect(request, f"{_BACK}#closing-days", Flash(f"“{closing.name}” has been removed."))


@router.post("/closing-days/files")
async def send_days(request: Request, actor: TeamWriter) -> Response:
    """Close on the whole days of a calendar file."""
    try:
        content = await uploaded(request)
        async with transaction_of(request, actor) as tx:
            imported = await import_closing_days_file(tx, actor, content, utc_now())
    except Invalid as error:
        return redirect(request, f"{_BACK}#closing-days", Flash(_refusal(error), "problem"))
    return redirect(request, f"{_BACK}#closing-days", *told(imported))


def _refusal(error: Invalid) -> str:
    return f"The file {error.errors[0].message}. Accepted: an .ics file." if error.errors else error.detail


@router.get("/closing-days.ics")
async def take_days(request: Request, actor: TeamReader) -> Response:
    """Return the closing days as a calendar file."""
    async with transaction_of(request, actor) as tx:
        return calendar_file(await export_closing_days(tx, utc_now()), "closing-days")
