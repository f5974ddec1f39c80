"""What clocks, touches and tasks look like on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.core.text_shapes import LINE_NOT_BLANK, STORABLE
from oppspot.routing.delays import Delay, Verdict, Wait
from oppspot.routing.policies import Reason
from oppspot.routing.services.touches import TouchKind

_WHO = "01a21531-91aa-7d02-8c5e-2b1f0a77c1de"


class TouchBody(BaseModel):
    """How somebody was in touch with a lead, and what came of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "call", "note": "Wants a quote by Friday"}]}
    )

    kind: TouchKind
    note: Annotated[str, Field(max_length=2000, pattern=STORABLE)] = ""


class PauseBody(BaseModel):
    """Why the clocks of a lead stand still, and until when; without `until`, until somebody lets them run on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Back from holiday on the 3rd", "until": "2026-12-03T09:00:00Z"}]},
    )

    reason: Reason
    until: AwareDatetime | None = None


class ClockAnswer(BaseModel):
    """One clock of a lead. `next_action` is what its ladder does at `next_step_at`; None: its time or pause ends."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Literal["assign", "first_touch", "qualify"]
    rep_id: UUID | None
    rep_name: str | None
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    pause_reason: str | None
    paused_until: datetime | None
    met_at: datetime | None
    met_by: str | None
    stopped_at: datetime | None
    breached_at: datetime | None
    next_step_at: datetime | None
    next_action: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    verdict: Verdict


class WaitAnswer(BaseModel):
    """How long a lead has waited, in seconds of time that counts, and whether that is over."""

    seconds: float
    over: bool

    @classmethod
    def of(cls, wait: Wait | None) -> "WaitAnswer | None":
        return None if wait is None else cls(seconds=wait.span.total_seconds(), over=wait.answered)


class ClockList(BaseModel):
    """The clocks of a lead, those that run first, and how long it waited for us and for people."""

    items: list[ClockAnswer]
    system_delay: WaitAnswer | None
    human_delay: WaitAnswer | None


class TouchAnswer(BaseModel):
    """Whether the touch counts by the policy, and the clocks as they stand now."""

    counts: bool
    clocks: ClockList


class DelayAnswer(BaseModel):
    """How one kind of waiting went. Percentiles are in seconds; None: longer than has been seen so far."""

    leads: int
    waiting: int
    p50_seconds: float | None
    p90_seconds: float | None
    in_time: int
    late: int
    undecided: int
    in_sla: float | None

    @classmethod
    def of(cls, delay: Delay) -> "DelayAnswer":
        return cls(
            leads=delay.leads,
            waiting=delay.waiting,
            p50_seconds=_seconds(delay.p50),
            p90_seconds=_seconds(delay.p90),
            in_time=delay.in_time,
            late=delay.late,
            undecided=delay.undecided,
            in_sla=delay.in_sla,
        )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


class DelaysAnswer(BaseModel):
    """System delay (until a lead is placed) and human delay (until it is touched) since a moment."""

    since: datetime
    system: DelayAnswer
    human: DelayAnswer


class TaskBody(BaseModel):
    """Something to do about a lead; without `rep_id` for whoever asks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"title": "Send the data sheet", "due_at": "2026-11-27T09:00:00Z", "rep_id": _WHO}]
        },
    )

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=LINE_NOT_BLANK)]
    due_at: AwareDatetime | None = None
    rep_id: UUID | None = None


class TaskAnswer(BaseModel):
    """A task, whose it is, and whether it was done."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    lead_id: UUID
    lead_name: str
    rep_id: UUID
    rep_name: str
    title: str
    due_at: datetime | None
    created_at: datetime
    created_by: str
    done_at: datetime | None
    done_by: str | None


class TaskList(BaseModel):
    """Tasks: what is to be done, due first, then what was done lately."""

    items: list[TaskAnswer]
