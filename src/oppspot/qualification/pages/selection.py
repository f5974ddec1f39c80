"""How leads come by their frameworks: rules in order, large deals, the default; edited as a draft, tried, published."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes, load_configuration
from oppspot.qualification.pages.selection_versions import in_words
from oppspot.qualification.selection import ALWAYS, SelectionDocument
from oppspot.qualification.services.selection import count_choices
from oppspot.qualification.services.selection_drafts import (
    EditedSelection,
    discard_selection_draft,
    get_edited_selection,
    publish_selection_draft,
    save_selection_draft,
    try_edited_selection,
)
from oppspot.versions import undo_to
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.validation import field_problem

HOME: Final = "/qualification/selection"
router = APIRouter(prefix=HOME)
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
_LIMITS: Final = ("estimated_budget", "employees", "committee_size")
_LONGEST_NOTE: Final = 500
# How the page calls its fields, for the summary of what needs another look.
_LABELS: Final = {
    "large_deals.framework": "Framework of large deals",
    "large_deals.estimated_budget": "Estimated budget from",
    "large_deals.employees": "Employees from",
    "large_deals.committee_size": "Buying committee from",
    "default": "Default",
    "retired": "Retired",
    "note": "Note",
    "publish": "Publish",
}


@router.get("", response_class=HTMLResponse)
async def show_selection(request: Request, actor: Reader, *, tried: Annotated[bool, Query()] = False) -> HTMLResponse:
    """Show how leads come by their frameworks; with `tried`, what the edited document would choose."""
    return await _page(request, actor, tried=tried)


@router.post("/settings")
async def save_settings(request: Request, actor: Writer) -> Response:
    """Keep large deals, default and what is retired in the draft."""
    posted = await request.form()
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            edited = await get_edited_selection(tx, actor.org_id)
            document = SelectionDocument.model_validate(
                {"rules": edited.document.model_dump(mode="json")["rules"], **_settings(posted)}
            )
            await save_selection_draft(tx, actor, edited, document, utc_now(), seen=text_of(posted, "seen"))
    except ValidationError as error:
        errors = _errors([field_problem(each) for each in error.errors()])
        return await _page(request, actor, errors=errors, values=_settings(posted))
    except Conflict as error:
        return redirect(request, HOME, Flash(error.detail, "problem"))
    return redirect(request, HOME, Flash("Kept in the draft. It counts once it is published."))


@router.post("/publish")
async def publish(request: Request, actor: Writer) -> Response:
    """Make the draft live as the next version."""
    posted = await request.form()
    note = text_of(posted, "note")
    if len(note) > _LONGEST_NOTE:
        return await _page(request, actor, errors={"note": f"is too long; accepted: {_LONGEST_NOTE} characters"})
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            before, live = await publish_selection_draft(tx, actor, utc_now(), note=note, seen=text_of(posted, "seen"))
    except Invalid as error:
        return await _page(request, actor, errors=_errors(error.errors) or {"publish": error.detail})
    except Conflict as error:
        return redirect(request, HOME, Flash(error.detail, "problem"))
    if live.version == before.version:
        return redirect(request, HOME, Flash("Nothing was changed.", "notice"))
    undo = undo_to(f"{HOME}/versions", before.version, live.version, HOME)
    said = f"Published as version {live.version}. Every lead is being assessed anew."
    return redirect(request, HOME, Flash(said, undo=undo))


@router.get("/discard", response_class=HTMLResponse)
async def ask_discard(request: Request, _actor: Writer) -> HTMLResponse:
    """Ask before the draft is forgotten."""
    question = Confirmation(
        title="Discard the draft?",
        text="What is live stays as it is. What was changed in the draft is gone.",
        action=f"{HOME}/discard",
        button="Discard it",
        back_href=HOME,
    )
    return confirm(request, question)


@router.post("/discard")
async def discard(request: Request, actor: Writer) -> Response:
    """Forget the draft."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await discard_selection_draft(tx, actor)
    return redirect(request, HOME, Flash("The draft is gone; what is live stays."))


def text_of(posted: FormData, name: str) -> str:
    """Return a field of a form as text."""
    value = posted.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _settings(posted: FormData) -> dict[str, Any]:
    limits = {name: text_of(posted, f"large_deals.{name}").replace(",", "") or None for name in _LIMITS}
    large = {"framework": text_of(posted, "large_deals.framework"), **limits}
    return {
        "large_deals": large if posted.get("large_deals.on") else None,
        "default": text_of(posted, "default"),
        "retired": [name for name in posted.getlist("retired") if isinstance(name, str)],
    }


def _errors(problems: list[FieldProblem] | tuple[FieldProblem, ...]) -> dict[str, str]:
    """Return what is wrong by field; of a rule, by the rule."""
    found: dict[str, str] = {}
    for problem in problems:
        path = problem.path.partition("]")[0] + "]" if problem.path.startswith("rules[") else problem.path
        found[path] = f"{found[path]}. {problem.sentence}" if path in found else problem.sentence
    return found


async def _page(
    request: Request,
    actor: Actor,
    *,
    tried: bool = False,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        edited = await get_edited_selection(tx, actor.org_id)
        context = await _context(tx, actor, edited)
        errors = dict(errors or {})
        if tried:
            try:
                context["tried"], context["total"] = await try_edited_selection(
                    tx, actor.org_id, edited.document, utc_now()
                )
            except Invalid as error:
                errors |= _errors(error.errors)
    labels = _LABELS | {f"rules[{place}]": f"“{rule.name}”" for place, rule in enumerate(edited.document.rules)}
    shown = context["values"] | dict(values or {})
    context |= {"errors": errors, "labels": labels, "values": shown, "limits": _limits(shown["large_deals"])}
    if values:
        # What came back keeps what its editor had seen: a second try must not write over somebody else's change.
        context["seen"] = text_of(await request.form(), "seen")
    return render(request, "qualification/selection.html", context, status=422 if errors else 200)


async def _context(tx: Transaction, actor: Actor, edited: EditedSelection) -> dict[str, Any]:
    frameworks = (await load_configuration(tx, actor.org_id)).frameworks
    catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    # What is named still stays a choice although it is retired: a form must not change it unasked.
    large, retired = edited.document.large_deals, {*edited.document.retired} - {edited.document.default}
    retired -= {large.framework} if large else set()
    titles = {name: framework.title for name, framework in frameworks.items()}
    return {
        "edited": edited,
        "rules": [(rule, in_words(rule, catalogue)) for rule in edited.document.rules],
        "values": edited.document.model_dump(mode="json", exclude={"rules"}),
        "titles": titles,
        "choices": [(name, title) for name, title in titles.items() if name not in retired],
        "may_retire": [(name, title) for name, title in titles.items() if name != ALWAYS],
        "seen": edited.seen,
        "chosen": sorted((await count_choices(tx, actor.org_id)).items(), key=lambda item: -item[1]),
        "tried": None,
    }


def _limits(large: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the limits of a large deal as a form shows them: typed text as it is, numbers in full."""
    return {name: _typed(value) for name in _LIMITS if (value := (large or {}).get(name)) is not None}


def _typed(value: Any) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
