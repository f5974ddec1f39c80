"""Companies and their leads."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import StringConstraints

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people
from oppspot.accounts.schemas.fields import Body
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import STORABLE
from oppspot.corridor.editing import edit_company
from oppspot.leads.filters import LeadFilter, LeadSort
from oppspot.leads.pages import wording
from oppspot.leads.queries.companies import find_companies_called, get_company, get_relations, list_companies
from oppspot.leads.queries.lists import list_leads
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import BLANK_IS_NONE, Form, blank, read_form

router = APIRouter(prefix="/companies")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_PAGE = 50
_MOST_PEOPLE = 1_000
_LEADS_SHOWN = 200


class AccountForm(Body):
    """Who looks after a company, and the name or domain of what it belongs to; blank for nobody and nothing."""

    owner_id: Annotated[UUID | None, BLANK_IS_NONE] = None
    parent: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=STORABLE)] = ""


@router.get("", response_class=HTMLResponse)
async def show_companies(request: Request, actor: Reader) -> HTMLResponse:
    """Show companies by name."""
    q = request.query_params.get("q", "").strip()[:200].replace("\x00", "") or None
    cursor = request.query_params.get("cursor") or None
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        page = await list_companies(tx, actor.org_id, q=q, limit=_PAGE, cursor=cursor)
    context = {"companies": page.items, "next_cursor": page.next_cursor, "q": q, "cursor": cursor, "wording": wording}
    return render(request, "leads/company_list.html", context, block="list")


@router.get("/{company_id}", response_class=HTMLResponse)
async def show_company(request: Request, actor: Reader, company_id: UUID) -> HTMLResponse:
    """Show a company and its leads, the best first."""
    return await _company_page(request, actor, company_id)


async def _company_page(
    request: Request, actor: Actor, company_id: UUID, form: Form[AccountForm] | None = None, status: int = 200
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        company = await get_company(tx, actor.org_id, company_id)
        given = LeadFilter(company_id=company_id)
        page = await list_leads(tx, actor, given, utc_now(), sort=LeadSort.BEST, limit=_LEADS_SHOWN)
        relations = await get_relations(tx, company)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items if actor.can("leads.write") else []
    owner, parent = relations.owner, relations.parent
    owners = {person.user.id: person.user.name for person in people if person.can_work} | dict([owner] if owner else [])
    shown = {"owner_id": str(owner[0]) if owner else "", "parent": parent[1] if parent else ""}
    context = {
        "company": company,
        "relations": relations,
        "owners": [(str(user_id), name) for user_id, name in owners.items()],
        "form": form or blank(),
        "values": shown | dict(form.values if form else {}),
        "leads": page.items,
        "has_more": page.next_cursor is not None,
        "wording": wording,
    }
    return render(request, "leads/company.html", context, status=status)


@router.post("/{company_id}/account")
async def set_account(request: Request, actor: Writer, company_id: UUID) -> Response:
    """Say who looks after a company, and what it belongs to."""
    form = await read_form(request, AccountForm)
    if form.body is None:
        return await _company_page(request, actor, company_id, form, 422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            changes = await _changes(tx, actor, company_id, form.body)
            if changes:
                await edit_company(tx, actor, company_id, changes, utc_now())
    except Invalid as error:
        errors = {problem.path.replace("parent_id", "parent"): problem.sentence for problem in error.errors}
        return await _company_page(request, actor, company_id, replace(form, body=None, errors=errors), 422)
    return redirect(request, f"/companies/{company_id}", Flash("Saved." if changes else "Nothing was changed."))


async def _changes(tx: Transaction, actor: Actor, company_id: UUID, body: AccountForm) -> dict[str, UUID | None]:
    """Return what was changed; the parent is left alone while its field says what it said."""
    company = await get_company(tx, actor.org_id, company_id)
    changes = {} if body.owner_id == company.owner_id else {"owner_id": body.owner_id}
    parent = (await get_relations(tx, company)).parent
    if body.parent != (parent[1] if parent else ""):
        changes["parent_id"] = await _parent_typed(tx, actor.org_id, body.parent)
    return changes


async def _parent_typed(tx: Transaction, org_id: UUID, typed: str) -> UUID | None:
    if not typed:
        return None
    found = await find_companies_called(tx, org_id, typed)
    if len(found) != 1:
        message = "is what several companies are called" if found else "is no company that we know"
        problem = FieldProblem("parent", message, "the domain or the name of a company")
        raise Invalid("The company it belongs to is not clear.", errors=[problem])
    return found[0]
