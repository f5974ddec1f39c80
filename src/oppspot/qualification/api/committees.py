"""Buying committees: who takes part in a decision, in which role, with which influence."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.qualification.committees import Member
from oppspot.qualification.services.committees import get_committee, remove_member, save_member
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/committees/{lead_id}")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Percent = Annotated[float, Field(ge=0, le=100)]
Role = Literal["economic_buyer", "decision_maker", "champion", "influencer", "user", "blocker", "procurement", "legal"]


class MemberBody(BaseModel):
    """Somebody in the committee. Only the name is needed; what is not known is left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Ines Duarte",
                    "title": "CFO",
                    "role": "economic_buyer",
                    "influence": 90,
                    "sentiment": "supporter",
                    "reports_to": "Joan Vidal",
                },
            ],
        },
    )

    name: Name
    title: Name | None = None
    role: Role | None = None
    seniority: Literal["executive", "director", "manager", "other"] | None = None
    department: Name | None = None
    influence: Percent | None = None
    sentiment: Literal["supporter", "neutral", "opponent"] | None = None
    engaged: bool | None = None
    engagement: Percent | None = None
    reports_to: Name | None = None
    email: Name | None = None
    phone: Name | None = None
    last_contact: date | None = None


class MemberAnswer(MemberBody):
    """As stated; a seniority or department that is not is read from the title."""

    model_config = ConfigDict(extra="ignore")

    is_read_from_title: bool
    level: int  # 0: reports to nobody who is known


class CommitteeAnswer(BaseModel):
    lead_id: UUID
    members: list[MemberAnswer]
    missing: list[str]  # roles that nobody is known to have
    is_fresh: bool


@router.get("", summary="Read a lead's buying committee", responses=REFUSALS_OF_ONE)
async def read_committee(request: Request, actor: Reader, lead_id: UUID) -> CommitteeAnswer:
    """Return who is known to take part in the decision, at the company or for this lead."""
    async with transaction_of(request, actor) as tx:
        return await _answer(tx, actor, lead_id)


@router.put("", summary="Add or change a member of a committee", responses=REFUSALS_OF_ONE)
async def write_member(request: Request, actor: Writer, lead_id: UUID, body: MemberBody) -> CommitteeAnswer:
    """Add somebody, or replace whoever has the name; all leads of the company are assessed anew."""
    given = body.model_dump(mode="json", exclude_none=True)
    async with transaction_of(request, actor) as tx:
        await save_member(tx, actor, lead_id, given, utc_now())
        return await _answer(tx, actor, lead_id)


@router.delete("", summary="Take somebody out of a committee", responses=REFUSALS_OF_ONE)
async def delete_member(
    request: Request, actor: Writer, lead_id: UUID, name: Annotated[Name, Query()]
) -> CommitteeAnswer:
    """Take somebody out; whoever reported to them reports to nobody known."""
    async with transaction_of(request, actor) as tx:
        await remove_member(tx, actor, lead_id, name, utc_now())
        return await _answer(tx, actor, lead_id)


async def _answer(tx: Transaction, actor: Actor, lead_id: UUID) -> CommitteeAnswer:
    committee = await get_committee(tx, actor.org_id, lead_id, utc_now())
    return CommitteeAnswer(
        lead_id=lead_id,
        members=[_member(member) for member in committee.members],
        missing=list(committee.missing),
        is_fresh=committee.is_fresh,
    )


def _member(member: Member) -> MemberAnswer:
    said = {**member.fields, "seniority": member.seniority, "department": member.department}
    return MemberAnswer(**said, is_read_from_title=member.is_read_from_title, level=member.level)
