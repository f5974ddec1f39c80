"""Companies and their leads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.filters import LeadFilter, LeadSort
from oppspot.leads.pages import wording
from oppspot.leads.queries.companies import get_company, list_companies
from oppspot.leads.queries.lists import list_leads
from oppspot.web import render

router = APIRouter(prefix="/companies")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
_PAGE = 50
_LEADS_SHOWN = 200


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
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        company = await get_company(tx, actor.org_id, company_id)
        given = LeadFilter(company_id=company_id)
        page = await list_leads(tx, actor, given, utc_now(), sort=LeadSort.BEST, limit=_LEADS_SHOWN)
    context = {"company": company, "leads": page.items, "has_more": page.next_cursor is not None, "wording": wording}
    return render(request, "leads/company.html", context)
