"""A draft tried on the leads there are, and made live."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.qualification.ordering import in_order
from oppspot.qualification.pages.drafts import drafted
from oppspot.qualification.pages.words import shown_status
from oppspot.qualification.services.frameworks import (
    FrameworkState,
    findings_of,
    publish_framework_draft,
    simulate_framework,
)
from oppspot.qualification.simulating import Simulation
from oppspot.versions import undo_to
from oppspot.versions.comparing import differences, in_words
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/qualification/frameworks/{name}")
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
Note = Annotated[str, Form(max_length=500)]
Seen = Annotated[str, Form(max_length=100)]


@router.get("/try", response_class=HTMLResponse)
async def show_simulation(request: Request, actor: Writer, name: str) -> HTMLResponse:
    """Show what the draft would say of the newest leads beside what is live; writes nothing."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state, document = await drafted(tx, actor, name)
        simulation = await _simulated(tx, actor, name, document)
    return render(request, "qualification/simulation.html", _shown(state, document, simulation))


@router.get("/publish", response_class=HTMLResponse)
async def ask(request: Request, actor: Writer, name: str) -> HTMLResponse:
    """Show what publishing changes, in words and on the leads, and ask."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state, document = await drafted(tx, actor, name)
        simulation = await _simulated(tx, actor, name, document)
    return render(request, "qualification/publish.html", _shown(state, document, simulation))


@router.post("/publish")
async def publish(request: Request, actor: Writer, name: str, seen: Seen = "", note: Note = "") -> Response:
    """Make the draft live; every lead is assessed anew."""
    home = f"/qualification/frameworks/{name}"
    said = note.replace("\x00", "").strip()
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            before, _ = await drafted(tx, actor, name)
            live = await publish_framework_draft(tx, actor, name, utc_now(), note=said, seen=seen)
    except Conflict as error:
        return redirect(request, f"{home}/publish", Flash(error.detail, "problem"))
    except Invalid as error:
        return redirect(request, f"{home}/edit", Flash(error.detail, "problem"))
    undo = undo_to(f"{home}/versions", before.version, live.version, home) if before.live else None
    said = f"Version {live.version} is live. Every lead is being assessed anew."
    return redirect(request, home, Flash(said, undo=undo))


async def _simulated(tx: Transaction, actor: Actor, name: str, document: Mapping[str, Any]) -> Simulation | None:
    """Return what the draft does to the leads; None when it cannot be used yet."""
    try:
        return await simulate_framework(tx, actor.org_id, name, document, utc_now())
    except Invalid:
        return None


def _shown(state: FrameworkState, document: Mapping[str, Any], simulation: Simulation | None) -> dict[str, Any]:
    findings = findings_of(state.name, document)
    live = in_order(state.live.document) if state.live else {}
    order = [verdict.get("status") for verdict in document.get("verdicts", []) if isinstance(verdict, Mapping)]
    gone = [was for was, _ in simulation.verdicts if was not in order] if simulation else []
    return {
        "state": state,
        "simulation": simulation,
        "faults": [finding.problem for finding in findings if finding.level == "error"],
        "warnings": [finding.problem for finding in findings if finding.level == "warning"],
        "changes": [in_words(each) for each in differences(live, in_order(document))] if state.live else [],
        "before": [status for status in dict.fromkeys([*order, *gone]) if _any(simulation, 0, status)],
        "after": [status for status in order if _any(simulation, 1, status)],
        "most": max((*simulation.before, *simulation.after, 1)) if simulation else 1,
        "shown_status": lambda status: shown_status(status) if status else "nothing live",
    }


def _any(simulation: Simulation | None, side: int, status: str | None) -> bool:
    return simulation is not None and any(pair[side] == status for pair in simulation.verdicts)
