"""The list of routing rules: put in order by drag and drop, by buttons, turned on and off, removed with undo."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.conditions.describe import describe
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.config_schemas import DefaultBody
from oppspot.routing.documents import ExclusionDocument, RoutingDocument, RuleDocument, TargetDocument
from oppspot.routing.errors import ConfigurationMoved, RuleNotFound
from oppspot.routing.pages import words
from oppspot.routing.pages.fields import Entry, posted_text, posted_texts, said_of
from oppspot.routing.pages.guarding import version_in
from oppspot.routing.pages.publishing import publish_change, published
from oppspot.routing.pages.rule_form import rule_in, target_choices
from oppspot.routing.queries.targets import list_targets, load_directory
from oppspot.routing.services.rules import delete_rule, get_rules, order_rules, set_default, switch_rule
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.validation import checked

HOME = "/routing/rules"
router = APIRouter(prefix=HOME)
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
Words = Annotated[str, Query(alias="q", max_length=200)]
_DEFAULT_FIELDS = (
    Entry("target", "default_target", "Give to"),
    Entry("sla_hours", "default_sla_hours", "Respond within, hours"),
)


@router.get("", response_class=HTMLResponse)
async def show_rules(request: Request, actor: Reader, asked: Words = "") -> HTMLResponse:
    """List the rules in the order they are asked."""
    return await _page(request, actor, asked)


@router.post("/order")
async def order(request: Request, actor: Writer) -> Response:
    """Ask the rules in the order that was posted, all of them at once."""
    posted = await request.form()
    return await _ordered(request, actor, posted_texts(posted, "rule_ids"))


@router.post("/otherwise")
async def change_default(request: Request, actor: Writer) -> Response:
    """Say where leads go that no rule matches."""
    posted = await request.form()
    values = {name: posted_text(posted, name) for name in ("target", "queue", "sla_hours")}
    kind, _, target = values["target"].partition(":")
    sent = {"type": kind, "id": values["queue"] if kind == "queue" else target} if kind else None
    try:
        body = checked(DefaultBody, {"default_target": sent, "default_sla_hours": values["sla_hours"]})
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            _, version = await get_rules(tx, actor.org_id)
            given = (body.default_target, body.default_sla_hours)
            await set_default(tx, actor, *given, utc_now(), expected_version=version_in(posted))
    except ConfigurationMoved as error:
        return redirect(request, HOME, Flash(error.detail, "problem"))
    except Invalid as error:
        errors = said_of(error.errors, _DEFAULT_FIELDS, values) or {"target": error.detail}
        if kind == "queue" and "target" in errors:
            errors["queue"] = errors.pop("target")
        return await _page(request, actor, "", values=values, errors=errors, status=422)
    return await published(request, actor, "What happens when no rule matches is changed.", HOME, before=version)


@router.post("/{rule_id}/move")
async def move(request: Request, actor: Writer, rule_id: str) -> Response:
    """Ask a rule one place earlier or later, first or last."""
    posted = await request.form()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, _ = await get_rules(tx, actor.org_id)
    ids = [rule.id for rule in in_order(document)]
    if rule_id not in ids:
        raise RuleNotFound
    place = ids.index(rule_id)
    ids.remove(rule_id)
    places = {"-1": place - 1, "1": place + 1, "first": 0, "last": len(ids)}
    ids.insert(max(places.get(posted_text(posted, "by"), place), 0), rule_id)
    return await _ordered(request, actor, ids)


async def _ordered(request: Request, actor: Actor, ids: list[str]) -> Response:
    async def change(tx: Transaction, seen: int | None) -> None:
        await order_rules(tx, actor, ids, utc_now(), expected_version=seen)

    said = "The rules are asked in this order from now on."
    return await publish_change(request, actor, change, said, HOME, refused="The order was not changed.")


@router.post("/{rule_id}/switch")
async def switch(request: Request, actor: Writer, rule_id: str) -> Response:
    """Turn a rule on or off."""
    turned_on = posted_text(await request.form(), "on") == "true"

    async def change(tx: Transaction, seen: int | None) -> None:
        await switch_rule(tx, actor, rule_id, utc_now(), on=turned_on, expected_version=seen)

    return await publish_change(request, actor, change, f"The rule is {'on' if turned_on else 'off'}.", HOME)


@router.get("/{rule_id}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Writer, rule_id: str) -> HTMLResponse:
    """Ask before removing a rule."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    question = Confirmation(
        title=f"Remove “{rule_in(document, rule_id).name}”?",
        text="Leads it has already sent stay where they are. The version before keeps it, so it can come back.",
        action=f"{HOME}/{rule_id}/delete",
        button="Remove it",
        back_href=f"{HOME}/{rule_id}",
        fields={"expected_version": str(version)},
    )
    return confirm(request, question)


@router.post("/{rule_id}/delete")
async def delete(request: Request, actor: Writer, rule_id: str) -> Response:
    """Remove a rule; the toast can bring the version before back."""

    async def change(tx: Transaction, seen: int | None) -> None:
        await delete_rule(tx, actor, rule_id, utc_now(), expected_version=seen)

    return await publish_change(request, actor, change, "The rule is gone.", HOME, refused="Nothing was removed.")


def in_order(document: RoutingDocument) -> list[RuleDocument]:
    """Return the rules as they are asked."""
    return sorted(document.rules, key=lambda rule: (rule.priority, rule.id))


def in_words(item: RuleDocument | ExclusionDocument, catalogue: Catalogue) -> str:
    """Return the conditions of a rule or an exclusion as a sentence."""
    try:
        return describe(parse(item.conditions, catalogue))
    except InvalidCondition:
        return "conditions on fields that are no longer declared"


async def _page(
    request: Request,
    actor: Actor,
    asked: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor, asked)
    context |= {"errors": errors or {}, "default": values or context["default"]}
    return render(request, "routing/rules.html", context, block="rules", status=status)


async def _context(tx: Transaction, actor: Actor, asked: str) -> dict[str, Any]:
    document, version = await get_rules(tx, actor.org_id)
    catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    directory = await load_directory(tx, actor.org_id)
    rows = [
        (rule, in_words(rule, catalogue), _goes_to(rule.assignment_target, directory.names))
        for rule in in_order(document)
    ]
    wanted = asked.casefold().split()
    shown = [row for row in rows if all(word in _searched(*row) for word in wanted)]
    return {
        "version": version,
        "rules": shown,
        "count": len(rows),
        "asked": asked,
        "may_order": len(rows) > 1 and not wanted and actor.can("routing.write"),
        "targets": target_choices(await list_targets(tx, actor.org_id)),
        "default": _default_values(document),
        "default_said": _goes_to(document.default_target, directory.names),
        "labels": {entry.name: entry.label for entry in _DEFAULT_FIELDS} | {"queue": "Name of the queue"},
        "words": words,
        "document": document,
    }


def _searched(rule: RuleDocument, when: str, goes_to: str) -> str:
    return f"{rule.name} {rule.description} {when} {goes_to}".casefold()


def _goes_to(target: TargetDocument | None, names: Mapping[str, str]) -> str:
    if target is None:
        return "nobody"
    if target.type == "queue":
        return f"Queue {target.id}"
    named = names.get(target.id, "somebody who is gone")
    return f"Team {named}" if target.type == "team" and target.id in names else named


def _default_values(document: RoutingDocument) -> dict[str, str]:
    target = document.default_target
    queue = target is not None and target.type == "queue"
    return {
        "target": "" if target is None else "queue:" if queue else f"{target.type}:{target.id}",
        "queue": target.id if target is not None and queue else "",
        "sla_hours": f"{document.default_sla_hours:g}",
    }
