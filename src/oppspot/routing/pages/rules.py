"""Routing rules by hand: conditions as rows, a target, a time to respond; order by arrows; removal can be undone."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from oppspot.accounts.access import needs
from oppspot.conditions.builder import (
    BLANK_ROWS,
    builder_context,
    posted_conditions,
    sentences,
    shown_conditions,
)
from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.documents import RuleDocument
from oppspot.routing.errors import RuleNotFound
from oppspot.routing.pages.rule_forms import LABELS, RuleForm
from oppspot.routing.queries.targets import Targets, list_targets
from oppspot.routing.schemas import RuleBody
from oppspot.routing.services.rules import create_rule, delete_rule, get_rules, order_rules, replace_rule
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.flashes import Undo
from oppspot.web.validation import field_problem

router = APIRouter(prefix="/routing")
Writer = Annotated[Actor, Depends(needs("routing.write"))]


@router.get("/rules/new", response_class=HTMLResponse)
async def ask_new(request: Request, actor: Writer) -> HTMLResponse:
    """Ask for a new rule."""
    return await _page(request, actor, None, RuleForm())


@router.post("/rules/new")
async def create(request: Request, actor: Writer) -> Response:
    """Add a rule and publish."""
    return await _save(request, actor, None)


@router.get("/rules/{rule_id}", response_class=HTMLResponse)
async def ask_change(request: Request, actor: Writer, rule_id: str) -> HTMLResponse:
    """Show a rule to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        rule = await _get_rule(tx, actor.org_id, rule_id)
    return await _page(request, actor, rule_id, _form_of(rule))


@router.post("/rules/{rule_id}")
async def change(request: Request, actor: Writer, rule_id: str) -> Response:
    """Replace a rule and publish."""
    return await _save(request, actor, rule_id)


@router.post("/rules/{rule_id}/move")
async def move(request: Request, actor: Writer, rule_id: str) -> Response:
    """Ask a rule one place earlier or later."""
    by = -1 if (await request.form()).get("by") == "-1" else 1
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
        ids = [rule.id for rule in sorted(document.rules, key=lambda rule: (rule.priority, rule.id))]
        if rule_id not in ids:
            raise RuleNotFound
        place = ids.index(rule_id)
        other = min(max(place + by, 0), len(ids) - 1)
        ids[place], ids[other] = ids[other], ids[place]
        await order_rules(tx, actor, ids, utc_now(), expected_version=version)
    return redirect(request, "/routing")


@router.get("/rules/{rule_id}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Writer, rule_id: str) -> HTMLResponse:
    """Ask before removing a rule."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        rule = await _get_rule(tx, actor.org_id, rule_id)
    question = Confirmation(
        title=f"Remove “{rule.name}”?",
        text="Leads it has already sent stay where they are. The version before keeps it, so it can come back.",
        action=f"/routing/rules/{rule_id}/delete",
        button="Remove it",
        back_href=f"/routing/rules/{rule_id}",
    )
    return confirm(request, question)


@router.post("/rules/{rule_id}/delete")
async def delete(request: Request, actor: Writer, rule_id: str) -> Response:
    """Remove a rule; the toast can bring the version before back."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, version = await get_rules(tx, actor.org_id)
        await delete_rule(tx, actor, rule_id, utc_now())
    return redirect(request, "/routing", Flash("The rule is gone.", undo=Undo(f"/routing/versions/{version}/publish")))


async def _save(request: Request, actor: Actor, rule_id: str | None) -> Response:
    posted = await request.form()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    form = _posted(posted)
    if posted.get("do") == "more":
        return await _page(request, actor, rule_id, form, extra=BLANK_ROWS + 2)
    try:
        body = RuleBody.model_validate(_document(form, catalogue)).model_dump(mode="json")
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            saved = await _publish(tx, actor, rule_id, body)
    except ValidationError as error:
        errors = sentences([field_problem(item) for item in error.errors()], form, form.field_of)
    except (Invalid, Conflict) as error:
        errors = sentences(error.errors, form, form.field_of) or {"name": error.detail}
    else:
        return redirect(request, "/routing", Flash(f"“{saved.name}” decides from now on."))
    return await _page(request, actor, rule_id, replace(form, errors=errors), status=422)


async def _publish(tx: Transaction, actor: Actor, rule_id: str | None, body: dict[str, Any]) -> RuleDocument:
    if rule_id is None:
        return await create_rule(tx, actor, body, utc_now())
    return await replace_rule(tx, actor, rule_id, body, utc_now())


def _posted(posted: FormData) -> RuleForm:
    def text(name: str, default: str = "") -> str:
        value = posted.get(name, default)
        return value.strip() if isinstance(value, str) else default

    return RuleForm(
        name=text("name"),
        description=text("description"),
        priority=text("priority", "100"),
        is_active=bool(posted.get("is_active")),
        target=text("target"),
        queue=text("queue"),
        sla_hours=text("sla_hours", "24"),
        fairness_scope=text("fairness_scope", "team"),
        **posted_conditions(posted),
    )


def _document(form: RuleForm, catalogue: Catalogue) -> dict[str, Any]:
    kind, _, target = form.target.partition(":")
    return {
        "name": form.name,
        "description": form.description,
        "priority": form.priority,
        "is_active": form.is_active,
        "conditions": form.condition(catalogue),
        "assignment_target": {"type": kind or "team", "id": form.queue if kind == "queue" else target},
        "sla_hours": form.sla_hours,
        "settings": {"fairness_scope": form.fairness_scope},
    }


def _form_of(rule: RuleDocument) -> RuleForm:
    target = rule.assignment_target
    return RuleForm(
        name=rule.name,
        description=rule.description,
        priority=str(rule.priority),
        is_active=rule.is_active,
        target="queue:" if target.type == "queue" else f"{target.type}:{target.id}",
        queue=target.id if target.type == "queue" else "",
        sla_hours=f"{rule.sla_hours:g}",
        fairness_scope=rule.settings.fairness_scope,
        **shown_conditions(rule.conditions),
    )


async def _get_rule(tx: Transaction, org_id: UUID, rule_id: str) -> RuleDocument:
    document, _ = await get_rules(tx, org_id)
    rule = next((rule for rule in document.rules if rule.id == rule_id), None)
    if rule is None:
        raise RuleNotFound
    return rule


async def _page(
    request: Request,
    actor: Actor,
    rule_id: str | None,
    form: RuleForm,
    *,
    extra: int = BLANK_ROWS,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
        targets = await list_targets(tx, actor.org_id)
    context = {
        "rule_id": rule_id,
        **builder_context(form, catalogue, extra=extra),
        "targets": _choices(targets),
        "labels": LABELS,
    }
    return render(request, "routing/rule_form.html", context, status=status)


def _choices(targets: Targets) -> list[tuple[str, str]]:
    teams = [(f"team:{item_id}", f"Team {name}") for item_id, name in targets.teams]
    people = [(f"individual:{item_id}", name) for item_id, name in targets.reps]
    return [*teams, *people, ("queue:", "A queue, named below")]
