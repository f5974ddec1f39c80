"""Why a lead has its score, and how it came to it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.errors import NotFound
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.lists import find_lead_row
from oppspot.scoring.explain import Number
from oppspot.scoring.pages.causes import in_words
from oppspot.scoring.pages.reasons import missing, reasons
from oppspot.scoring.queries.history import find_score, list_scores
from oppspot.web import render

router = APIRouter()
LeadReader = Annotated[Actor, Depends(needs("leads.read"))]


@router.get("/leads/{lead_id}/score", response_class=HTMLResponse)
async def show_score(request: Request, actor: LeadReader, lead_id: UUID) -> HTMLResponse:
    """Show every term of the score, as a page or in the drawer, with what would raise it and how it changed."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        lead = await find_lead_row(tx, actor, lead_id)
        stored = await find_score(tx, actor.org_id, lead_id)
        history = await list_scores(tx, actor.org_id, lead_id, limit=20)
    if lead is None or stored is None:
        raise NotFound("There is no such lead.")
    context = {
        "lead": lead,
        "record": stored.record,
        "overall": reasons(stored.score, Number.OVERALL),
        "fit": reasons(stored.score, Number.FIT),
        "engagement": reasons(stored.score, Number.ENGAGEMENT),
        "missing": missing(stored.score)[:8],
        "history": history,
        "cause_of": in_words,
    }
    return render(request, "scoring/score.html", context, block="drawer")
