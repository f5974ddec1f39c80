"""The audit log: read, and checked for tampering."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.accounts.queries.audit import list_audit
from oppspot.accounts.schemas.machines import AuditAnswer, AuditPage, AuditQuery, VerificationAnswer
from oppspot.core.actor import Actor
from oppspot.core.audit import verify_chain
from oppspot.web.parameters import REFUSALS, transaction_of

router = APIRouter(prefix="/audit", tags=["audit"])
Auditor = Annotated[Actor, Depends(needs("audit.read"))]


@router.get("", summary="Read the audit log", responses=REFUSALS)
async def read_audit(request: Request, actor: Auditor, query: Annotated[AuditQuery, Query()]) -> AuditPage:
    """Return who changed what, newest first."""
    async with transaction_of(request, actor) as tx:
        page = await list_audit(tx, query.filter, limit=query.limit, cursor=query.cursor)
    return AuditPage(items=[AuditAnswer.of(entry) for entry in page.items], next_cursor=page.next_cursor)


@router.get("/verification", summary="Check the audit log for tampering", responses=REFUSALS)
async def verify(request: Request, actor: Auditor) -> VerificationAnswer:
    """Walk the whole chain: each entry's hash covers the entry and the hash before it, so a change shows."""
    async with transaction_of(request, actor) as tx:
        return VerificationAnswer.of(await verify_chain(tx, actor.org_id))
