"""Redistribution for people: asked for, looked at before anything moves, carried out, undone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Forbidden, Invalid, invalid
from oppspot.routing.errors import PlanOutdated
from oppspot.routing.queries.lead_names import load_lead_names
from oppspot.routing.queries.redistributions import get_redistribution, list_past
from oppspot.routing.queries.targets import list_targets
from oppspot.routing.queries.undoing import foresee_undoing
from oppspot.routing.redistribution.documents import read_plan
from oppspot.routing.redistribution.models import Redistribution
from oppspot.routing.redistribution.types import Move, Plan, Scope, ScopeKind
from oppspot.routing.services.planning import propose
from oppspot.routing.services.redistributing import Undone, apply_plan, undo_redistribution
from oppspot.web import Flash, redirect, render
from oppspot.web.flashes import Undo
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/routing/redistribute")
Assigner = Annotated[Actor, Depends(needs("leads.assign"))]
# Reps may look after what they hand over themselves; decided inside.
Worker = Annotated[Actor, Depends(needs("leads.work"))]
_HOME: Final = "/routing/redistribute"
_MOST_NAMED: Final = 12


@router.get("", response_class=HTMLResponse)
async def show_form(request: Request, actor: Assigner) -> HTMLResponse:
    """Ask whose leads are to be moved, and list what was moved before."""
    asked = request.query_params
    values = {name: asked.get(name, "") for name in ("kind", "team_id", "rep_id", "cover_id", "with_accepted")}
    return await _form(request, actor, values | {"rep_ids": asked.getlist("rep_ids")})


async def _form(
    request: Request,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    plan: Plan | None = None,
) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        targets = await list_targets(tx, actor.org_id)
        past = await list_past(tx, actor.org_id)
        refusals = await _refusals(tx, actor, [each.id for each in past])
        shown = await _shown(tx, actor.org_id, plan) if plan else {}
    teams, reps = ([(str(one), name) for one, name in each] for each in (targets.teams, targets.reps))
    chosen = {**values, "team_id": values["team_id"] or (teams[0][0] if teams else "")}
    context = {
        "values": chosen,
        "errors": errors or {},
        "teams": teams,
        "reps": reps,
        "past": past,
        "refusals": refusals,
        "plan": plan,
        **shown,
    }
    return render(request, "routing/redistribute.html", context, status=422 if errors else 200)


@router.post("")
async def make_plan(request: Request, actor: Assigner) -> Response:
    """Plan, and show the plan; nothing is moved."""
    posted = await request.form()
    values = {name: str(posted.get(name, "")) for name in ("kind", "team_id", "rep_id", "cover_id", "with_accepted")}
    values |= {"rep_ids": [str(each) for each in posted.getlist("rep_ids")]}  # type: ignore[dict-item]
    try:
        scope = _scope_of(values)
        async with transaction_of(request, actor) as tx:
            made = await propose(tx, actor, scope, utc_now())
    except Invalid as error:
        errors = {each.path.removeprefix("scope."): each.sentence for each in error.errors}
        return await _form(request, actor, values, errors=errors)
    if made.id is None:
        return await _form(request, actor, values, plan=made.plan)
    return redirect(request, f"{_HOME}/{made.id}")


def _scope_of(values: Mapping[str, Any]) -> Scope:
    try:
        kind = ScopeKind(values["kind"])
        team, rep, cover = (_uuid(values[name]) for name in ("team_id", "rep_id", "cover_id"))
        reps = tuple(sorted({UUID(each) for each in values["rep_ids"]}))
    except ValueError:
        raise Invalid("Choose what to do.", errors=[]) from None
    gives = kind in (ScopeKind.LEAVES, ScopeKind.AWAY)
    missing = {ScopeKind.TEAM: ("team_id", team), ScopeKind.REPS: ("rep_ids", reps)}.get(kind, ("rep_id", rep))
    if not missing[1]:
        raise invalid(missing[0], "is needed", "a choice from the list")
    return Scope(
        kind,
        team_id=team if kind is ScopeKind.TEAM else None,
        rep_ids=(rep,) if gives and rep else reps if kind is ScopeKind.REPS else (),
        cover_id=cover if gives and cover != rep else None,
        with_accepted=values["with_accepted"] == "true",
    )


def _uuid(value: str) -> UUID | None:
    return UUID(value) if value else None


@router.get("/{redistribution_id}", response_class=HTMLResponse)
async def show_plan(request: Request, actor: Worker, redistribution_id: UUID) -> HTMLResponse:
    """Show who gives what to whom and why, and what has become of it."""
    async with transaction_of(request, actor) as tx:
        row = await _allowed(tx, actor, redistribution_id)
        plan = read_plan(row.plan)
        refusal = (await _refusals(tx, actor, [row.id])).get(row.id)
        context = {"row": row, "plan": plan, "refusal": refusal, **await _shown(tx, actor.org_id, plan)}
    return render(request, "routing/redistribution.html", context)


@router.post("/{redistribution_id}/apply")
async def apply(request: Request, actor: Worker, redistribution_id: UUID) -> Response:
    """Carry the plan out as it was shown."""
    here = f"{_HOME}/{redistribution_id}"
    try:
        async with transaction_of(request, actor) as tx:
            row = await _allowed(tx, actor, redistribution_id)
            applied = await apply_plan(tx, actor, row.plan_hash, utc_now())
            refusal = (await _refusals(tx, actor, [applied.id])).get(applied.id)
    except PlanOutdated as error:
        return await _anew(request, actor, redistribution_id, error.detail)
    except Conflict as error:
        return redirect(request, here, Flash(error.detail, "problem"))
    said = f"{applied.moved} {'lead has' if applied.moved == 1 else 'leads have'} been moved."
    return redirect(request, here, Flash(said, undo=None if refusal else Undo(f"{here}/undo")))


async def _anew(request: Request, actor: Actor, redistribution_id: UUID, why: str) -> Response:
    """Show a new plan in place of one that does not hold any more."""
    async with transaction_of(request, actor) as tx:
        row = await _allowed(tx, actor, redistribution_id)
        made = await propose(tx, actor, read_plan(row.plan).scope, utc_now(), row.cause)
    if made.id is None:
        return redirect(request, _HOME, Flash(f"{why} By now there is nothing to move.", "problem"))
    return redirect(request, f"{_HOME}/{made.id}", Flash(f"{why} This is one.", "problem"))


@router.post("/{redistribution_id}/undo")
async def undo(request: Request, actor: Worker, redistribution_id: UUID) -> Response:
    """Give back what nobody has touched since."""
    here = f"{_HOME}/{redistribution_id}"
    try:
        async with transaction_of(request, actor) as tx:
            await _allowed(tx, actor, redistribution_id)
            undone = await undo_redistribution(tx, actor, redistribution_id, utc_now())
    except Conflict as error:
        return redirect(request, here, Flash(error.detail, "problem"))
    return redirect(request, here, Flash(said_of(undone), "notice" if undone.kept else "done"))


def said_of(undone: Undone) -> str:
    """Say how many leads came back, and why the others did not."""
    count = undone.returned
    said = f"{count} {'lead is' if count == 1 else 'leads are'} back where {'it was' if count == 1 else 'they were'}."
    if undone.kept:
        said += " Not given back: " + "; ".join(f"{count} as {why}" for why, count in undone.kept.items()) + "."
    return said


async def _refusals(tx: Transaction, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return why undoing would give nothing back, of those of which that is so: for these it is not offered."""
    foreseen = await foresee_undoing(tx, actor.org_id, ids, utc_now())
    return {one: coming.refusal for one, coming in foreseen.items() if coming.refusal}


