"""What people decide about a lead's qualification: its frameworks, and verdicts against the machine."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.qualification.framework import Name
from oppspot.qualification.queries.scorecards import LeadStandings, get_standings
from oppspot.qualification.schemas import LongText
from oppspot.qualification.services.choosing import choose_frameworks
from oppspot.qualification.services.overriding import override_verdict, withdraw_override
from oppspot.qualification.wire import OverrideAnswer, StandingAnswer, override_answer, standing_answer
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/leads/{lead_id}")
Writer = Annotated[Actor, Depends(needs("leads.write"))]


class ChoiceBody(BaseModel):
    """The frameworks of a lead, the first being its own; none leaves it to the rules."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"frameworks": ["meddic", "bant"]}]})

    frameworks: Annotated[list[Name], Field(max_length=20)]


class OverrideBody(BaseModel):
    """What a person decides against a framework, why, and until when."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"framework": "bant", "status": "qualified", "reason": "The CFO signed the letter of intent."},
            ],
        },
    )

    framework: Name
    status: Name | None = None
    overall_score: Annotated[int, Field(ge=0, le=100)] | None = None
    reason: LongText
    expires_at: AwareDatetime | None = None


class StandingsAnswer(BaseModel):
    """Where a lead stands, its own framework first."""

    lead_id: UUID
    standings: list[StandingAnswer]
    overrides: list[OverrideAnswer]


@router.put("/frameworks", summary="Choose a lead's frameworks by hand", responses=REFUSALS_OF_ONE)
async def choose(request: Request, actor: Writer, lead_id: UUID, body: ChoiceBody) -> StandingsAnswer:
    """Qualify a lead by these frameworks from now on, whatever the rules say; none leaves it to them again."""
    async with transaction_of(request, actor) as tx:
        await choose_frameworks(tx, actor, lead_id, body.frameworks, utc_now())
        return _answer(lead_id, await get_standings(tx, actor.org_id, lead_id))


@router.put("/override", summary="Decide against a framework", responses=REFUSALS_OF_ONE)
async def override(request: Request, actor: Writer, lead_id: UUID, body: OverrideBody) -> StandingsAnswer:
    """Keep a verdict, a score or both beside the machine's, with reason, author and expiry. The verdict counts."""
    async with transaction_of(request, actor) as tx:
        await override_verdict(
            tx,
            actor,
            lead_id,
            body.framework,
            utc_now(),
            status=body.status,
            overall_score=body.overall_score,
            reason=body.reason,
            expires_at=body.expires_at,
        )
        return _answer(lead_id, await get_standings(tx, actor.org_id, lead_id))


@router.delete("/override", summary="Take an override back", responses=REFUSALS_OF_ONE)
async def withdraw(
    request: Request, actor: Writer, lead_id: UUID, framework: Annotated[Name, Query()]
) -> StandingsAnswer:
    """Let what the framework says count again; the override stays in the history."""
    async with transaction_of(request, actor) as tx:
        await withdraw_override(tx, actor, lead_id, framework, utc_now())
        return _answer(lead_id, await get_standings(tx, actor.org_id, lead_id))


def _answer(lead_id: UUID, held: LeadStandings) -> StandingsAnswer:
    return StandingsAnswer(
        lead_id=lead_id,
        standings=[standing_answer(item) for item in held.standings],
        overrides=[override_answer(item) for item in held.overrides.values()],
    )
