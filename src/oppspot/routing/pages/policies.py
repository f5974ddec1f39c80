"""Policies for people: what holds for all rules, each choice with its effect."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.routing.errors import ConfigurationMoved
from oppspot.routing.pages import words
from oppspot.routing.pages.fields import posted_text
from oppspot.routing.pages.guarding import Guard, version_in
from oppspot.routing.pages.policy_forms import LABELS, PolicyForm, Rung, document_of, errors_of, form_of, posted_form
from oppspot.routing.pages.publishing import published
from oppspot.routing.policies import Policies
from oppspot.routing.queries.targets import load_directory
from oppspot.routing.services.policies import put_policies
from oppspot.routing.services.rules import get_rules
from oppspot.web import render
from oppspot.web.validation import checked

HOME: Final = "/routing/policies"
router = APIRouter(prefix=HOME)
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
_SHARES: Final = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.5")


@router.get("", response_class=HTMLResponse)
async def show_policies(request: Request, actor: Reader) -> HTMLResponse:
    """Show the policies to change; who may only read sees them the same."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return await _page(request, actor, form_of(document.policies), Guard(version))


@router.post("")
async def change_policies(request: Request, actor: Writer) -> Response:
    """Publish the policies."""
    posted = await request.form()
    form, seen, do = posted_form(posted), version_in(posted), posted_text(posted, "do")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    guard = Guard(version if seen is None else seen)
    if do == "more" or do.startswith("remove-"):
        return await _page(request, actor, form, guard, blank=2 if do == "more" else 1)
    try:
        policies = checked(Policies, document_of(form, document.policies))
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await put_policies(tx, actor, policies, utc_now(), expected_version=seen)
    except ConfigurationMoved as error:
        return await _page(request, actor, form, Guard(version, error.detail), status=409)
    except Invalid as error:
        errors = errors_of(error.errors, form) or {"fairness": error.detail}
        return await _page(request, actor, form, guard, errors=errors, status=422)
    return await published(request, actor, "The policies hold from now on.", HOME, before=version)


async def _page(
    request: Request,
    actor: Actor,
    form: PolicyForm,
    guard: Guard,
    *,
    blank: int = 1,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        directory = await load_directory(tx, actor.org_id)
        document, _ = await get_rules(tx, actor.org_id)
    context: dict[str, Any] = {
        "document": document,
        "form": form,
        "guard": guard,
        "errors": errors or {},
        "labels": LABELS,
        "words": words,
        "people": _people(directory.people, form.values["seat"]),
        "rungs": [*form.rungs, *[Rung()] * blank],
        "shares": [(value, f"{float(value):.0%}") for value in _shares(form.values["exploration"])],
        "may_write": actor.can("routing.write"),
    }
    return render(request, "routing/policies.html", context, status=status)


def _people(people: Mapping[str, str], seat: str) -> list[tuple[str, str]]:
    """Return whom the seat can be given to; somebody who left since stays to be seen."""
    gone = [(seat, "Somebody who is gone")] if seat and seat not in people else []
    return [*people.items(), *gone]


def _shares(current: str) -> list[str]:
    try:
        return sorted({*_SHARES, current}, key=float)
    except ValueError:
        return list(_SHARES)
