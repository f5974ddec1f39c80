"""Exclusions: leads that no rule is asked about."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.text_shapes import PART_OF_PATH
from oppspot.routing.api.seen import Seen
from oppspot.routing.config_schemas import ExclusionAnswer, ExclusionBody, ExclusionList
from oppspot.routing.services.exclusions import create_exclusion, delete_exclusion, replace_exclusion
from oppspot.routing.services.rules import get_rules
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter(prefix="/api/qualification/routing/exclusions")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
ExclusionId = Annotated[str, Path(min_length=1, max_length=200, pattern=PART_OF_PATH)]


@router.get("", summary="List the exclusions", responses=REFUSALS)
async def read_exclusions(request: Request, actor: Reader) -> ExclusionList:
    """Return the live exclusions."""
    async with transaction_of(request, actor) as tx:
        document, version = await get_rules(tx, actor.org_id)
    items = [ExclusionAnswer.model_validate(item) for item in document.exclusions]
    return ExclusionList(version=version, items=items)


@router.post("", status_code=201, summary="Add an exclusion", responses=REFUSALS_OF_CHANGE)
async def add_exclusion(
    request: Request, actor: Writer, body: ExclusionBody, expected_version: Seen = None
) -> ExclusionAnswer:
    """Publish the configuration with one more exclusion."""
    async with transaction_of(request, actor) as tx:
        sent = body.model_dump(mode="json")
        made = await create_exclusion(tx, actor, sent, utc_now(), expected_version=expected_version)
    return ExclusionAnswer.model_validate(made)


@router.put("/{exclusion_id}", summary="Replace an exclusion", responses=REFUSALS_OF_CHANGE)
async def change_exclusion(
    request: Request, actor: Writer, exclusion_id: ExclusionId, body: ExclusionBody, expected_version: Seen = None
) -> ExclusionAnswer:
    """Publish the configuration with this exclusion replaced."""
    async with transaction_of(request, actor) as tx:
        sent = body.model_dump(mode="json")
        put = await replace_exclusion(tx, actor, exclusion_id, sent, utc_now(), expected_version=expected_version)
    return ExclusionAnswer.model_validate(put)


@router.delete("/{exclusion_id}", status_code=204, summary="Remove an exclusion", responses=REFUSALS_OF_CHANGE)
async def remove_exclusion(
    request: Request, actor: Writer, exclusion_id: ExclusionId, expected_version: Seen = None
) -> None:
    """Publish the configuration without this exclusion; the versions before keep it."""
    async with transaction_of(request, actor) as tx:
        await delete_exclusion(tx, actor, exclusion_id, utc_now(), expected_version=expected_version)
