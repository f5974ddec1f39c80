"""Somebody who will be away hands over their open leads: offered where the absence is, never done by itself."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import get_user
from oppspot.calendars.queries.absences import get_absence
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Forbidden, Invalid
from oppspot.routing.queries.targets import list_targets
from oppspot.routing.redistribution.types import Scope, ScopeKind
from oppspot.routing.services.planning import propose
from oppspot.web import Flash, redirect, render
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/routing/hand-over/{absence_id}")
Worker = Annotated[Actor, Depends(needs("leads.work"))]
_NOTHING: Final = "There is nothing to hand over, or nobody who may have it now."


@router.get("", response_class=HTMLResponse)
async def ask(request: Request, actor: Worker, absence_id: UUID) -> HTMLResponse:
    """Ask to whom open leads go for the time of an absence, and whether they come back."""
    return await _page(request, actor, absence_id)


async def _page(request: Request, actor: Actor, absence_id: UUID, problem: str | None = None) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        absence = await get_absence(tx, absence_id)
        _refuse_others(actor, absence.rep_id)
        person = await get_user(tx, absence.rep_id)
        reps = [(str(one), name) for one, name in (await list_targets(tx, actor.org_id)).reps if one != person.id]
    context = {"absence": absence, "person": person, "reps": reps, "problem": problem}
    return render(request, "routing/hand_over.html", context, status=422 if problem else 200)


def _refuse_others(actor: Actor, rep_id: UUID) -> None:
    if rep_id != actor.user_id and not actor.can("leads.assign"):
        raise Forbidden("Handing over somebody else's leads needs the permission leads.assign.")


@router.post("")
async def plan(request: Request, actor: Worker, absence_id: UUID) -> Response:
    """Plan the handover and show it; nothing is moved."""
    posted = await request.form()
    cover = str(posted.get("cover_id", ""))
    try:
        async with transaction_of(request, actor) as tx:
            absence = await get_absence(tx, absence_id)
            _refuse_others(actor, absence.rep_id)
            scope = Scope(
                ScopeKind.AWAY,
                rep_ids=(absence.rep_id,),
                cover_id=UUID(cover) if cover else None,
                with_accepted=posted.get("with_accepted") == "true",
                returns_at=absence.ends_at if posted.get("returns") == "true" else None,
            )
            made = await propose(tx, actor, scope, utc_now(), "absence")
    except (Invalid, ValueError) as error:
        return await _page(request, actor, absence_id, str(error))
    if made.id is None:
        return redirect(request, f"/routing/hand-over/{absence_id}", Flash(_NOTHING, "notice"))
    return redirect(request, f"/routing/redistribute/{made.id}")
