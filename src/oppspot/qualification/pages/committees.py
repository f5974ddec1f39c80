"""The buying committee of a lead: drawn as a map, listed, added to and changed."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.claim_keys.shapes import DEPARTMENTS, ROLES, SENIORITIES, STAKEHOLDER
from oppspot.qualification.claims import InvalidClaims, typed_value
from oppspot.qualification.committees import Committee
from oppspot.qualification.services.committees import get_committee, remove_member, save_member
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/leads/{lead_id}/committee")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_YES_NO: Final = {True: "yes", False: "no", None: ""}
# The map's boxes and the room between them, in units of the drawing.
BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 190, 64, 18, 44


@router.get("", response_class=HTMLResponse)
async def show_committee(request: Request, actor: Reader, lead_id: UUID, edit: str | None = None) -> HTMLResponse:
    """Show the map and the list; `edit` names whom the form is about, blank for somebody new."""
    return await _page(request, actor, lead_id, edit=edit)


@router.post("")
async def save(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Add or change somebody."""
    posted = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await save_member(tx, actor, lead_id, _person(posted), utc_now(), was=posted.get("was") or None)
    except InvalidClaims as refusal:
        errors = {problem.path: problem.sentence for problem in refusal.errors}
        return await _page(request, actor, lead_id, edit=posted.get("was", ""), posted=posted, errors=errors)
    return redirect(request, f"/leads/{lead_id}/committee", Flash(f"{posted['name']} is in the committee."))


@router.post("/remove")
async def remove(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Take somebody out; what was said stays in the history of claims."""
    name = str((await request.form()).get("name", ""))
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await remove_member(tx, actor, lead_id, name, utc_now())
    return redirect(request, f"/leads/{lead_id}/committee", Flash(f"{name} was taken out of the committee."))


def _person(posted: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form says of somebody; blank fields are not known."""
    return {name: typed_value(kind, posted[name]) for name, kind in STAKEHOLDER.items() if posted.get(name)}


async def _page(
    request: Request,
    actor: Actor,
    lead_id: UUID,
    *,
    edit: str | None,
    posted: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        committee = await get_committee(tx, actor.org_id, lead_id, utc_now())
    context = {
        "whole": whole,
        "lead_id": lead_id,
        "committee": committee,
        "map": _drawing(committee),
        "edit": edit,
        "values": {**_values(committee, None), **posted} if posted else _values(committee, edit),
        "errors": errors or {},
        "roles": _named(ROLES),
        "seniorities": _named(SENIORITIES),
        "departments": _named(DEPARTMENTS),
        "others": [(member.name, member.name) for member in committee.members if member.name != edit],
    }
    return render(request, "qualification/committee.html", context, status=422 if errors else 200)


def _values(committee: Committee, name: str | None) -> dict[str, Any]:
    """Return what the form shows of somebody; all blank for somebody new."""
    blank: dict[str, Any] = dict.fromkeys(STAKEHOLDER)
    person = next((member.fields for member in committee.members if member.name == name), blank)
    shown = {key: f"{value:g}" if isinstance(value, float | int) else value for key, value in person.items()}
    return {**shown, "engaged": _YES_NO[person["engaged"]]}


def _named(values: tuple[str, ...]) -> list[tuple[str, str]]:
    spelled = {"it": "IT", "hr": "HR"}
    return [(value, spelled.get(value, value.replace("_", " ").capitalize())) for value in values]


def _drawing(committee: Committee) -> dict[str, Any]:
    """Return where the map's boxes and lines are."""
    beside = Counter(member.level for member in committee.members)
    # Each level stands in the middle.
    left = {
        member.name: (2 * member.place + committee.widest - beside[member.level]) * (BOX_WIDTH + GAP_X) // 2
        for member in committee.members
    }
    top = {member.name: member.level * (BOX_HEIGHT + GAP_Y) for member in committee.members}
    middle = BOX_WIDTH // 2
    return {
        "width": max(committee.widest * (BOX_WIDTH + GAP_X) - GAP_X, BOX_WIDTH),
        "height": max(committee.levels * (BOX_HEIGHT + GAP_Y) - GAP_Y, BOX_HEIGHT),
        "box": (BOX_WIDTH, BOX_HEIGHT),
        "boxes": [(member, left[member.name], top[member.name]) for member in committee.members],
        "lines": [
            (left[head] + middle, top[head] + BOX_HEIGHT, left[who] + middle, top[who]) for who, head in committee.lines
        ],
    }
