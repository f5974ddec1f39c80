"""Policies, what happens without a rule, and the whole configuration as one document."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.routing.api.seen import Seen
from oppspot.routing.config_schemas import (
    DefaultBody,
    DocumentAnswer,
    DocumentBody,
    PoliciesAnswer,
    PoliciesBody,
)
from oppspot.routing.policies import Policies
from oppspot.routing.services.policies import put_policies
from oppspot.routing.services.rules import get_rules, publish_rules, set_default
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter(prefix="/api/qualification/routing")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]


@router.get("/policies", summary="Read the policies", responses=REFUSALS)
async def read_policies(request: Request, actor: Reader) -> PoliciesAnswer:
    """Return what holds for all rules: fairness, capacity, SLA, optimisation, balancing."""
    async with transaction_of(request, actor) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return PoliciesAnswer(version=version, policies=document.policies)


@router.put("/policies", summary="Replace the policies", responses=REFUSALS_OF_CHANGE)
async def change_policies(
    request: Request, actor: Writer, body: PoliciesBody, expected_version: Seen = None
) -> PoliciesAnswer:
    """Publish the configuration with these policies; what is left out is as shipped."""
    sent = Policies.model_validate(body.model_dump())
    async with transaction_of(request, actor) as tx:
        await put_policies(tx, actor, sent, utc_now(), expected_version=expected_version)
        document, version = await get_rules(tx, actor.org_id)
    return PoliciesAnswer(version=version, policies=document.policies)


@router.put("/default", summary="Say what happens when no rule matches", responses=REFUSALS_OF_CHANGE)
async def change_default(
    request: Request, actor: Writer, body: DefaultBody, expected_version: Seen = None
) -> DefaultBody:
    """Publish the configuration with another target for leads that no rule matches; without one they wait."""
    given = (body.default_target, body.default_sla_hours)
    async with transaction_of(request, actor) as tx:
        await set_default(tx, actor, *given, utc_now(), expected_version=expected_version)
    return body


@router.get("/document", summary="Read the whole configuration", responses=REFUSALS)
async def read_document(request: Request, actor: Reader) -> DocumentAnswer:
    """Return everything routing decides by as one document, to be kept as a file and put back."""
    async with transaction_of(request, actor) as tx:
        document, version = await get_rules(tx, actor.org_id)
    return DocumentAnswer(version=version, document=document)


@router.put("/document", summary="Replace the whole configuration", responses=REFUSALS_OF_CHANGE)
async def change_document(request: Request, actor: Writer, body: DocumentBody) -> DocumentAnswer:
    """Publish a whole document, checked against the people, teams and fields there are; the same again is no change."""
    note = body.note or "Put as a whole document"
    try:
        async with transaction_of(request, actor) as tx:
            live = await publish_rules(tx, actor, body.document, note, utc_now(), body.expected_version)
    except Invalid as error:
        problems = [replace(problem, path=f"document.{problem.path}") for problem in error.errors]
        raise Invalid(error.detail, errors=problems) from error
    return DocumentAnswer(version=live.version, document=body.document)
