"""One routing rule by hand: conditions as rows, a target, and every setting, the rarer ones behind a disclosure."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from oppspot.accounts.access import needs
from oppspot.conditions.builder import BLANK_ROWS, asked_again, builder_context
from oppspot.conditions.form_faults import labels_of_conditions, sentences
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.documents import RoutingDocument, RuleDocument, place_of_new
from oppspot.routing.errors import ConfigurationMoved, RuleNotFound
from oppspot.routing.pages import words
from oppspot.routing.pages.guarding import Guard, version_in
from oppspot.routing.pages.publishing import published
from oppspot.routing.pages.rule_forms import BLANK_SKILLS, LABELS, RuleForm, document_of, form_of, posted_form
from oppspot.routing.queries.targets import Targets, list_targets, load_directory
from oppspot.routing.schemas import RuleBody
from oppspot.routing.services.rules import create_rule, get_rules, replace_rule
from oppspot.web import render
from oppspot.web.validation import field_problem

router = APIRouter(prefix="/routing/rules")
Writer = Annotated[Actor, Depends(needs("routing.write"))]
From = Annotated[str | None, Query(alias="from", max_length=200)]


@router.get("/new", response_class=HTMLResponse)
async def ask_new(request: Request, actor: Writer, copied: From = None) -> HTMLResponse:
    """Ask for a new rule; with `from`, one like another to begin with."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    form = RuleForm()
    if copied is not None:
        other = form_of(rule_in(document, copied))
        form = replace(other, values={**other.values, "name": f"{other.values['name']} (copy)"[:200]})
    elif document.rules:
        form = replace(form, values={**form.values, "priority": str(place_of_new(document.rules))})
    return await _page(request, actor, None, form, Guard(version))


@router.post("/new")
async def create(request: Request, actor: Writer) -> Response:
    """Add a rule and publish."""
    return await _save(request, actor, None)


@router.get("/{rule_id}", response_class=HTMLResponse)
async def ask_change(request: Request, actor: Writer, rule_id: str) -> HTMLResponse:
    """Show a rule to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return await _page(request, actor, rule_id, form_of(rule_in(document, rule_id)), Guard(version))


@router.post("/{rule_id}")
async def change(request: Request, actor: Writer, rule_id: str) -> Response:
    """Replace a rule and publish."""
    return await _save(request, actor, rule_id)


async def _save(request: Request, actor: Actor, rule_id: str | None) -> Response:
    posted = await request.form()
    form, seen = posted_form(posted), version_in(posted)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
        document, version = await get_rules(tx, actor.org_id)
    before = rule_in(document, rule_id) if rule_id else None
    if (blank := asked_again(posted)) is not None:
        guard = Guard(seen if seen is not None else version)
        skills = BLANK_SKILLS + (posted.get("do") == "more")
        return await _page(request, actor, rule_id, form, guard, extra=(blank, skills), posted=posted)
    try:
        body = RuleBody.model_validate(document_of(form, catalogue, before)).model_dump(mode="json")
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            saved = await _publish(tx, actor, rule_id, body, seen)
    except ConfigurationMoved as error:
        return await _page(request, actor, rule_id, form, Guard(version, error.detail), status=409)
    except ValidationError as error:
        errors = sentences([field_problem(item) for item in error.errors()], form, catalogue, form.field_of)
    except Invalid as error:
        errors = sentences(error.errors, form, catalogue, form.field_of) or {"name": error.detail}
    else:
        said = f"“{saved.name}” is live." if saved.is_active else f"“{saved.name}” is kept, turned off."
        return await published(request, actor, said, "/routing/rules", before=version)
    guard = Guard(seen if seen is not None else version)
    return await _page(request, actor, rule_id, replace(form, errors=errors), guard, status=422)


async def _publish(
    tx: Transaction, actor: Actor, rule_id: str | None, body: dict[str, Any], seen: int | None
) -> RuleDocument:
    if rule_id is None:
        return await create_rule(tx, actor, body, utc_now(), expected_version=seen)
    return await replace_rule(tx, actor, rule_id, body, utc_now(), expected_version=seen)


def rule_in(document: RoutingDocument, rule_id: str) -> RuleDocument:
    """Return a rule by its id; raises RuleNotFound."""
    rule = next((rule for rule in document.rules if rule.id == rule_id), None)
    if rule is None:
        raise RuleNotFound
    return rule


async def _page(
    request: Request,
    actor: Actor,
    rule_id: str | None,
    form: RuleForm,
    guard: Guard,
    *,
    extra: tuple[int, int] = (BLANK_ROWS, BLANK_SKILLS),
    posted: FormData | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
        targets = await list_targets(tx, actor.org_id)
        directory = await load_directory(tx, actor.org_id)
    context = {
        "rule_id": rule_id,
        **builder_context(form, catalogue, extra=extra[0], posted=posted),
        "targets": target_choices(targets),
        "labels": {**LABELS, **labels_of_conditions(form)},
        "guard": guard,
        "words": words,
        "known_skills": sorted(directory.skills),
        "skill_rows": {part: _rows(form, part, extra[1]) for part in ("required", "preferred")},
    }
    return render(request, "routing/rule_form.html", context, status=status)


def _rows(form: RuleForm, part: str, blank: int) -> list[tuple[str, str]]:
    return [*form.skills.get(part, ()), *[("", "1")] * blank]


def target_choices(targets: Targets) -> list[tuple[str, str]]:
    """Return where leads can be sent, as choices of a form."""
    teams = [(f"team:{item_id}", f"Team {name}") for item_id, name in targets.teams]
    people = [(f"individual:{item_id}", name) for item_id, name in targets.reps]
    return [*teams, *people, ("queue:", "A queue, named below")]
