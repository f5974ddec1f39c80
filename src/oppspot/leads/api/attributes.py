"""Custom fields of leads: listed, declared, retired."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.text_shapes import KEY, LINE_NOT_BLANK, STORABLE
from oppspot.leads.services.attributes import declare_attribute, list_definitions, retire_attribute
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter(prefix="/attributes", tags=["leads"])
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("settings.write"))]
Key = Annotated[str, Field(pattern=KEY)]
Label = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE_NOT_BLANK)]


class AttributeBody(BaseModel):
    """A custom field; `choices` belong to a choice only."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"key": "tier", "label": "Tier", "type": "choice", "choices": ["Gold", "Silver"]}],
        },
    )

    key: Key
    label: Label
    type: FieldType
    choices: Annotated[list[Label], Field(max_length=200)] = []
    description: Annotated[str, Field(max_length=500, pattern=STORABLE)] = ""


class AttributeAnswer(BaseModel):
    """A custom field as declared."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    label: str
    type: FieldType
    choices: list[str] | None
    description: str


class AttributeList(BaseModel):
    items: list[AttributeAnswer]


@router.get("", summary="List the custom fields", responses=REFUSALS)
async def read_attributes(request: Request, actor: Reader) -> AttributeList:
    """Return the custom fields of this organisation's leads."""
    async with transaction_of(request, actor) as tx:
        definitions = await list_definitions(tx, actor.org_id)
    return AttributeList(items=[AttributeAnswer.model_validate(item) for item in definitions])


@router.post("", status_code=201, summary="Declare a custom field", responses=REFUSALS_OF_CHANGE)
async def add_attribute(request: Request, actor: Writer, body: AttributeBody) -> AttributeAnswer:
    """Declare a custom field; from now on leads may carry it and rules may ask about it as `attributes.KEY`."""
    async with transaction_of(request, actor) as tx:
        definition = await declare_attribute(
            tx,
            actor,
            body.key,
            body.label,
            body.type,
            utc_now(),
            choices=body.choices,
            description=body.description,
        )
        return AttributeAnswer.model_validate(definition)


@router.delete("/{key}", status_code=204, summary="Retire a custom field", responses=REFUSALS_OF_CHANGE)
async def remove_attribute(request: Request, actor: Writer, key: Annotated[str, Path(pattern=KEY)]) -> None:
    """Take a custom field out of use. What leads hold stays."""
    async with transaction_of(request, actor) as tx:
        await retire_attribute(tx, actor, key, utc_now())
