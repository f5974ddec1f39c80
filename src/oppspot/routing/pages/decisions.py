"""Why a lead went where it went: every person who was looked at, and the test each failed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.routing.candidates import candidates_of
from oppspot.routing.explain import why, why_not
from oppspot.routing.queries.decisions import get_decision, replay_decision
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]


@router.get("/routing/decisions/{decision_id}", response_class=HTMLResponse)
async def show_decision(request: Request, actor: Reader, decision_id: UUID) -> HTMLResponse:
    """Show a decision, as a page or in the drawer; with `?replay` take it again and compare."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        stored = await get_decision(tx, actor.org_id, decision_id)
        whole = await get_lead(tx, actor.org_id, stored.row.lead_id)
        again = await replay_decision(tx, actor.org_id, decision_id) if "replay" in request.query_params else None
    candidates = candidates_of(stored.decision)
    context = {
        "row": stored.row,
        "whole": whole,
        "why": why(stored.decision),
        "candidates": [(item, why_not(stored.decision, item.rep_id)) for item in candidates],
        "facts": {name: value for name, value in stored.row.record["lead"]["facts"].items() if value is not None},
        "again": again,
    }
    return render(request, "routing/decision.html", context, block="drawer")
