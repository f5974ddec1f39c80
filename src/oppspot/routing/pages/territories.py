"""Territories for people: the list with who covers each, one by hand, many by pasting a table."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.routing.coverage import coverage_of
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.errors import ConfigurationMoved, TerritoryNotFound
from oppspot.routing.pages.fields import Entry, labels_of, posted_text, posted_values, put_values, said_of, values_of
from oppspot.routing.pages.guarding import Guard, version_in
from oppspot.routing.pages.publishing import publish_change, published
from oppspot.routing.policies import Territory
from oppspot.routing.queries.targets import list_cover
from oppspot.routing.services.rules import get_rules
from oppspot.routing.services.territories import (
    create_territory,
    delete_territory,
    put_territories,
    replace_territory,
)
from oppspot.routing.territory_texts import COLUMNS, LISTS, in_words, list_of, read_table, text_of
from oppspot.web import render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.validation import checked

HOME = "/routing/territories"
router = APIRouter(prefix=HOME)
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
ENTRIES: Final = (
    Entry("name", "name", "Name"),
    Entry("countries", "countries", "Countries"),
    Entry("regions", "regions", "Regions"),
    Entry("postcodes", "postcodes", "Postcodes"),
    Entry("industries", "industries", "Industries"),
    Entry("min_employees", "min_employees", "Employees from", "optional"),
    Entry("max_employees", "max_employees", "Employees to", "optional"),
    Entry("accounts", "accounts", "Named accounts"),
    Entry("priority", "priority", "Priority"),
)
_BLANK: Final = {entry.name: "" for entry in ENTRIES} | {"priority": "100"}
_MOST_SAID: Final = 12


@router.get("", response_class=HTMLResponse)
async def show_territories(request: Request, actor: Reader) -> HTMLResponse:
    """List the territories, each with who covers it."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
        coverage = coverage_of(document.territories, await list_cover(tx, actor.org_id))
    territories = sorted(document.territories, key=lambda item: (item.priority, item.name.casefold()))
    context = {
        "document": document,
        "version": version,
        "territories": [(item, in_words(item), coverage.by_territory[item.name]) for item in territories],
        "coverage": coverage,
        "is_used": any(rule.is_active and rule.routing_algorithm == "territory" for rule in document.rules),
    }
    return render(request, "routing/territories.html", context)


@router.get("/new", response_class=HTMLResponse)
async def ask_new(request: Request, actor: Writer) -> HTMLResponse:
    """Ask for a new territory."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, version = await get_rules(tx, actor.org_id)
    return _form(request, None, _BLANK, Guard(version))


@router.post("/new")
async def create(request: Request, actor: Writer) -> Response:
    """Add a territory and publish."""
    return await _save(request, actor, None)


@router.get("/paste", response_class=HTMLResponse)
async def ask_paste(request: Request, actor: Writer) -> HTMLResponse:
    """Ask for many territories as a table."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, version = await get_rules(tx, actor.org_id)
    return _paste(request, {"lines": "", "others": "keep"}, Guard(version))


