"""Companies: listed, read, changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.text_shapes import SOME
from oppspot.corridor.editing import edit_company
from oppspot.leads.queries.companies import get_company, list_companies
from oppspot.leads.schemas import CompanyAnswer, CompanyItem, CompanyPage, CompanyPatch
from oppspot.web.parameters import (
    REFUSALS,
    REFUSALS_OF_CHANGE,
    REFUSALS_OF_ONE,
    Cursor,
    Limit,
    transaction_of,
)

router = APIRouter(prefix="/companies", tags=["companies"])
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
Search = Annotated[
    str | None,
    Query(min_length=1, max_length=200, pattern=SOME, description="How the name or domain begins."),
]


@router.get("", summary="List companies", responses=REFUSALS)
async def read_companies(
    request: Request, actor: Reader, q: Search = None, limit: Limit = 50, cursor: Cursor = None
) -> CompanyPage:
    """Return companies by name, with how many leads each has."""
    async with transaction_of(request, actor) as tx:
        page = await list_companies(tx, actor.org_id, q=q, limit=limit, cursor=cursor)
    items = [CompanyItem.model_validate(row) for row in page.items]
    return CompanyPage(items=items, next_cursor=page.next_cursor)


@router.get("/{company_id}", summary="Read one company", responses=REFUSALS_OF_ONE)
async def read_company(request: Request, actor: Reader, company_id: UUID) -> CompanyAnswer:
    """Return everything known of a company."""
    async with transaction_of(request, actor) as tx:
        return CompanyAnswer.model_validate(await get_company(tx, actor.org_id, company_id))


@router.patch("/{company_id}", summary="Change a company", responses=REFUSALS_OF_CHANGE)
async def change_company(request: Request, actor: Writer, company_id: UUID, body: CompanyPatch) -> CompanyAnswer:
    """Change a company; its leads are scored anew. Null clears a field."""
    async with transaction_of(request, actor) as tx:
        await edit_company(tx, actor, company_id, body.model_dump(exclude_unset=True, mode="json"), utc_now())
        return CompanyAnswer.model_validate(await get_company(tx, actor.org_id, company_id))
