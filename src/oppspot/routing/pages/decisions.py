"""Why a lead went where it went: every person who was looked at, and the test each failed."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.conditions.catalogue import default_catalogue
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
        "facts": _in_words(stored.row.record["lead"]["facts"]),
        "again": again,
    }
    return render(request, "routing/decision.html", context, block="drawer")


def _in_words(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what was known, by what the rule builder calls it."""
    labels = {field.name: field.label for field in default_catalogue().fields.values()}
    return sorted(
        (labels.get(name, name.rpartition(".")[2].replace("_", " ")).capitalize(), _shown(value))
        for name, value in facts.items()
        if value is not None
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
