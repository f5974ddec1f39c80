"""One exclusion by hand: conditions as rows, and what becomes of the leads that meet them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
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
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.config_schemas import ExclusionBody
from oppspot.routing.documents import ExclusionDocument
from oppspot.routing.errors import ConfigurationMoved
from oppspot.routing.pages.exclusions import HOME, exclusion_in
from oppspot.routing.pages.fields import ON, Entry, labels_of, name_at, posted_values, values_of
from oppspot.routing.pages.guarding import Guard, version_in
from oppspot.routing.pages.publishing import published
from oppspot.routing.services.exclusions import create_exclusion, replace_exclusion
from oppspot.routing.services.rules import get_rules
from oppspot.web import render
from oppspot.web.validation import field_problem

router = APIRouter(prefix=HOME)
Writer = Annotated[Actor, Depends(needs("routing.write"))]
ENTRIES: Final = (
    Entry("name", "name", "Name"),
    Entry("action", "action", "What becomes of them"),
    Entry("is_active", "is_active", "On", "switch"),
)
_BLANK: Final = {"name": "", "action": "block", "is_active": ON}
_LABELS: Final = labels_of(ENTRIES)


@dataclass(frozen=True, slots=True)
class ExclusionForm(ConditionForm):
    """An exclusion as the form shows it."""

    values: Mapping[str, str] = field(default_factory=lambda: _BLANK)

    def text_of(self, name: str) -> str:
        """Return what was typed in a field."""
        return self.values.get(name, "-")


@router.get("/new", response_class=HTMLResponse)
async def ask_new(request: Request, actor: Writer) -> HTMLResponse:
    """Ask for a new exclusion."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, version = await get_rules(tx, actor.org_id)
    return await _page(request, actor, None, ExclusionForm(), Guard(version))


@router.post("/new")
async def create(request: Request, actor: Writer) -> Response:
    """Add an exclusion and publish."""
    return await _save(request, actor, None)


@router.get("/{exclusion_id}", response_class=HTMLResponse)
async def ask_change(request: Request, actor: Writer, exclusion_id: str) -> HTMLResponse:
    """Show an exclusion to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return await _page(request, actor, exclusion_id, _shown(exclusion_in(document, exclusion_id)), Guard(version))


@router.post("/{exclusion_id}")
async def change(request: Request, actor: Writer, exclusion_id: str) -> Response:
    """Replace an exclusion and publish."""
    return await _save(request, actor, exclusion_id)


async def _save(request: Request, actor: Actor, exclusion_id: str | None) -> Response:
    posted = await request.form()
    form, seen = _posted(posted), version_in(posted)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
        _, version = await get_rules(tx, actor.org_id)
    guard = Guard(version if seen is None else seen)
    if (blank := asked_again(posted)) is not None:
        return await _page(request, actor, exclusion_id, form, guard, extra=blank, posted=posted)
    sent = {**form.values, "is_active": form.values["is_active"] == ON, "conditions": form.condition(catalogue)}
    try:
        body = ExclusionBody.model_validate(sent).model_dump(mode="json")
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            if exclusion_id is None:
                saved = await create_exclusion(tx, actor, body, utc_now(), expected_version=seen)
            else:
                saved = await replace_exclusion(tx, actor, exclusion_id, body, utc_now(), expected_version=seen)
    except ConfigurationMoved as error:
        return await _page(request, actor, exclusion_id, form, Guard(version, error.detail), status=409)
    except ValidationError as error:
        errors = sentences([field_problem(item) for item in error.errors()], form, catalogue, _field_of)
    except Invalid as error:
        errors = sentences(error.errors, form, catalogue, _field_of) or {"name": error.detail}
    else:
        return await published(request, actor, f"“{saved.name}” counts from now on.", HOME, before=version)
    return await _page(request, actor, exclusion_id, replace(form, errors=errors), guard, status=422)


def _field_of(path: str) -> str:
    return name_at(ENTRIES, path)


def _posted(posted: FormData) -> ExclusionForm:
    return ExclusionForm(values=posted_values(ENTRIES, posted, _BLANK), **posted_conditions(posted))


def _shown(item: ExclusionDocument) -> ExclusionForm:
    return ExclusionForm(values=values_of(ENTRIES, item.model_dump(mode="json")), **shown_conditions(item.conditions))


async def _page(
    request: Request,
    actor: Actor,
    exclusion_id: str | None,
    form: ExclusionForm,
    guard: Guard,
    *,
    extra: int = BLANK_ROWS,
    posted: FormData | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    context = {
        "exclusion_id": exclusion_id,
        **builder_context(form, catalogue, extra=extra, posted=posted),
        "labels": {**_LABELS, **labels_of_conditions(form)},
        "guard": guard,
    }
    return render(request, "routing/exclusion_form.html", context, status=status)
