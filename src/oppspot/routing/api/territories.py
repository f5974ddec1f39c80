"""Territories: where leads come from, and who covers it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.text_shapes import PART_OF_PATH
from oppspot.routing.api.seen import Seen
from oppspot.routing.config_schemas import TerritoriesBody, TerritoryAnswer, TerritoryBody, TerritoryList
from oppspot.routing.coverage import coverage_of
from oppspot.routing.policies import Territory
from oppspot.routing.queries.targets import list_cover
from oppspot.routing.services.rules import get_rules
from oppspot.routing.services.territories import (
    create_territory,
    delete_territory,
    put_territories,
    replace_territory,
)
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter(prefix="/api/qualification/routing/territories")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]
TerritoryName = Annotated[str, Path(min_length=1, max_length=200, pattern=PART_OF_PATH)]


@router.get("", summary="List the territories", responses=REFUSALS)
async def read_territories(request: Request, actor: Reader) -> TerritoryList:
    """Return the live territories, each with who covers it; beside them, names in profiles that are no territory."""
    async with transaction_of(request, actor) as tx:
        return await _listed(tx, actor)


@router.put("", summary="Replace all territories", responses=REFUSALS_OF_CHANGE)
async def change_territories(
    request: Request, actor: Writer, body: TerritoriesBody, expected_version: Seen = None
) -> TerritoryList:
    """Publish the configuration with these territories and no others."""
    async with transaction_of(request, actor) as tx:
        await put_territories(tx, actor, body.territories, utc_now(), expected_version=expected_version)
        return await _listed(tx, actor)


@router.post("", status_code=201, summary="Add a territory", responses=REFUSALS_OF_CHANGE)
async def add_territory(
    request: Request, actor: Writer, body: TerritoryBody, expected_version: Seen = None
) -> TerritoryAnswer:
    """Publish the configuration with one more territory, whose name must be new."""
    territory = Territory.model_validate(body.model_dump())
    async with transaction_of(request, actor) as tx:
        await create_territory(tx, actor, territory, utc_now(), expected_version=expected_version)
        return await _one(tx, actor, territory.name)


@router.put("/{territory}", summary="Replace a territory", responses=REFUSALS_OF_CHANGE)
async def change_territory(
    request: Request, actor: Writer, territory: TerritoryName, body: TerritoryBody, expected_version: Seen = None
) -> TerritoryAnswer:
    """Publish the configuration with this territory replaced; its name may change, profiles keep the old one."""
    sent = Territory.model_validate(body.model_dump())
    async with transaction_of(request, actor) as tx:
        await replace_territory(tx, actor, territory, sent, utc_now(), expected_version=expected_version)
        return await _one(tx, actor, sent.name)


@router.delete("/{territory}", status_code=204, summary="Remove a territory", responses=REFUSALS_OF_CHANGE)
async def remove_territory(
    request: Request, actor: Writer, territory: TerritoryName, expected_version: Seen = None
) -> None:
    """Publish the configuration without this territory; the versions before keep it."""
    async with transaction_of(request, actor) as tx:
        await delete_territory(tx, actor, territory, utc_now(), expected_version=expected_version)


async def _listed(tx: Transaction, actor: Actor) -> TerritoryList:
    document, version = await get_rules(tx, actor.org_id)
    coverage = coverage_of(document.territories, await list_cover(tx, actor.org_id))
    items = [
        TerritoryAnswer(**item.model_dump(), covered_by=[rep.rep_id for rep in coverage.by_territory[item.name]])
        for item in document.territories
    ]
    return TerritoryList(version=version, items=items, unknown_in_profiles=list(coverage.unknown))


async def _one(tx: Transaction, actor: Actor, name: str) -> TerritoryAnswer:
    return next(item for item in (await _listed(tx, actor)).items if item.name == name)
