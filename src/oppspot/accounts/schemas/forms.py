"""The shapes of posted forms."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from oppspot.accounts.permissions import PERMISSIONS, Role
from oppspot.accounts.rep_settings import MOST_OPEN, MOST_WEIGHT, Seniority
from oppspot.accounts.schemas.fields import Address, Body, Currency, Line, Paragraph, Password, TimeZone, Typed
from oppspot.accounts.working_hours import DAYS


def _or_none(text: object) -> object:
    return None if text == "" else text


def _tags(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


Tags = Annotated[list[Annotated[Line, Field(max_length=60)]], BeforeValidator(_tags), Field(max_length=50)]


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


class HoursForm(Body):
    """When somebody works, day by day as typed: `09:00-12:30, 13:00-17:00`."""

    time_zone: TimeZone
    available: bool = False
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


class ProfileForm(HoursForm):
    """Everything routing knows of a rep."""

    max_open: Annotated[Annotated[int, Field(ge=0, le=MOST_OPEN)] | None, BeforeValidator(_or_none)] = None
    weight: Decimal = Field(gt=0, le=MOST_WEIGHT, max_digits=10, decimal_places=4)
    skills: Tags = Field(default_factory=list)
    territories: Tags = Field(default_factory=list)
    seniority: Seniority


class TeamForm(Body):
    """A team."""

    name: Line
    description: Paragraph = ""


class MembersForm(Body):
    """Who is in a team."""

    user_ids: list[UUID] = Field(default_factory=list, max_length=1_000)


class OrganisationForm(Body):
    """What the organisation is called, where it is, what its money is in; no currency keeps the one it has."""

    name: Line
    time_zone: TimeZone
    currency: Currency | None = None


class ApiKeyForm(Body):
    """A key to make; `days` until it expires, none for never."""

    name: Line
    scopes: list[Line] = Field(default_factory=list, max_length=len(PERMISSIONS))
    days: Annotated[Annotated[int, Field(ge=1, le=3650)] | None, BeforeValidator(_or_none)] = None
