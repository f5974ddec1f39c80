"""The list of leads."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people
from oppspot.accounts.views import SavedView, list_views
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import Configuration, load_configuration
from oppspot.leads.api.leads import LeadQuery
from oppspot.leads.pages import wording
from oppspot.leads.queries.lists import COUNTED_UP_TO, count_leads, list_leads
from oppspot.leads.queries.sources import list_sources
from oppspot.qualification.pages.words import shown_status, verdict_tone
from oppspot.web import render
from oppspot.web.tabs import Tab
from oppspot.web.validation import invalid_request

router = APIRouter()
LeadReader = Annotated[Actor, Depends(needs("leads.read"))]
_MOST_PEOPLE = 500
_PAGE = 50


@router.get("/leads", response_class=HTMLResponse)
async def show_leads(request: Request, actor: LeadReader) -> HTMLResponse:
    """Show leads, filtered and ordered as the address says."""
    query = read_query(request)
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        page = await list_leads(tx, actor, query.filter, now, sort=query.sort, limit=_PAGE, cursor=query.cursor)
        total = await count_leads(tx, actor, query.filter, now)
        choices = await _choices(tx)
        configuration = await load_configuration(tx, actor.org_id)
        views = await list_views(tx, actor, "leads")
    context = {
        "query": query,
        "leads": page.items,
        "total": total,
        "total_text": f"{COUNTED_UP_TO:,}+ leads" if total >= COUNTED_UP_TO else None,
        "next_cursor": page.next_cursor,
        "tabs": tabs(request, actor, views),
        "saved_current": next((view.id for view in views if view.query == address_query(request)), None),
        "address_query": address_query(request),
        "wording": wording,
        **_qualification(configuration),
        **choices,
    }
    return render(request, "leads/lead_list.html", context, block="list")


@router.get("/search")
async def search(request: Request, _actor: LeadReader) -> RedirectResponse:
    """Send the search box of every page to the list."""
    words = request.query_params.get("q", "")[:200]
    return RedirectResponse(f"/leads?{urlencode({'q': words})}" if words.strip() else "/leads", status_code=303)


def read_query(request: Request) -> LeadQuery:
    """Read the list's address; empty fields of the filter form are no filters. Raises Invalid naming the field."""
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if not value.strip():
            continue
        if name == "status":
            given.setdefault("status", []).append(value)
        else:
            given[name] = value
    given.pop("view", None)
    try:
        return LeadQuery.model_validate(given)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def address_query(request: Request) -> str:
    """Return the filters and order of the address without its position, for views and exports."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if v.strip() and k not in {"cursor", "view"}]
    return urlencode(kept)


def _qualification(configuration: Configuration) -> dict[str, Any]:
    """Return what frameworks and verdicts are called, which of them can be asked for, and their colours."""
    frameworks = configuration.frameworks
    in_use = [frameworks[name] for name in configuration.frameworks_in_use]
    statuses = dict.fromkeys(verdict.status for framework in in_use for verdict in framework.verdicts)

    def tone(name: str, status: str) -> str:
        return verdict_tone(frameworks[name], status) if name in frameworks else "neutral"

    return {
        "frameworks": {name: framework.title for name, framework in frameworks.items()},
        "framework_choices": [(framework.name, framework.title) for framework in in_use],
        "verdict_choices": [(status, shown_status(status)) for status in statuses],
        "verdict_tone": tone,
        "shown_status": shown_status,
    }


async def _choices(tx: Transaction) -> Mapping[str, Sequence[tuple[str, str]]]:
    people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    reps = [(str(person.user.id), person.user.name) for person in people if person.profile and person.user.active]
    owners = [("me", "Me"), ("nobody", "Nobody"), ("somebody", "Somebody"), *reps]
    return {"owners": owners, "reps": reps, "sources": [(name, name) for name in await list_sources(tx)]}


_BUILT_IN = (
    ("All", ""),
    ("Mine", "owner=me&sort=due"),
    ("Overdue", "overdue=true&sort=due"),
    ("In queues", "in_queue=true&sort=due"),
    ("Nobody has it", "owner=nobody&status=new"),
    ("Hot", "band=hot&sort=-score"),
)


def tabs(request: Request, actor: Actor, views: Sequence[SavedView]) -> list[Tab]:
    """Return the built-in views and the saved ones; the one that the address shows is current."""
    here = address_query(request)
    built_in = [(label, query) for label, query in _BUILT_IN if actor.user_id or "owner=me" not in query]
    saved = [(view.name, view.query) for view in views]
    return [Tab(label, f"/leads?{query}" if query else "/leads", query == here) for label, query in built_in + saved]
