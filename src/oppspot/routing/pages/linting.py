"""What is wrong with the live rules, as a card that other pages include, and as a page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.routing.linting import Severity
from oppspot.routing.queries.linting import lint_routing
from oppspot.routing.services.rules import get_rules
from oppspot.web import render
from oppspot.web.rendering import wants_block

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]


@router.get("/routing/lint", response_class=HTMLResponse)
async def show_lint(request: Request, actor: Reader) -> HTMLResponse:
    """Show what is wrong with the rules that are live."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        report = await lint_routing(tx, actor.org_id, None, utc_now())
        document, _ = await get_rules(tx, actor.org_id)
    context = {
        "rule_ids": {rule.id for rule in document.rules},
        "leads": report.leads,
        "faults": report.of(Severity.ERROR, Severity.WARNING),
        "remarks": report.of(Severity.INFO),
        "unsettled": report.unsettled,
        "is_part": wants_block(request),
    }
    return render(request, "routing/lint.html", context, block="lint")
