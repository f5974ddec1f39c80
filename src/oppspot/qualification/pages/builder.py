"""The builder: a draft of a framework as a form, what there is to mend at its place, and a real lead beside it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.leads.filters import LeadFilter
from oppspot.leads.queries.lists import LeadRow, find_lead_row, list_leads
from oppspot.qualification.arranging import arrange
from oppspot.qualification.building import document_of, fields_of, is_formable, layout_of
from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.mending import errors_by_field, field_of, findings_in_form
from oppspot.qualification.pages.drafts import document_in_hand, draft_saved
from oppspot.qualification.pages.words import shown_status
from oppspot.qualification.services.frameworks import (
    FrameworkState,
    findings_of,
    get_framework,
    save_framework_draft,
    try_on_lead,
)
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/qualification/frameworks/{name}")
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
LeadReader = Annotated[Actor, Depends(needs("leads.read"))]
Words = Annotated[str, Query(max_length=200)]
_PAGE: Final = "qualification/builder.html"
_MOST_FIELDS: Final = 20_000
RULES: Final = {
    "present": "Anything is stated",
    "flag": "Yes or no",
    "choice": "By the chosen value",
    "bands": "By how large a number is",
    "scale": "In proportion to a number",
    "items": "For each item of a list",
    "share": "By the share of a list's items",
    "days_until": "By how soon a date is",
}


@router.get("/edit", response_class=HTMLResponse)
async def show(request: Request, actor: Writer, name: str, q: Words = "", lead: UUID | None = None) -> Response:
    """Show the draft, or what is live and a draft would be begun from; beside it a lead: the newest, or one sought."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
        document = document_in_hand(state)
        if not is_formable(document):
            said = Flash("The form cannot show what is drafted; it is edited as text.", "notice")
            return redirect(request, f"/qualification/frameworks/{name}/text", said)
        context = _context(state, document, fields_of(document))
        context |= await _previewed(tx, actor, name, document, q=q, lead_id=lead)
    return render(request, _PAGE, context)


@router.post("/edit")
async def save(request: Request, actor: Writer, name: str) -> Response:
    """Keep what is posted as the draft, right or wrong, after the change that the button pressed asks for."""
    values = await _posted(request)
    document, place = document_of(name, values), ""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
    try:
        if (do := values.get("do", "save")) not in ("save", "try", "publish"):
            document, place = arrange(document, do)
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            findings = await save_framework_draft(tx, actor, name, document, utc_now(), seen=values.get("seen", ""))
    except (Conflict, Invalid) as error:
        context = _context(state, document, values) | {"refused": error.detail, "seen": values.get("seen", "")}
        return render(request, _PAGE, context, status=error.status)
    home = f"/qualification/frameworks/{name}"
    if do in ("try", "publish"):
        return redirect(request, f"{home}/{do}")
    if place:
        return redirect(request, f"{home}/edit#field-{place}")
    return redirect(request, f"{home}/edit", draft_saved(findings))


@router.post("/preview", response_class=HTMLResponse)
async def preview(
    request: Request, actor: Writer, _reader: LeadReader, name: str, lead: UUID | None = None
) -> HTMLResponse:
    """Show what the form as it stands would say of a lead beside what is live; keeps nothing."""
    document = document_of(name, await _posted(request))
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
        context = {"state": state} | await _previewed(tx, actor, name, document, lead_id=lead)
    return render(request, "qualification/_preview.html", _EMPTY | context)


async def _posted(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=_MOST_FIELDS)
    return {
        name: value.replace("\x00", "").replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)
    }


class _Typed(dict[str, str]):
    """What is in the form; a field that nobody filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""


_EMPTY: Final[dict[str, Any]] = {"moved": None, "lead": None, "problem": "", "shown_status": shown_status}


def _context(state: FrameworkState, document: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    findings = findings_in_form(findings_of(state.name, document), document)
    layout, errors = layout_of(values), errors_by_field(findings, values, document)
    ids = [element.get("id") for element in document["elements"]]
    own = document.get("claim_keys")
    own_titles = {key: each.get("title", key) for key, each in own.items()} if isinstance(own, Mapping) else {}
    titles = {name: key.title for name, key in CLAIM_KEYS.items()} | own_titles
    return {
        **_EMPTY,
        "state": state,
        "values": _Typed(values),
        "layout": layout,
        "errors": errors,
        "opened": {part for row in layout.elements for part in row.parts if any(_within(at, part) for at in errors)},
        "warnings": [
            (field_of(each.problem.path, values, ids), each.problem) for each in findings if each.level == "warning"
        ],
        "seen": state.seen,
        "titles": titles,
        "keys": sorted(((key, f"{title} ({key})") for key, title in titles.items()), key=lambda pair: pair[0]),
        "defaults": {name: key.freshness_days for name, key in CLAIM_KEYS.items()},
        "rules": list(RULES.items()),
        "statuses": [(status, shown_status(status)) for each in document["verdicts"] if (status := each.get("status"))],
        "refused": "",
        "q": "",
    }


def _within(path: str, part: str) -> bool:
    return path == part or path.startswith(f"{part}.")


async def _previewed(
    tx: Transaction, actor: Actor, name: str, document: Mapping[str, Any], *, q: str = "", lead_id: UUID | None = None
) -> dict[str, Any]:
    """Return a lead by the document and by what is live; why not, when the document cannot be used yet."""
    if not actor.can("leads.read"):
        return {}
    lead = await _lead(tx, actor, q, lead_id)
    if lead is None:
        return {"q": q, "problem": "No lead is found." if q else "There is no lead yet."}
    try:
        return {"q": q, "lead": lead, "moved": await try_on_lead(tx, actor.org_id, name, document, lead.id, utc_now())}
    except Invalid as error:
        first = f" {error.errors[0].path} {error.errors[0].message}." if error.errors else ""
        return {"q": q, "lead": lead, "problem": f"Shown once there is nothing to mend:{first}"}


async def _lead(tx: Transaction, actor: Actor, q: str, lead_id: UUID | None) -> LeadRow | None:
    if lead_id is not None:
        return await find_lead_row(tx, actor, lead_id)
    found = await list_leads(tx, actor, LeadFilter(q=q.strip() or None), utc_now(), limit=1)
    return found.items[0] if found.items else None
