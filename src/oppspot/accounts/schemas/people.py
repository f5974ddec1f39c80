"""The shapes of people, their settings as reps, and teams."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import Person, TeamSummary
from oppspot.accounts.rep_settings import LONGEST_TAG, MOST_OPEN, MOST_TAGS, MOST_WEIGHT, RepSettings, Seniority
from oppspot.accounts.schemas.fields import Address, Body, Line, Paragraph, TimeZone
from oppspot.accounts.services.reps import settings_of

_ID = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"
_HOURS: Any = {"mon": [["09:00", "12:30"], ["13:00", "17:30"]]}
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", examples=["09:00"])]
Hours = dict[Day, Annotated[list[tuple[Clock, Clock]], Field(max_length=6)]]
Tags = Annotated[
    list[Annotated[Line, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS, examples=[["pumps", "german"]])
]


class RepProfileAnswer(BaseModel):
    """What routing knows of a person."""

    max_open: int | None = Field(description="Open leads at most; null means no limit.", examples=[40])
    weight: float = Field(description="Share of a pool relative to colleagues; 1 is a full share.", examples=[1])
    skills: list[str] = Field(examples=[["pumps", "german"]])
    territories: list[str] = Field(examples=[["DE", "AT"]])
    seniority: Seniority
    time_zone: str = Field(examples=["Europe/Berlin"])
    working_hours: Hours = Field(description="Blocks a day in the person's own time zone.", examples=[_HOURS])
    available: bool = Field(description="False: keeps what they have, gets nothing new.")

    @classmethod
    def of(cls, settings: RepSettings) -> Self:
        """Return the answer for some settings."""
        return cls.model_validate(settings, from_attributes=True)


class RepProfileBody(Body):
    """Changes to a person's settings; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"max_open": 40, "weight": 0.5, "working_hours": _HOURS}]}
    )

    max_open: int | None = Field(default=None, ge=0, le=MOST_OPEN)
    weight: Decimal = Field(default=Decimal(1), gt=0, le=MOST_WEIGHT, max_digits=10, decimal_places=4)
    skills: Tags = Field(default_factory=list)
    territories: Tags = Field(default_factory=list)
    seniority: Seniority = Seniority.MID
    time_zone: TimeZone = "UTC"
    working_hours: Hours = Field(default_factory=dict)
    available: bool = True


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
