"""The shapes of people, their settings as reps, and teams."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from oppspot.accounts.period_limits import MOST_LEADS, MOST_LIMITS, Period, Window
from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import Person, TeamSummary
from oppspot.accounts.rep_settings import (
    LONGEST_TAG,
    MOST_OPEN,
    MOST_TAGS,
    MOST_WEIGHT,
    RepSettings,
    Seniority,
)
from oppspot.accounts.schemas.fields import Address, Body, Line, Paragraph, PauseReason, TimeZone
from oppspot.accounts.services.reps import settings_of
from oppspot.accounts.skills import HIGHEST, LONGEST, LOWEST, MOST, USUAL
from oppspot.core.text_shapes import SHORT_LINE

_ID = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"
_HOURS: Any = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]]}
_SKILLS: Any = {"german": 4, "pumps": 2}
_LIMITS: Any = [{"leads": 5, "per": "day", "window": "fixed"}, {"leads": 20, "per": "week", "window": "rolling"}]
_PROFILE: Any = {"max_open": 40, "limits": _LIMITS, "weight": 0.5, "skills": _SKILLS, "working_hours": _HOURS}
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", examples=["09:00"])]
Hours = dict[Day, Annotated[list[tuple[Clock, Clock]], Field(max_length=6)]]
Tags = Annotated[
    list[Annotated[Line, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS, examples=[["DE", "AT"]])
]


def _named_only(skills: object) -> object:
    return dict.fromkeys(skills, USUAL) if isinstance(skills, list) and _are_texts(skills) else skills


def _are_texts(items: list[object]) -> bool:
    return all(isinstance(item, str) for item in items)


Level = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]
Skills = Annotated[
    dict[Annotated[Line, Field(max_length=LONGEST)], Level],
    BeforeValidator(_named_only),
    Field(max_length=MOST, description="Levels from 1 to 5 by name; a list of names is level 3 of each."),
]


class Limit(Body):
    """At most so many leads given in a period: in the hour, day, week or month it is (`fixed`), or back from now."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    leads: int = Field(ge=1, le=MOST_LEADS)
    per: Period
    window: Window = Window.FIXED


class RepProfileAnswer(BaseModel):
    """What routing knows of a person."""

    max_open: int | None = Field(description="Open leads at most; null means no limit.", examples=[40])
    limits: list[Limit] = Field(description="Leads given at most; all of them hold.", examples=[_LIMITS])
    weight: float = Field(description="Share of a pool relative to colleagues; 1 is a full share.", examples=[1])
    ramp_from: date | None = Field(
        description="Half a share in the 30 days from then, three quarters in the next 30, then a full one; "
        "null is a full share.",
        examples=["2026-01-05"],
    )
    skills: dict[str, int] = Field(description="Levels from 1 to 5 by name.", examples=[_SKILLS])
    territories: list[str] = Field(examples=[["DE", "AT"]])
    seniority: Seniority
    time_zone: str = Field(examples=["Europe/Berlin"])
    country: str | None = Field(description="Whose holidays are theirs; null: the team's country.", examples=["DE"])
    subdivision: str | None = Field(description="The part of the country, where holidays differ.", examples=["BY"])
    working_hours: Hours = Field(description="Blocks a day in the person's own time zone.", examples=[_HOURS])
    available: bool = Field(description="False: paused; keeps what they have, gets nothing new.")
    paused_until: datetime | None = Field(description="When a pause ends by itself; null: when somebody ends it.")

    @classmethod
    def of(cls, settings: RepSettings) -> Self:
        """Return the answer for some settings."""
        return cls.model_validate(settings, from_attributes=True)


class RepProfileBody(Body):
    """Changes to a person's settings; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PROFILE]})

    max_open: int | None = Field(default=None, ge=0, le=MOST_OPEN)
    limits: list[Limit] = Field(default_factory=list, max_length=MOST_LIMITS)
    weight: Decimal = Field(default=Decimal(1), gt=0, le=MOST_WEIGHT, max_digits=10, decimal_places=4)
    ramp_from: date | None = None
    skills: Skills = Field(default_factory=dict)
    territories: Tags = Field(default_factory=list)
    seniority: Seniority = Seniority.MID
    time_zone: TimeZone = "UTC"
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE"])] | None = None
    subdivision: Annotated[str, Field(pattern=SHORT_LINE, examples=["BY"])] | None = None
    working_hours: Hours = Field(default_factory=dict)
    available: bool = True
    paused_until: AwareDatetime | None = None
    pause_reason: PauseReason = ""


class UserAnswer(BaseModel):
    """A person."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Ines Falk"])
    email: str = Field(examples=["ines.falk@example.com"])
    role: Role
    state: Literal["active", "invited", "deactivated"]
    team_ids: list[UUID]
    open_leads: int = Field(description="Leads assigned and not finished.", examples=[12])
    profile: RepProfileAnswer
    created_at: datetime
    last_login_at: datetime | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return the answer for a person."""
        user = person.user
        return cls(
            id=user.id,
            name=user.name,
            email=user.email,
            role=Role(user.role),
            state=person.state,
            team_ids=sorted(person.team_ids),
            open_leads=person.open_leads,
            profile=RepProfileAnswer.of(settings_of(person.profile)),
            created_at=user.created_at,
            last_login_at=user.last_login_at,
        )


class UserPage(BaseModel):
    """A page of people, by name."""

    items: list[UserAnswer]
    next_cursor: str | None


class InviteBody(Body):
    """Somebody to invite."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "jo.brandt@example.com", "name": "Jo Brandt", "role": "rep"}]},
    )

    email: Address
    name: Line
    role: Role = Role.REP
    time_zone: TimeZone = "UTC"


class InvitationAnswer(BaseModel):
    """An invitation; the same link, under another token, is on its way by e-mail."""

    user_id: UUID = Field(examples=[_ID])
    url: str = Field(examples=["https://leads.example.com/invitation?token=…"])
    expires_at: datetime


class UserChanges(Body):
    """Changes to a person; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "manager"}]})

    name: Line | None = None
    role: Role | None = None
    active: bool | None = Field(default=None, description="False shuts the person out at once.")


class TeamAnswer(BaseModel):
    """A team and who is in it."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Nordics"])
    description: str
    member_ids: list[UUID]
    created_at: datetime

    @classmethod
    def of(cls, team: TeamSummary) -> Self:
        """Return the answer for a team."""
        return cls.model_validate(team, from_attributes=True)


class TeamPage(BaseModel):
    """A page of teams, by name."""

    items: list[TeamAnswer]
    next_cursor: str | None


class TeamBody(Body):
    """A team to found."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Nordics", "description": "SE, NO, DK, FI"}]}
    )

    name: Line
    description: Paragraph = ""


class TeamChanges(Body):
    """Changes to a team; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Nordics and Baltics"}]})

    name: Line | None = None
    description: Paragraph | None = None


class MembersBody(Body):
    """Exactly who shall be in a team."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"user_ids": [_ID]}]})

    user_ids: list[UUID] = Field(max_length=1_000)
