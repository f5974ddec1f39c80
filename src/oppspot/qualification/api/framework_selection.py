"""How leads come by their frameworks: read, and published anew."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.qualification.api.framework_wire import Note, Published, VersionNumber, published
from oppspot.qualification.selection import SelectionDocument
from oppspot.qualification.services.selection import get_selection, publish_selection
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("qualification.read"))]
Writer = Annotated[Actor, Depends(needs("qualification.write"))]


class SelectionAnswer(BaseModel):
    version: int
    document: SelectionDocument


class SelectionBody(BaseModel):
    """How leads come by their frameworks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "document": {
                        "rules": [
                            {
                                "name": "Fairs",
                                "framework": "meddic",
                                "conditions": {"field": "lead.source", "op": "eq", "value": "fair"},
                            },
                        ],
                    },
                },
            ],
        },
    )

    document: SelectionDocument
    note: Note = ""
    expected_version: VersionNumber | None = None


@router.get("/framework-selection", summary="Read how leads come by their frameworks", responses=REFUSALS)
async def read_selection(request: Request, actor: Reader) -> SelectionAnswer:
    """Return the rules, the limits of a large deal, the default, and what is retired."""
    async with transaction_of(request, actor) as tx:
        live = await get_selection(tx, actor.org_id)
    return SelectionAnswer(version=live.version, document=live.document)


@router.put("/framework-selection", summary="Change how leads come by frameworks", responses=REFUSALS_OF_CHANGE)
async def write_selection(request: Request, actor: Writer, body: SelectionBody) -> Published:
    """Publish the rules; every lead is assessed anew, soon after."""
    async with transaction_of(request, actor) as tx:
        live = await publish_selection(
            tx, actor, body.document, utc_now(), note=body.note, expected_version=body.expected_version
        )
    return published(live)
