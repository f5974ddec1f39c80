"""What a lead can do, and the rules and results of measuring it; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class EventGroup(StrEnum):
    """Where an act happens. Each group has a cap, so that no single channel can fill the score."""

    WEB = "web"
    EMAIL = "email"
    CONTENT = "content"
    SALES = "sales"


class EventKind(StrEnum):
    PAGE_VIEW = "page_view"
    PRICING_VIEW = "pricing_view"
    JOB_PAGE_VIEW = "job_page_view"
    EMAIL_OPEN = "email_open"
    EMAIL_CLICK = "email_click"
    CONTENT_DOWNLOAD = "content_download"
    WEBINAR_ATTENDED = "webinar_attended"
    FORM_SUBMITTED = "form_submitted"
    DEMO_REQUEST = "demo_request"
    CONTACT_REQUEST = "contact_request"
    TRIAL_STARTED = "trial_started"
    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    REPLY_RECEIVED = "reply_received"
    CALL_CONNECTED = "call_connected"
    MEETING_CANCELLED = "meeting_cancelled"
    UNSUBSCRIBE = "unsubscribe"
    HARD_BOUNCE = "hard_bounce"


SETBACKS: Final = (EventKind.MEETING_CANCELLED, EventKind.UNSUBSCRIBE, EventKind.HARD_BOUNCE)
"""Kinds that can only take points away; they are not engagement and are not counted as such."""

GROUP_OF: Final[Mapping[EventKind, EventGroup]] = MappingProxyType(
    {
        EventKind.PAGE_VIEW: EventGroup.WEB,
        EventKind.PRICING_VIEW: EventGroup.WEB,
        EventKind.JOB_PAGE_VIEW: EventGroup.WEB,
        EventKind.EMAIL_OPEN: EventGroup.EMAIL,
        EventKind.EMAIL_CLICK: EventGroup.EMAIL,
        EventKind.CONTENT_DOWNLOAD: EventGroup.CONTENT,
        EventKind.WEBINAR_ATTENDED: EventGroup.CONTENT,
        EventKind.FORM_SUBMITTED: EventGroup.CONTENT,
        EventKind.DEMO_REQUEST: EventGroup.SALES,
        EventKind.CONTACT_REQUEST: EventGroup.SALES,
        EventKind.TRIAL_STARTED: EventGroup.SALES,
        EventKind.MEETING_BOOKED: EventGroup.SALES,
        EventKind.MEETING_HELD: EventGroup.SALES,
        EventKind.REPLY_RECEIVED: EventGroup.SALES,
        EventKind.CALL_CONNECTED: EventGroup.SALES,
    }
)
"""The kinds that may earn points, each with the group whose cap it shares."""


@dataclass(frozen=True, slots=True)
class EngagementEvent:
    """Something a lead did. `occurred_at` is aware; events sharing an `id` are one event delivered more than once."""

    kind: EventKind
    occurred_at: datetime
    quantity: int = 1
    id: str | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError(f"quantity is {self.quantity}; an event happened at least once")


@dataclass(frozen=True, slots=True)
class ToldActs:
    """What a source tells of a lead's acts of one kind: how often up to a moment, or that one happened then."""

    kind: EventKind
    at: datetime
    times: int = 1
    is_total: bool = True


@dataclass(frozen=True, slots=True)
class KindRule:
    """What one kind of event earns: whole points when fresh, halved every half-life.

    `repeat_share` (0 <= share < 1) is what each further event counts relative to the one after it,
    so a kind never earns more than points / (1 - repeat_share).
    """

    kind: EventKind
    points: int
    half_life_days: float
    repeat_share: float


@dataclass(frozen=True, slots=True)
class SetbackRule:
    """Points taken off, fading with the age of the latest such event; None never fades."""

    points: int
    half_life_days: float | None


@dataclass(frozen=True, slots=True)
class GroupCap:
    group: EventGroup
    points: int


@dataclass(frozen=True, slots=True)
class EngagementModel:
    kinds: tuple[KindRule, ...]
    group_caps: tuple[GroupCap, ...]
    meeting_cancelled: SetbackRule
    unsubscribe: SetbackRule
    hard_bounce: SetbackRule
    job_page_only: SetbackRule


class KindTally(NamedTuple):
    """What the events of one kind earned, in tenths of a point. `annulled` ones were cancelled again."""

    rule: KindRule
    times: int
    annulled: int
    latest_at: datetime
    tenths: int


class CapTally(NamedTuple):
    """Tenths of a point earned above a cap and therefore not counted; group None is the cap of the whole."""

    group: EventGroup | None
    cap: int
    tenths: int


class SetbackTally(NamedTuple):
    name: str
    rule: SetbackRule
    latest_at: datetime
    tenths: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """Measured engagement in tenths of a point (0-1000).

    `earned` is sum(kinds) - sum(caps), `lost` is sum(setbacks), and `shown` is earned - lost but never below 0.
    `observed` tells an inactive lead from one that nothing was ever seen of.
    """

    earned: int
    lost: int
    shown: int
    observed: bool
    kinds: tuple[KindTally, ...] = ()
    caps: tuple[CapTally, ...] = ()
    setbacks: tuple[SetbackTally, ...] = ()


@dataclass(frozen=True, slots=True)
class EngagementWindows:
    """How often a lead acted lately; setbacks and future events are not acts."""

    events_7d: int
    events_30d: int
    last_event_at: datetime | None
