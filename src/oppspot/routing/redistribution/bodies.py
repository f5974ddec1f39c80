"""What redistributions look like on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from oppspot.core.errors import FieldProblem
from oppspot.core.text_shapes import LINE
from oppspot.routing.redistribution.models import Redistribution
from oppspot.routing.redistribution.types import Evenness, Plan, Scope, ScopeKind, Standing
from oppspot.web.validation import refusal

_TEAM_EXAMPLE: Final[dict[str, Any]] = {"kind": "team", "team_id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"}
MOST_REPS: Final = 200


class ScopeBody(BaseModel):
    """Whose leads: a team's or some reps' are evened out; one rep who leaves or is away gives all away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_TEAM_EXAMPLE]})

    kind: Literal["team", "reps", "leaves", "away"]
    team_id: UUID | None = Field(None, description="For `team`.")
    rep_ids: Annotated[tuple[UUID, ...], Field(max_length=MOST_REPS)] = Field((), description="For `reps`.")
    rep_id: UUID | None = Field(None, description="For `leaves` and `away`: who gives their leads away.")
    cover_id: UUID | None = Field(None, description="For `leaves` and `away`: who is asked first.")
    with_accepted: bool = Field(default=False, description="Whether leads that were taken up move, too.")
    returns_at: AwareDatetime | None = Field(None, description="For `away`: when untouched leads come back.")

    @model_validator(mode="after")
    def _names_who(self) -> Self:
        needed = {"team": "team_id", "reps": "rep_ids"}.get(self.kind, "rep_id")
        if not getattr(self, needed):
            raise refusal(FieldProblem(needed, f'is needed for "{self.kind}"', "an id"))
        if self.cover_id and self.cover_id == self.rep_id:
            raise refusal(FieldProblem("cover_id", "is the rep themselves", "somebody else"))
        return self

    def scope(self) -> Scope:
        """Return what is asked for."""
        kind = ScopeKind(self.kind)
        gives = kind in (ScopeKind.LEAVES, ScopeKind.AWAY)
        reps = (self.rep_id,) if gives and self.rep_id else tuple(sorted(set(self.rep_ids)))
        return Scope(
            kind,
            team_id=self.team_id if kind is ScopeKind.TEAM else None,
            rep_ids=() if kind is ScopeKind.TEAM else reps,
            cover_id=self.cover_id if gives else None,
            with_accepted=self.with_accepted,
            returns_at=self.returns_at if kind is ScopeKind.AWAY else None,
        )


class RedistributeBody(BaseModel):
    """A plan to be made or, with `apply` and its `plan_hash`, to be carried out exactly as it was shown."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"scope": _TEAM_EXAMPLE}]})

    scope: ScopeBody
    apply: bool = False
    plan_hash: Annotated[str | None, Field(max_length=64, pattern=LINE)] = None


class MoveAnswer(BaseModel):
    """One lead that goes from one to another, and why."""

    lead_id: UUID
    from_id: UUID
    to_id: UUID
    because: str


class StayAnswer(BaseModel):
    """Leads of one rep that cannot move, and why."""

    rep_id: UUID
    reason: str
    because: str
    lead_ids: list[UUID]


class StandingAnswer(BaseModel):
    """What somebody has open, before and after; a weight of 0 is not compared, a value of null not known."""

    rep_id: UUID
    name: str
    weight: float
    max_open: int | None
    units_before: int
    units_after: int
    leads_before: int
    leads_after: int
    value_before: float | None
    value_after: float | None


class EvennessAnswer(BaseModel):
    """How evenly loads lie, relative to weight: Jain's index, and how far apart the fullest and the emptiest are."""

    fairness: float | None
    value_fairness: float | None
    gap: float
    imbalance_percent: float
    count_gap: float

    @classmethod
    def of(cls, each: Evenness) -> Self:
        return cls(
            fairness=each.fairness,
            value_fairness=each.value_fairness,
            gap=float(each.gap),
            imbalance_percent=each.imbalance,
            count_gap=each.count_gap,
        )


class RedistributionAnswer(BaseModel):
    """A plan and what has become of it; `id` is null where there is nothing to move."""

    id: UUID | None
    status: Literal["proposed", "applied", "undone"]
    title: str
    plan_hash: str
    moves: list[MoveAnswer]
    stays: list[StayAnswer]
    standings: list[StandingAnswer]
    before: EvennessAnswer
    after: EvennessAnswer
    applied_at: datetime | None = None
    applied_by: str | None = None
    returns_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None

    @classmethod
    def of(cls, plan: Plan, **more: Any) -> Self:
        """Return a plan; `more` says what has become of it."""
        return cls(
            moves=[MoveAnswer.model_validate(move, from_attributes=True) for move in plan.moves],
            stays=[
                StayAnswer(
                    rep_id=each.holder_id, reason=each.reason, because=each.because, lead_ids=list(each.lead_ids)
                )
                for each in plan.stays
            ],
            standings=[_standing(each) for each in plan.standings],
            before=EvennessAnswer.of(plan.before),
            after=EvennessAnswer.of(plan.after),
            **more,
        )


def _standing(each: Standing) -> StandingAnswer:
    return StandingAnswer(
        rep_id=each.rep_id,
        name=each.name,
        weight=float(each.weight),
        max_open=each.max_open,
        units_before=each.units_before,
        units_after=each.units_after,
        leads_before=each.before.leads,
        leads_after=each.after.leads,
        value_before=None if each.before.value is None else float(each.before.value),
        value_after=None if each.after.value is None else float(each.after.value),
    )


def become(row: Redistribution) -> dict[str, Any]:
    """Return what has become of a kept plan, for an answer."""
    names = ("id", "status", "title", "plan_hash", "applied_at", "applied_by", "returns_at", "undone_at", "undone_by")
    return {name: getattr(row, name) for name in names}


class UndoneAnswer(BaseModel):
    """How many leads came back, and why the others did not: reason to how many, and lead to reason."""

    id: UUID
    returned: int
    kept: Mapping[str, int]
    left: Mapping[UUID, str]


class PastAnswer(BaseModel):
    """A redistribution that was carried out."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    status: str
    cause: str
    title: str
    moved: int
    applied_at: datetime
    applied_by: str
    returns_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None


class PastList(BaseModel):
    items: list[PastAnswer]
