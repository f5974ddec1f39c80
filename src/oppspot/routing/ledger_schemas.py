"""The fairness ledger over the API; amounts of turns are in leads."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from oppspot.routing.calibration import MOST_LEADS, Kind, LevelWith
from oppspot.routing.departures import Leaving
from oppspot.routing.forecast import Answer
from oppspot.routing.policies import Reason
from oppspot.routing.queries.ledgers import WINDOW
from oppspot.web.forms import BLANK_IS_NONE

_REP = "01a21531-91aa-7d02-8c5e-2b1f0a77c1de"
Leads = Annotated[int, Field(ge=-MOST_LEADS, le=MOST_LEADS)]


class MemberAnswer(BaseModel):
    """One member: `credit` is what they are owed in turns, `ahead` by how many leads preferences put them ahead.

    `rank` and `next_lead` say whose turn it is: 1 is next; None for who sits out, and `sits_out` says why.
    """

    rep_id: UUID
    name: str
    weight: float
    ramp: float
    portion: float
    share_of_next: float
    credit: float
    ahead: int
    rank: int | None
    next_lead: int | None
    sits_out: str | None
    position: str
    given: int
    given_by_pool: int
    value_given: float | None
    open_units: int
    max_open: int | None


class MeasuresAnswer(BaseModel):
    """How even the window was, by weight; `count_gap` is how many leads the two who are furthest off are apart."""

    window_days: int = WINDOW.days
    jain_leads: float | None
    jain_value: float | None
    gini_leads: float | None
    gini_value: float | None
    count_gap: float


class ForecastAnswer(BaseModel):
    """When a team is full: the expected day, within a range; null where that is not in sight or too little is known.

    Amounts are in units of the capacity policy; `room` is what fits in now, null where somebody has no limit.
    """

    team_id: UUID
    name: str
    answer: Answer
    expected: date | None
    earliest: date | None
    latest: date | None
    a_week: float
    finished_a_week: float
    room: float | None
    sentence: str


class ForecastList(BaseModel):
    """Every team that rules send leads to."""

    items: list[ForecastAnswer]


class LedgerAnswer(BaseModel):
    """A pool's ledger; `seen` names its credits as they are, for a calibration to be carried out against."""

    pool: str
    name: str
    team_id: UUID
    rule_id: str | None
    in_use: bool
    band: int
    narrowed_by: list[Literal["territory", "skills"]] = Field(
        description="By what rules leave some of the members out, lead by lead: turns are among the others."
    )
    members: list[MemberAnswer]
    next_turns: list[UUID]
    measures: MeasuresAnswer
    seen: str


class LedgerList(BaseModel):
    """Every pool that rules send leads to, and those that keep a ledger from before."""

    items: list[LedgerAnswer]


class CalibrationBody(BaseModel):
    """Whose turns are moved, and how.

    `even` owes them nothing; `catch_up` owes them `leads` more, or their share of what the pool was given from
    `away_from` until `away_until`; `level` puts them level with whoever is owed most or furthest ahead. With `preview`
    nothing is written; without, `seen` is what the preview gave, and a `reason` is needed.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"rep_id": _REP, "kind": "catch_up", "leads": 4, "preview": True},
                {"rep_id": _REP, "kind": "even", "reason": "Back from leave", "seen": "3f1c0a9be2d47715"},
            ]
        },
    )

    rep_id: UUID
    kind: Kind
    leads: Annotated[Leads | None, BLANK_IS_NONE] = None
    away_from: Annotated[date | None, BLANK_IS_NONE] = None
    away_until: Annotated[date | None, BLANK_IS_NONE] = None
    level_with: LevelWith = LevelWith.MOST_OWED
    reason: Annotated[Reason | None, BLANK_IS_NONE] = None
    seen: Annotated[Annotated[str, Field(max_length=64)] | None, BLANK_IS_NONE] = None
    preview: bool = False


class ChangeAnswer(BaseModel):
    """What a calibration does to one member; `extra_leads` is what they get more (or fewer) until it is worked off."""

    rep_id: UUID
    name: str
    change: float
    credit_before: float
    credit_after: float
    extra_leads: int


class CalibrationAnswer(BaseModel):
    """What a calibration does: the next turns without and with it, and after how many leads it is worked off."""

    id: UUID | None
    pool: str
    rep_id: UUID
    kind: Kind
    change: float
    changes: list[ChangeAnswer]
    turns_before: list[UUID]
    turns_after: list[UUID]
    burst_leads: int | None
    seen: str


class DepartureChange(BaseModel):
    """What becomes of one colleague: what they are owed, and by how many leads they are ahead of their turns."""

    rep_id: UUID
    name: str
    credit_before: float
    credit_after: float
    change: float
    ahead_before: int
    ahead_after: int


class DepartureAnswer(BaseModel):
    """What becomes of a pool if somebody leaves: `credit` is what they are owed, `ahead` that of their turns.

    `turns_before` and `turns_after` are the next turns without and with it; `seen` names the credits it is of.
    """

    pool: str
    rep_id: UUID
    name: str
    how: Leaving
    credit: float
    ahead: int
    sentence: str
    changes: list[DepartureChange]
    turns_before: list[UUID]
    turns_after: list[UUID]
    seen: str


class CalibrationEntry(BaseModel):
    """A calibration that was made; `changes` by rep, in leads."""

    id: UUID
    rep_id: UUID
    kind: str
    changes: dict[UUID, float]
    reason: str
    undoes_id: UUID | None
    made_by: str
    at: datetime


class TurnAnswer(BaseModel):
    """One lead a pool gave: who got it, and whose turn it was (None when that is not known any more)."""

    at: datetime
    lead_id: UUID
    decision_id: UUID | None
    rep_id: UUID
    turn_of: UUID | None
    was_preferred: bool
    reason: str


class LedgerDetail(LedgerAnswer):
    """A pool's ledger with its newest turns and calibrations."""

    turns: list[TurnAnswer]
    calibrations: list[CalibrationEntry]