@router.post("/paste")
async def paste(request: Request, actor: Writer) -> Response:
    """Put all territories of a table: those of a known name are replaced, the others added."""
    posted = await request.form()
    typed = {"lines": posted_text(posted, "lines"), "others": posted_text(posted, "others", "keep")}
    table = read_table(typed["lines"])
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, version = await get_rules(tx, actor.org_id)
    seen = version_in(posted)
    guard = Guard(version if seen is None else seen)
    if table.problems or not table.territories:
        said = ". ".join(problem.sentence for problem in table.problems[:_MOST_SAID]) or "is missing"
        return _paste(request, typed, guard, errors={"lines": said}, status=422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            keep = typed["others"] != "remove"
            await put_territories(tx, actor, table.territories, utc_now(), keep_others=keep, expected_version=seen)
    except ConfigurationMoved as error:
        return _paste(request, typed, Guard(version, error.detail), status=409)
    except Invalid as error:
        said = ". ".join(f"{problem.path}: {problem.sentence}" for problem in error.errors[:_MOST_SAID])
        return _paste(request, typed, guard, errors={"lines": said or error.detail}, status=422)
    number = len(table.territories)
    said = f"{number:,} {'territory' if number == 1 else 'territories'} put."
    return await published(request, actor, said, HOME, before=version)


@router.get("/{territory}", response_class=HTMLResponse)
async def ask_change(request: Request, actor: Writer, territory: str) -> HTMLResponse:
    """Show a territory to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return _form(request, territory, _shown(territory_in(document, territory)), Guard(version))


@router.post("/{territory}")
async def change(request: Request, actor: Writer, territory: str) -> Response:
    """Replace a territory and publish."""
    return await _save(request, actor, territory)


@router.get("/{territory}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Writer, territory: str) -> HTMLResponse:
    """Ask before removing a territory."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    question = Confirmation(
        title=f"Remove “{territory_in(document, territory).name}”?",
        text="Profiles that name it keep the name. The version before keeps the territory, so it can come back.",
        action=f"{HOME}/{quote(territory, safe='')}/delete",
        button="Remove it",
        back_href=HOME,
        fields={"expected_version": str(version)},
    )
    return confirm(request, question)


@router.post("/{territory}/delete")
async def delete(request: Request, actor: Writer, territory: str) -> Response:
    """Remove a territory; the toast can bring the version before back."""

    async def change(tx: Transaction, seen: int | None) -> None:
        await delete_territory(tx, actor, territory, utc_now(), expected_version=seen)

    return await publish_change(request, actor, change, "The territory is gone.", HOME, refused="Nothing was removed.")


async def _save(request: Request, actor: Actor, name: str | None) -> Response:
    posted = await request.form()
    values, seen = posted_values(ENTRIES, posted, _BLANK), version_in(posted)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        document, version = await get_rules(tx, actor.org_id)
    before = territory_in(document, name) if name else None
    guard = Guard(version if seen is None else seen)
    try:
        territory = checked(Territory, _document(values, before))
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            if name is None:
                await create_territory(tx, actor, territory, utc_now(), expected_version=seen)
            else:
                await replace_territory(tx, actor, name, territory, utc_now(), expected_version=seen)
    except ConfigurationMoved as error:
        return _form(request, name, values, Guard(version, error.detail), status=409)
    except Invalid as error:
        errors = said_of(error.errors, ENTRIES, values) or {"name": error.detail}
        return _form(request, name, values, guard, errors=errors, status=422)
    return await published(request, actor, f"“{territory.name}” counts from now on.", HOME, before=version)


def territory_in(document: RoutingDocument, name: str) -> Territory:
    """Return a territory by its name; raises TerritoryNotFound."""
    found = next((item for item in document.territories if item.name == name), None)
    if found is None:
        raise TerritoryNotFound
    return found


def _document(values: Mapping[str, str], before: Territory | None) -> dict[str, Any]:
    document = put_values(ENTRIES, values, before.model_dump(mode="json") if before else {})
    return document | {name: list_of(values[name]) for name in LISTS}


def _shown(territory: Territory) -> dict[str, str]:
    document = territory.model_dump(mode="json")
    return values_of(ENTRIES, document) | {name: text_of(document[name]) for name in LISTS}


def _form(
    request: Request,
    name: str | None,
    values: Mapping[str, str],
    guard: Guard,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    context = {"name": name, "values": values, "guard": guard, "errors": errors or {}, "labels": labels_of(ENTRIES)}
    return render(request, "routing/territory_form.html", context, status=status)


def _paste(
    request: Request,
    typed: Mapping[str, str],
    guard: Guard,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    context = {"typed": typed, "guard": guard, "errors": errors or {}, "columns": COLUMNS}
    return render(request, "routing/territory_paste.html", context, status=status)
