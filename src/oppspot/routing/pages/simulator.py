"""The simulator for people: choose what to try and on how many weeks, watch, and open what it would have moved."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.config_versions import list_config_versions
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid, invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import ROUTING
from oppspot.leads.pages import wording
from oppspot.routing.pages import words
from oppspot.routing.pages.fields import posted_text
from oppspot.routing.pages.simulator_form import FIELDS, LABELS, deeds, posted_try
from oppspot.routing.queries.lead_names import load_lead_names
from oppspot.routing.queries.simulations import get_simulation, list_moved, list_simulations
from oppspot.routing.queries.targets import list_targets
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.services.simulating import MOST_WEEKS, begin_simulation
from oppspot.web import redirect, render

router = APIRouter(prefix="/routing/simulator")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
_SHOWN: Final = 50
_WEEKS: Final = (1, 2, 4, 8, 13, MOST_WEEKS)


@router.get("", response_class=HTMLResponse)
async def show_simulator(request: Request, actor: Reader) -> HTMLResponse:
    """Ask what to try, and list what was tried."""
    return await _page(request, actor, {"weeks": "4", "try": "change"})


@router.post("")
async def begin(request: Request, actor: Writer) -> Response:
    """Begin a simulation."""
    posted = await request.form()
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            document, limits, title = await posted_try(tx, actor.org_id, posted)
            weeks = int(weeks) if (weeks := posted_text(posted, "weeks")).isdecimal() else 0
            if not 1 <= weeks <= MOST_WEEKS:
                raise invalid("weeks", "is out of range", f"1 to {MOST_WEEKS}")
            simulation_id = await begin_simulation(tx, actor, document, weeks, title, utc_now(), limits)
    except Invalid as error:
        errors = {_field(problem.path): _said(problem) for problem in error.errors}
        shown = {name: posted_text(posted, name) for name in FIELDS}
        return await _page(request, actor, shown, errors=errors or {"document": error.detail}, status=422)
    return redirect(request, f"/routing/simulator/{simulation_id}")


@router.get("/{simulation_id}", response_class=HTMLResponse)
async def show_simulation(request: Request, actor: Reader, simulation_id: UUID) -> HTMLResponse:
    """Show how far a simulation has come, or what came of it."""
    page = request.query_params.get("page", "1")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        simulation = await get_simulation(tx, actor.org_id, simulation_id)
        pages = -(-(simulation.result or {}).get("leads_moved", 0) // _SHOWN)
        at = min(max(int(page), 1), pages or 1) if page.isdecimal() else 1
        moved = await list_moved(tx, actor.org_id, simulation_id, skipped=(at - 1) * _SHOWN, number=_SHOWN)
        names = await _names(tx, actor.org_id, moved)
    context = {
        "simulation": simulation,
        "result": simulation.result,
        "moved": moved,
        "names": names,
        "at": at,
        "pages": pages,
        "outcomes": wording.OUTCOMES,
    }
    return render(request, "routing/simulation.html", context, block="simulation")


@router.get("/{simulation_id}/moved.csv")
async def export_moved(request: Request, actor: Reader, simulation_id: UUID) -> Response:
    """Return the leads that would have fared otherwise, as a file."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await get_simulation(tx, actor.org_id, simulation_id)
        moved = await list_moved(tx, actor.org_id, simulation_id)
        names = await _names(tx, actor.org_id, moved)
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["lead_id", "lead", "from", "to", "from_outcome", "to_outcome", "why_from", "why_to", "then"])
    for lead in moved:
        live, tried = lead["from"], lead["to"]
        row = [
            lead["lead_id"],
            names.get(lead["lead_id"]),
            live["name"],
            tried["name"],
            live["outcome"],
            tried["outcome"],
            live["reason"],
            tried["reason"],
            lead.get("then", live)["name"],
        ]
        writer.writerow([_plain(cell) for cell in row])
    headers = {"content-disposition": f'attachment; filename="moved-{simulation_id}.csv"'}
    return Response(sheet.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _names(tx: Transaction, org_id: UUID, moved: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the leads are called, by id; a lead that is no longer there has no name."""
    found = await load_lead_names(tx, org_id, [UUID(lead["lead_id"]) for lead in moved])
    return {str(lead_id): name for lead_id, name in found.items()}


def _plain(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    said = "" if cell is None else str(cell)
    return f"'{said}" if said[:1] in {"=", "+", "-", "@", "\t", "\r"} else said


def _field(path: str) -> str:
    if path in LABELS:
        return path
    return "rep" if path.startswith("limits[") else "document"


def _said(problem: FieldProblem) -> str:
    """Return what is wrong: of a limit with what is accepted, of a place in the configuration with the place."""
    return problem.sentence if problem.path in {"rep", "max_open", "limits"} else f"{problem.path} {problem.message}"


async def _page(
    request: Request,
    actor: Actor,
    shown: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
        versions = await list_config_versions(tx, actor.org_id, ROUTING, limit=50)
        tried = await list_simulations(tx, actor.org_id)
        reps = (await list_targets(tx, actor.org_id)).reps
    context = {
        "shown": shown,
        "errors": errors or {},
        "labels": LABELS,
        "weeks": [(str(each), f"the last {each} weeks" if each > 1 else "the last week") for each in _WEEKS],
        "rules": [(rule.id, rule.name) for rule in document.rules],
        "deeds": list(deeds().items()),
        "reps": [(str(rep_id), name) for rep_id, name in reps],
        "fairness": [(name, label) for name, label, _ in words.FAIRNESS],
        "versions": [(str(row.version), f"Version {row.version}: {row.note}") for row in versions],
        "live": json.dumps(document.model_dump(mode="json")),
        "version": version,
        "tried": tried,
    }
    return render(request, "routing/simulator.html", context, status=status)
