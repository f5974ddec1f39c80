"""The frameworks there are, what each asks, and how the leads stand by it; begun from another, retired, taken back."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid, NotFound
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.counts import count_by_verdict
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import Framework, Name, Title
from oppspot.qualification.frameworks import TEMPLATES, shipped_framework
from oppspot.qualification.pages.words import shown_status, verdict_tone
from oppspot.qualification.parse import InvalidFramework, parse_framework
from oppspot.qualification.services.frameworks import (
    FrameworkState,
    discard_framework_draft,
    duplicate_framework,
    findings_of,
    get_framework,
    list_frameworks,
)
from oppspot.qualification.services.selection import restore_framework, retire_framework
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.flashes import Undo
from oppspot.web.forms import Form, blank, read_form

router = APIRouter(prefix="/qualification")
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
HOME: Final = "/qualification/frameworks"


class DuplicateForm(BaseModel):
    """What the copy is called: `name` in addresses and files, for good, `title` on pages."""

    model_config = ConfigDict(extra="ignore")

    name: Name
    title: Title


@router.get("", response_class=HTMLResponse)
async def show_list(request: Request, actor: Reader) -> HTMLResponse:
    """List the frameworks, those in use first, and the templates to begin from."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        states = await list_frameworks(tx, actor.org_id)
    context = {
        "states": sorted(states, key=lambda state: (state.is_retired, state.live is None)),
        "templates": [shipped_framework(name) for name in TEMPLATES],
        "verdicts_of": _verdicts,
    }
    return render(request, "qualification/frameworks.html", context)


@router.get("/frameworks/{name}", response_class=HTMLResponse)
async def show_framework(request: Request, actor: Reader, name: str) -> HTMLResponse:
    """Show what one framework asks and when it says what; of one that is not live, what is drafted."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
        verdicts = await _counted(tx, actor, state)
    framework = state.live or _readable(state)
    context = {
        "state": state,
        "framework": framework,
        "verdicts": verdicts,
        "days": {key: each.freshness_days for key, each in claim_keys_of(framework).items()} if framework else {},
        "titles": {element.id: element.title for element in framework.elements} if framework else {},
        "shown_status": shown_status,
        "findings": findings_of(name, state.draft.document) if state.draft else (),
    }
    return render(request, "qualification/framework.html", context)


@router.get("/frameworks/{name}/duplicate", response_class=HTMLResponse)
async def ask_duplicate(request: Request, actor: Writer, name: str) -> HTMLResponse:
    """Ask what the copy is to be called, as a page or in the drawer."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        title, taken = await _source(tx, actor, name)
    called = name if name not in taken else f"our_{name}"
    return _duplicate_page(request, name, title, blank({"name": called, "title": f"Our {title}"}))


@router.post("/frameworks/{name}/duplicate")
async def duplicate(request: Request, actor: Writer, name: str) -> Response:
    """Begin a draft with what a framework or template says."""
    form = await read_form(request, DuplicateForm)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        title, _ = await _source(tx, actor, name)
        if form.body is not None:
            try:
                await duplicate_framework(tx, actor, name, form.body.name, form.body.title, utc_now())
            except Conflict as error:
                form = form.refused(error, "name")
    if form.body is None:
        return _duplicate_page(request, name, title, form, status=422)
    address = f"{HOME}/{form.body.name}"
    said = f"{form.body.title} is a draft: change it, then publish it."
    return redirect(request, f"{address}/edit", Flash(said, undo=Undo(f"{address}/discard")))


@router.get("/frameworks/{name}/discard", response_class=HTMLResponse)
async def ask_discard(request: Request, actor: Writer, name: str) -> HTMLResponse:
    """Ask before a draft is forgotten: nothing keeps it."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
    if state.draft is None:
        raise NotFound("There is no draft.")
    text = f"What {state.draft.edited_by} drafted is gone for good; what is live stays as it is."
    return confirm(
        request,
        Confirmation(
            f"Discard the draft of {state.title}?", text, f"{HOME}/{name}/discard", "Discard it", f"{HOME}/{name}"
        ),
    )


@router.post("/frameworks/{name}/discard")
async def discard(request: Request, actor: Writer, name: str) -> Response:
    """Forget the draft."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        state = await get_framework(tx, actor.org_id, name)
        await discard_framework_draft(tx, actor, name)
    there = f"{HOME}/{name}" if state.live else "/qualification"
    return redirect(request, there, Flash("The draft is gone."))


@router.post("/frameworks/{name}/retire")
async def retire(request: Request, actor: Writer, name: str) -> Response:
    """Qualify no more leads by a framework."""
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await retire_framework(tx, actor, name, utc_now())
    except Invalid as error:
        said = "; ".join(f"{each.path} {each.message}" for each in error.errors)
        return redirect(request, "/qualification", Flash(f"It is still chosen: {said}", "problem"))
    said = "Retired: no lead is qualified by it any more; what was said by it stays."
    return redirect(request, "/qualification", Flash(said, undo=Undo(f"{HOME}/{name}/restore")))


@router.post("/frameworks/{name}/restore")
async def restore(request: Request, actor: Writer, name: str) -> Response:
    """Take a retired framework back into use."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await restore_framework(tx, actor, name, utc_now())
    return redirect(request, "/qualification", Flash("In use again.", undo=Undo(f"{HOME}/{name}/retire")))


async def _counted(tx: Transaction, actor: Actor, state: FrameworkState) -> list[tuple[str, str, int, str | None]]:
    if state.name != "bant":
        return [(label, tone, count, None) for label, tone, count in _verdicts(state)]
    counts = dict(await count_by_verdict(tx, actor.org_id))  # every lead is held against BANT
    return [
        (shown_status(status), _tone(state, status), counts[status], f"/leads?bant_status={status}")
        for status in _best_first(state, counts)
    ]


def _verdicts(state: FrameworkState) -> list[tuple[str, str, int]]:
    """Return the verdicts leads have by a framework, best first: in words, its tone, how many."""
    given = {status: count for status, count in state.verdicts.items() if status}
    return [(shown_status(status), _tone(state, status), given[status]) for status in _best_first(state, given)]


def _best_first(state: FrameworkState, counts: dict[str, int]) -> list[str]:
    order = [verdict.status for verdict in state.live.verdicts] if state.live else []
    return sorted(counts, key=lambda status: order.index(status) if status in order else len(order))


def _tone(state: FrameworkState, status: str) -> str:
    return verdict_tone(state.live, status) if state.live else "neutral"


def _readable(state: FrameworkState) -> Framework | None:
    try:
        return parse_framework(state.draft.document) if state.draft else None
    except InvalidFramework:
        return None


async def _source(tx: Transaction, actor: Actor, name: str) -> tuple[str, set[str]]:
    """Return what a framework or template is called and the names that are taken; raises NotFound."""
    titles = {state.name: state.title for state in await list_frameworks(tx, actor.org_id)}
    title = titles.get(name) or (shipped_framework(name).title if name in TEMPLATES else None)
    if title is None:
        raise NotFound(f"There is no framework {name[:60]!r}.")
    return title, set(titles)


def _duplicate_page(request: Request, name: str, title: str, form: Form[Any], status: int = 200) -> HTMLResponse:
    context = {"source": name, "source_title": title, "form": form}
    return render(request, "qualification/duplicate.html", context, block="drawer", status=status)
