"""One rule of how leads come by their frameworks: written, changed, moved, removed; all in the draft."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from oppspot.accounts.access import needs
from oppspot.conditions.builder import (
    BLANK_ROWS,
    ConditionForm,
    asked_again,
    builder_context,
    posted_conditions,
    shown_conditions,
)
from oppspot.conditions.form_faults import labels_of_conditions, sentences
from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid, NotFound
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes, load_configuration
from oppspot.qualification.pages.selection import HOME, text_of
from oppspot.qualification.selection import (
    ALWAYS,
    SelectionDocument,
    SelectionRule,
    check_countries,
    compile_selection,
)
from oppspot.qualification.services.selection_drafts import (
    EditedSelection,
    get_edited_selection,
    save_selection_draft,
)
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.validation import field_problem

router = APIRouter(prefix=f"{HOME}/rules")
Writer = Annotated[Actor, Depends(needs("qualification.write"))]
# Where a rule stands in the order, from 1.
Place = Annotated[int, Path(ge=1, le=200)]
_LABELS: Final = {"name": "Name", "framework": "Framework", "also": "Also held"}


@dataclass(frozen=True, slots=True)
class RuleForm(ConditionForm):
    """A rule as the form shows it."""

    name: str = ""
    framework: str = ""
    also: tuple[str, ...] = ()


@router.get("/new", response_class=HTMLResponse)
async def ask_new(request: Request, actor: Writer) -> HTMLResponse:
    """Ask for a new rule."""
    return await _page(request, actor, None, RuleForm())


@router.post("/new")
async def create(request: Request, actor: Writer) -> Response:
    """Add a rule at the end."""
    return await _save(request, actor, None)


@router.get("/{place}", response_class=HTMLResponse)
async def ask_change(request: Request, actor: Writer, place: Place) -> HTMLResponse:
    """Show a rule to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, rule = await _find(tx, actor, place)
    form = RuleForm(name=rule.name, framework=rule.framework, also=rule.also, **shown_conditions(rule.conditions))
    return await _page(request, actor, place, form)


@router.post("/{place}")
async def change(request: Request, actor: Writer, place: Place) -> Response:
    """Replace a rule."""
    return await _save(request, actor, place)


@router.post("/{place}/move")
async def move(request: Request, actor: Writer, place: Place) -> Response:
    """Ask a rule one place earlier or later."""
    posted = await request.form()
    by = -1 if posted.get("by") == "-1" else 1
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        edited, rule = await _find(tx, actor, place)
        rules = [*edited.document.rules]
        rules.insert(max(place - 1 + by, 0), rules.pop(place - 1))
        return await _keep(request, tx, actor, edited, rules, posted, f"“{rule.name}” has another place in the draft.")


