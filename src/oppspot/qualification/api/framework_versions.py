"""The versions of a framework: what each changed, how two differ, and the way back to one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.qualification.api.framework_wire import (
    Published,
    RollbackBody,
    VersionDifference,
    VersionList,
    VersionNumber,
    published,
    version_item,
)
from oppspot.qualification.framework import Name
from oppspot.qualification.services.frameworks import get_framework, publish_framework, versioned_framework
from oppspot.versions.comparing import differences, in_words
from oppspot.versions.queries import get_version, list_versions
from oppspot.web.parameters import REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, Limit, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]


@router.get("/frameworks/{name}/versions", summary="List a framework's versions", responses=REFUSALS_OF_ONE)
async def read_versions(request: Request, actor: Reader, name: Name, limit: Limit = 50) -> VersionList:
    """Return the versions, the newest first, each with what it changed."""
    async with transaction_of(request, actor) as tx:
        await get_framework(tx, actor.org_id, name)
        versions, _ = await list_versions(tx, actor.org_id, versioned_framework(name), limit=limit)
    return VersionList(items=[version_item(each) for each in versions])


@router.get("/frameworks/{name}/diff", summary="Compare two versions of a framework", responses=REFUSALS_OF_ONE)
async def read_version_diff(
    request: Request,
    actor: Reader,
    name: Name,
    since: Annotated[VersionNumber, Query(alias="from")],
    until: Annotated[VersionNumber, Query(alias="to")],
) -> VersionDifference:
    """Return what differs between two versions, value by value."""
    kind = versioned_framework(name)
    async with transaction_of(request, actor) as tx:
        before = await get_version(tx, actor.org_id, kind, since)
        after = await get_version(tx, actor.org_id, kind, until)
    return VersionDifference(changes=[in_words(each) for each in differences(before.document, after.document)])


@router.post("/frameworks/{name}/rollback", summary="Go back to a version", responses=REFUSALS_OF_CHANGE)
async def roll_back(request: Request, actor: Writer, name: Name, body: RollbackBody) -> Published:
    """Make a former version live again, as the next version."""
    async with transaction_of(request, actor) as tx:
        former = await get_version(tx, actor.org_id, versioned_framework(name), body.version)
        note = f"Back to version {body.version}"
        live = await publish_framework(
            tx, actor, name, former.document, utc_now(), note=note, expected_version=body.expected_version
        )
    return published(live)
