"""Frameworks: read, drafted, checked, tried, published."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound, invalid
from oppspot.qualification.api.framework_wire import (
    DocumentBody,
    DraftBody,
    Findings,
    FrameworkDetail,
    FrameworkList,
    PublishBody,
    Published,
    SimulationAnswer,
    findings_answer,
    framework_detail,
    framework_item,
    published,
    simulation_answer,
)
from oppspot.qualification.framework import Name
from oppspot.qualification.services.frameworks import (
    duplicate_framework,
    findings_of,
    get_framework,
    list_frameworks,
    publish_framework,
    publish_framework_draft,
    save_framework_draft,
    simulate_framework,
)
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]


@router.get("/frameworks", summary="List frameworks", responses=REFUSALS)
async def read_frameworks(request: Request, actor: Reader) -> FrameworkList:
    """Return every framework that is live or drafted, and how the leads stand by it."""
    async with transaction_of(request, actor) as tx:
        return FrameworkList(items=[framework_item(each) for each in await list_frameworks(tx, actor.org_id)])


@router.get("/frameworks/{name}", summary="Read a framework", responses=REFUSALS_OF_ONE)
async def read_framework(request: Request, actor: Reader, name: Name) -> FrameworkDetail:
    """Return a framework's live document and its draft."""
    async with transaction_of(request, actor) as tx:
        state = await get_framework(tx, actor.org_id, name)
    return framework_detail(state)


@router.put("/frameworks/{name}", summary="Draft a framework", responses=REFUSALS_OF_CHANGE)
async def write_draft(request: Request, actor: Writer, name: Name, body: DraftBody) -> Findings:
    """Save a document, right or wrong, as the draft of a framework, or begin one from another; says what to mend."""
    async with transaction_of(request, actor) as tx:
        if body.document is not None and body.duplicate_of is None:
            findings = await save_framework_draft(tx, actor, name, body.document, utc_now())
        elif body.duplicate_of is not None and body.document is None:
            title = body.title or name
            findings = await duplicate_framework(tx, actor, body.duplicate_of, name, title, utc_now())
        else:
            raise invalid("document", "is not given, or beside duplicate_of", "either document or duplicate_of")
    return findings_answer(findings)


@router.post("/frameworks/{name}/lint", summary="Check a framework", responses=REFUSALS_OF_ONE)
async def lint(request: Request, actor: Writer, name: Name, body: DocumentBody) -> Findings:
    """Return what keeps a document from being published, and what to think about; changes nothing."""
    async with transaction_of(request, actor) as tx:
        document = await _document(tx, actor, name, body.document)
    return findings_answer(findings_of(name, document))


@router.post("/frameworks/{name}/simulate", summary="Try a framework on the leads", responses=REFUSALS_OF_ONE)
async def simulate(request: Request, actor: Writer, name: Name, body: DocumentBody) -> SimulationAnswer:
    """Return what a document would say of the newest 5,000 leads beside what is live; writes nothing."""
    async with transaction_of(request, actor) as tx:
        document = await _document(tx, actor, name, body.document)
        return simulation_answer(await simulate_framework(tx, actor.org_id, name, document, utc_now()))


@router.post("/frameworks/{name}/publish", summary="Publish a framework", responses=REFUSALS_OF_CHANGE)
async def publish(request: Request, actor: Writer, name: Name, body: PublishBody) -> Published:
    """Make the draft, or a document, live as the next version; every lead is assessed anew, soon after."""
    async with transaction_of(request, actor) as tx:
        if body.document is None:
            live = await publish_framework_draft(
                tx, actor, name, utc_now(), note=body.note, expected_version=body.expected_version
            )
            return published(live)
        live = await publish_framework(
            tx, actor, name, body.document, utc_now(), note=body.note, expected_version=body.expected_version
        )
    return published(live)


async def _document(tx: Transaction, actor: Actor, name: str, given: dict[str, Any] | None) -> dict[str, Any]:
    """Return the document that is given, else the draft, else what is live; raises NotFound."""
    if given is not None:
        return given
    state = await get_framework(tx, actor.org_id, name)
    if state.draft:
        return state.draft.document
    if state.live is None:
        raise NotFound("There is nothing drafted and nothing live.")
    return state.live.document
