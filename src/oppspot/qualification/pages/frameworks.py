"""What the live framework asks, and where the leads stand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import load_configuration
from oppspot.leads.queries.counts import count_by_verdict
from oppspot.qualification.compiled import claim_keys_of
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("qualification.read"))]


@router.get("/qualification", response_class=HTMLResponse)
async def show_framework(request: Request, actor: Reader) -> HTMLResponse:
    """Show the live framework: elements, questions, points, freshness."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        framework = (await load_configuration(tx, actor.org_id)).frameworks["bant"]
        verdicts = await count_by_verdict(tx, actor.org_id)
    days = {name: key.freshness_days for name, key in claim_keys_of(framework).items()}
    best_first = [verdict.status for verdict in framework.verdicts]
    verdicts.sort(key=lambda counted: best_first.index(counted[0]) if counted[0] in best_first else len(best_first))
    context = {"framework": framework, "verdicts": verdicts, "days": days}
    return render(request, "qualification/frameworks.html", context)