@router.get("/{place}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Writer, place: Place) -> HTMLResponse:
    """Ask before removing a rule."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        edited, rule = await _find(tx, actor, place)
    question = Confirmation(
        title=f"Remove “{rule.name}”?",
        text="It is taken out of the draft. What is live stays as it is until the draft is published.",
        action=f"{HOME}/rules/{place}/delete",
        button="Remove it",
        back_href=f"{HOME}/rules/{place}",
        fields={"seen": edited.seen},
    )
    return confirm(request, question)


@router.post("/{place}/delete")
async def delete(request: Request, actor: Writer, place: Place) -> Response:
    """Take a rule out of the draft."""
    posted = await request.form()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        edited, rule = await _find(tx, actor, place)
        rules = [each for at, each in enumerate(edited.document.rules, 1) if at != place]
        return await _keep(request, tx, actor, edited, rules, posted, f"“{rule.name}” is out of the draft.")


async def _keep(
    request: Request,
    tx: Transaction,
    actor: Actor,
    edited: EditedSelection,
    rules: Sequence[SelectionRule],
    posted: FormData,
    said: str,
) -> Response:
    try:
        await save_selection_draft(tx, actor, edited, _with(edited, rules), utc_now(), seen=text_of(posted, "seen"))
    except Conflict as error:
        return redirect(request, HOME, Flash(error.detail, "problem"))
    return redirect(request, HOME, Flash(said))


def _with(edited: EditedSelection, rules: Sequence[SelectionRule]) -> SelectionDocument:
    return edited.document.model_copy(update={"rules": tuple(rules)})


async def _save(request: Request, actor: Actor, place: int | None) -> Response:
    posted = await request.form()
    form = RuleForm(
        name=text_of(posted, "name"),
        framework=text_of(posted, "framework"),
        also=tuple(name for name in posted.getlist("also") if isinstance(name, str)),
        **posted_conditions(posted),
    )
    if (blank := asked_again(posted)) is not None:
        return await _page(request, actor, place, form, extra=blank)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            edited = (await _find(tx, actor, place))[0] if place else await get_edited_selection(tx, actor.org_id)
            rule = SelectionRule.model_validate(_body(form, catalogue))
            await _check(tx, actor, edited, rule, catalogue)
            rules = [*edited.document.rules]
            rules[(place or len(rules) + 1) - 1 : place or len(rules) + 1] = [rule]
            await save_selection_draft(tx, actor, edited, _with(edited, rules), utc_now(), seen=text_of(posted, "seen"))
        return redirect(request, HOME, Flash(f"“{rule.name}” is in the draft."))
    except Conflict as error:
        errors = {"name": error.detail}
    except ValidationError as error:
        errors = sentences([field_problem(each) for each in error.errors()], form, catalogue)
    except Invalid as error:
        errors = sentences(error.errors, form, catalogue)
    return await _page(request, actor, place, replace(form, errors=errors), status=422)


def _body(form: RuleForm, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "name": form.name,
        "conditions": form.condition(catalogue),
        "framework": form.framework,
        "also": [name for name in form.also if name != form.framework],
    }


async def _check(
    tx: Transaction, actor: Actor, edited: EditedSelection, rule: SelectionRule, catalogue: Catalogue
) -> None:
    """Raise Invalid naming what is wrong with a rule by its own fields, whatever else is wrong with the document."""
    available = frozenset((await load_configuration(tx, actor.org_id)).frameworks)
    alone = SelectionDocument(rules=(rule,), large_deals=None, default=ALWAYS, retired=edited.document.retired)
    try:
        compile_selection(alone, catalogue, available)
        check_countries(alone, edited.live.document)
    except Invalid as error:
        of_rule = [
            FieldProblem(each.path.removeprefix("rules[0]."), each.message, each.accepted) for each in error.errors
        ]
        raise Invalid(error.detail, errors=of_rule) from error


async def _find(tx: Transaction, actor: Actor, place: int) -> tuple[EditedSelection, SelectionRule]:
    edited = await get_edited_selection(tx, actor.org_id)
    if place > len(edited.document.rules):
        raise NotFound("There is no rule at this place.")
    return edited, edited.document.rules[place - 1]


async def _page(
    request: Request,
    actor: Actor,
    place: int | None,
    form: RuleForm,
    *,
    extra: int = BLANK_ROWS,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        edited = await get_edited_selection(tx, actor.org_id)
        frameworks = (await load_configuration(tx, actor.org_id)).frameworks
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    # A form that came back keeps what its editor had seen: a second try must not write over somebody else's change.
    # A new rule goes to the end of whatever there is by then.
    posted = await request.form() if request.method == "POST" else None
    context = {
        "place": place,
        "seen": text_of(posted, "seen") if posted and place else edited.seen,
        "frameworks": [(n, f.title) for n, f in frameworks.items() if n not in edited.document.retired],
        "labels": {**_LABELS, **labels_of_conditions(form)},
        **builder_context(form, catalogue, extra=extra, posted=posted),
    }
    return render(request, "qualification/selection_rule.html", context, status=status)
