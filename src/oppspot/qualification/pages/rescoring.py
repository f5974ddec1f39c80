"""How far the run is that assesses all leads anew: a part that any page may load."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.runtime import runtime_of
from oppspot.corridor.rescoring import list_rescorings
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("leads.read"))]


@router.get("/qualification/rescoring", response_class=HTMLResponse)
async def show_progress(request: Request, actor: Reader) -> HTMLResponse:
    """Show the run under way, or when the last one ended; asks again by itself until it has."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        runs = await list_rescorings(tx, actor.org_id)
    return render(request, "qualification/rescoring.html", {"runs": runs}, block="progress")