async def _allowed(tx: Transaction, actor: Actor, redistribution_id: UUID) -> Redistribution:
    """Return a plan the actor may see and carry out: any, for who assigns leads, else their own handovers."""
    row = await get_redistribution(tx, actor.org_id, redistribution_id)
    asked = row.plan["scope"]
    own = asked["kind"] == ScopeKind.AWAY and asked["rep_ids"] == [str(actor.user_id)]
    if not (own or actor.can("leads.assign")):
        raise Forbidden("Moving leads of others needs the permission leads.assign.")
    return row


async def _shown(tx: Transaction, org_id: UUID, plan: Plan) -> dict[str, Any]:
    """Return a plan as the page shows it: moves by who gives and gets, with the names of the first leads."""
    names = {each.rep_id: each.name for each in plan.standings}
    pairs: dict[tuple[UUID, UUID], list[Move]] = defaultdict(list)
    for move in plan.moves:
        pairs[move.from_id, move.to_id].append(move)
    first = [move.lead_id for moves in pairs.values() for move in moves[:_MOST_NAMED]]
    lead_names = await load_lead_names(tx, org_id, [*first, *_first_of(plan)])
    gives = sorted(pairs.items(), key=lambda item: (names.get(item[0][0], ""), names.get(item[0][1], "")))
    highest = max((max(each.units_before, each.units_after) for each in plan.standings), default=0)
    return {
        "names": names,
        "lead_names": lead_names,
        "pairs": [
            (names.get(a, "somebody"), names.get(b, "somebody"), moves, _reasons(moves)) for (a, b), moves in gives
        ],
        "highest": max(highest, 1),
        "most_named": _MOST_NAMED,
        "weighted": len({each.weight for each in plan.standings if each.weight}) > 1,
    }


def _first_of(plan: Plan) -> list[UUID]:
    return [lead_id for stay in plan.stays for lead_id in stay.lead_ids[:_MOST_NAMED]]


def _reasons(moves: Sequence[Move]) -> list[tuple[str, int]]:
    counts: dict[str, int] = defaultdict(int)
    for move in moves:
        counts[move.because] += 1
    return sorted(counts.items(), key=lambda item: -item[1])
