"""Exclusions for people: the list, the common ones as plain lists of domains, turned off and on, removed with undo."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.routing.documents import ExclusionDocument, RoutingDocument
from oppspot.routing.errors import ConfigurationMoved, ExclusionNotFound
from oppspot.routing.pages.fields import posted_text
from oppspot.routing.pages.guarding import version_in
from oppspot.routing.pages.publishing import publish_change, published
from oppspot.routing.pages.rules import in_words
from oppspot.routing.quick_lists import (
    CUSTOMER_FIELD,
    CUSTOMERS,
    CUSTOMERS_ID,
    QUICK_LISTS,
    QuickList,
    domains_in,
    domains_of,
    exclusion_of,
    is_of_customers,
    list_among,
)
from oppspot.routing.services.exclusions import delete_exclusion, put_exclusion, switch_exclusion
from oppspot.routing.services.rules import get_rules
from oppspot.web import render
from oppspot.web.confirmations import Confirmation, confirm

HOME: Final = "/routing/exclusions"
_SHOWN: Final = 3
router = APIRouter(prefix=HOME)
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]


@router.get("", response_class=HTMLResponse)
async def show_exclusions(request: Request, actor: Reader) -> HTMLResponse:
    """List the exclusions."""
    return await _page(request, actor)


@router.post("/quick")
async def put_quick(request: Request, actor: Writer) -> Response:
    """Make one of the common exclusions of a list of domains; an empty list takes it away."""
    posted = await request.form()
    quick = next((each for each in QUICK_LISTS if each.id == posted_text(posted, "list")), QUICK_LISTS[0])
    typed = posted_text(posted, "domains")
    domains, problems = domains_of(typed)
    if problems:
        said = ". ".join(problem.sentence for problem in problems[:5])
        return await _page(request, actor, errors={quick.id: said}, typed={quick.id: typed}, status=422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            document, version = await get_rules(tx, actor.org_id)
            await _put_domains(tx, actor, quick, list_among(quick, document.exclusions), domains, version_in(posted))
    except (ConfigurationMoved, Invalid) as error:
        return await _page(request, actor, errors={quick.id: error.sentences}, typed={quick.id: typed}, status=422)
    said = f"{quick.name}: {len(domains):,} {'domain' if len(domains) == 1 else 'domains'} from now on."
    return await published(request, actor, said, HOME, before=version)


async def _put_domains(
    tx: Transaction,
    actor: Actor,
    quick: QuickList,
    item: ExclusionDocument | None,
    domains: Sequence[str],
    seen: int | None,
) -> None:
    """Make a common list of domains, in the place of the one there is; of none, take that away."""
    if item and _domains(quick, item) is None:
        raise Invalid("Its conditions were written by hand, and are changed there.")
    if domains:
        put = exclusion_of(quick, domains) | ({"name": item.name} if item else {})
        await put_exclusion(tx, actor, item.id if item else quick.id, put, utc_now(), expected_version=seen)
    elif item:
        await delete_exclusion(tx, actor, item.id, utc_now(), expected_version=seen)


@router.post("/customers")
async def put_customers(request: Request, actor: Writer) -> Response:
    """Send leads of existing customers to their account's owner from now on."""

    async def change(tx: Transaction, seen: int | None) -> None:
        await put_exclusion(tx, actor, CUSTOMERS_ID, dict(CUSTOMERS), utc_now(), expected_version=seen)

    said = "Leads of existing customers go to their account's owner."
    return await publish_change(request, actor, change, said, HOME)


@router.post("/{exclusion_id}/switch")
async def switch(request: Request, actor: Writer, exclusion_id: str) -> Response:
    """Turn an exclusion on or off."""
    turned_on = posted_text(await request.form(), "on") == "true"

    async def change(tx: Transaction, seen: int | None) -> None:
        await switch_exclusion(tx, actor, exclusion_id, utc_now(), on=turned_on, expected_version=seen)

    return await publish_change(request, actor, change, f"The exclusion is {'on' if turned_on else 'off'}.", HOME)


@router.get("/{exclusion_id}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Writer, exclusion_id: str) -> HTMLResponse:
    """Ask before removing an exclusion."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    question = Confirmation(
        title=f"Remove “{exclusion_in(document, exclusion_id).name}”?",
        text="Leads it kept out are routed when they are looked at again. The version before keeps it.",
        action=f"{HOME}/{exclusion_id}/delete",
        button="Remove it",
        back_href=HOME,
        fields={"expected_version": str(version)},
    )
    return confirm(request, question)


@router.post("/{exclusion_id}/delete")
async def delete(request: Request, actor: Writer, exclusion_id: str) -> Response:
    """Remove an exclusion; the toast can bring the version before back."""

    async def change(tx: Transaction, seen: int | None) -> None:
        await delete_exclusion(tx, actor, exclusion_id, utc_now(), expected_version=seen)

    return await publish_change(request, actor, change, "The exclusion is gone.", HOME, refused="Nothing was removed.")


def exclusion_in(document: RoutingDocument, exclusion_id: str) -> ExclusionDocument:
    """Return an exclusion by its id; raises ExclusionNotFound."""
    found = next((item for item in document.exclusions if item.id == exclusion_id), None)
    if found is None:
        raise ExclusionNotFound
    return found


async def _page(
    request: Request,
    actor: Actor,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
        catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    lists = {each.id: list_among(each, document.exclusions) for each in QUICK_LISTS}
    has_customers = any(map(is_of_customers, document.exclusions))
    context = {
        "document": document,
        "version": version,
        "exclusions": [(item, _shortly(item, in_words(item, catalogue))) for item in document.exclusions],
        "quick": [_quick(each, lists[each.id], (typed or {}).get(each.id)) for each in QUICK_LISTS],
        "offers_customers": catalogue.find(CUSTOMER_FIELD) is not None and not has_customers,
        "errors": errors or {},
        "labels": {each.id: each.name for each in QUICK_LISTS},
    }
    return render(request, "routing/exclusions.html", context, status=status)


def _shortly(item: ExclusionDocument, said: str) -> str:
    """Return what an exclusion asks, a long list of domains as its number."""
    quick = next((each for each in QUICK_LISTS if list_among(each, [item])), None)
    domains = domains_in(quick, item.conditions) if quick else None
    if domains is None:
        return said
    shown, more = ", ".join(domains[:_SHOWN]), len(domains) - _SHOWN
    return f"the domain is {shown} or one of {more:,} others" if more > 0 else f"the domain is {shown}"


def _quick(quick: QuickList, item: ExclusionDocument | None, typed: str | None) -> dict[str, Any]:
    """Return one of the common lists as its form shows it; `by_hand` is the id of one that is otherwise."""
    domains = _domains(quick, item) if item else []
    text = "\n".join(domains or ()) if typed is None else typed
    by_hand = item.id if item and domains is None else None
    return {"list": quick, "text": text, "count": len(domains or ()), "by_hand": by_hand}


def _domains(quick: QuickList, item: ExclusionDocument) -> list[str] | None:
    """Return the domains of a common list; None when it asks, or does, something else than its form says."""
    return domains_in(quick, item.conditions) if item.action == quick.action else None
