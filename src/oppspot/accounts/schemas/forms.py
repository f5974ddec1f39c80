"""The shapes of posted forms."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from oppspot.accounts import period_limits, skills
from oppspot.accounts.period_limits import PeriodLimit, read_limits
from oppspot.accounts.permissions import PERMISSIONS, Role
from oppspot.accounts.rep_settings import LONGEST_TAG, MOST_OPEN, MOST_TAGS, MOST_WEIGHT, Seniority
from oppspot.accounts.schemas.fields import (
    Address,
    Body,
    Currency,
    Line,
    Paragraph,
    Password,
    PauseReason,
    TimeZone,
    Typed,
)
from oppspot.accounts.skills import read_skills
from oppspot.accounts.working_hours import DAYS
from oppspot.core.errors import FieldProblem
from oppspot.web.forms import BLANK_IS_NONE
from oppspot.web.validation import refusal


def _tags(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def _skills(text: object) -> object:
    if not isinstance(text, str):
        return text
    if (read := read_skills(text)) is None:
        raise refusal(FieldProblem("skills", "cannot be read", skills.ACCEPTED))
    return read


def _limits(text: object) -> object:
    if not isinstance(text, str):
        return text
    if (read := read_limits(text)) is None:
        raise refusal(FieldProblem("limits", "cannot be read", period_limits.ACCEPTED))
    return read


# Not lists: a form's list is a field that is posted several times.
Tags = Annotated[
    tuple[Annotated[Line, Field(max_length=LONGEST_TAG)], ...], BeforeValidator(_tags), Field(max_length=MOST_TAGS)
]
Skills = Annotated[dict[Typed, int], BeforeValidator(_skills)]
Limits = Annotated[tuple[PeriodLimit, ...], BeforeValidator(_limits)]


class LoginForm(Body):
    """Who logs in, and where to go then."""

    email: Typed = ""
    password: Typed = ""
    next: Typed = "/"


class ForgotForm(Body):
    """Whose password is forgotten."""

    email: Address


class NewPasswordForm(Body):
    """A new password, by a mailed link."""

    token: Typed
    password: Password


class AcceptForm(Body):
    """What an invited person chooses."""

    token: Typed
    name: Line
    password: Password


class ChangePasswordForm(Body):
    """The current and the new password."""

    current: Typed
    password: Password


class NameForm(Body):
    """What somebody is called."""

    name: Line


class EmailsForm(Body):
    """Whether notices also come by e-mail; a box that is not ticked is not sent."""

    wanted: bool = False


class RoleForm(Body):
    """A role."""

    role: Role


class InviteForm(Body):
    """Somebody to invite."""

    email: Address
    name: Line
    role: Role


class WeekForm(Body):
    """Hours of a week, day by day as typed: `09:00-12:30, 13:00-17:00`."""

    hours_mon: Typed = ""
    hours_tue: Typed = ""
    hours_wed: Typed = ""
    hours_thu: Typed = ""
    hours_fri: Typed = ""
    hours_sat: Typed = ""
    hours_sun: Typed = ""

    def days(self) -> dict[str, str]:
        """Return what was typed by day."""
        return {day: getattr(self, f"hours_{day}") for day in DAYS}


class HoursForm(WeekForm):
    """When and where somebody works."""

    time_zone: TimeZone
    country: Annotated[Typed | None, BLANK_IS_NONE] = None
    subdivision: Annotated[Typed | None, BLANK_IS_NONE] = None
    available: bool = False
    paused_until: Annotated[date | None, BLANK_IS_NONE] = None
    pause_reason: PauseReason = ""


class ProfileForm(HoursForm):
    """Everything routing knows of a rep."""

    max_open: Annotated[Annotated[int, Field(ge=0, le=MOST_OPEN)] | None, BLANK_IS_NONE] = None
    weight: Decimal = Field(gt=0, le=MOST_WEIGHT, max_digits=10, decimal_places=4)
    ramp_from: Annotated[date | None, BLANK_IS_NONE] = None
    limits: Limits = ()
    skills: Skills = Field(default_factory=dict)
    territories: Tags = ()
    seniority: Seniority


class PauseForm(Body):
    """Why somebody gets no new leads, and until which day."""

    paused_until: Annotated[date | None, BLANK_IS_NONE] = None
    pause_reason: PauseReason = ""
    back_to: Annotated[str, Field(max_length=500)] = ""


class TeamForm(Body):
    """A team."""

    name: Line
    description: Paragraph = ""


class MembersForm(Body):
    """Who is in a team; `shown` once it has been shown what becomes of turns when somebody leaves."""

    user_ids: list[UUID] = Field(default_factory=list, max_length=1_000)
    shown: bool = False


class OrganisationForm(Body):
    """What the organisation is called, where it is, what its money is in; no currency keeps the one it has."""

    name: Line
    time_zone: TimeZone
    currency: Currency | None = None


class ApiKeyForm(Body):
    """A key to make; `days` until it expires, none for never."""

    name: Line
    scopes: list[Line] = Field(default_factory=list, max_length=len(PERMISSIONS))
    days: Annotated[Annotated[int, Field(ge=1, le=3650)] | None, BLANK_IS_NONE] = None
