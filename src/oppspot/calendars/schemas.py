"""The shapes of calendars on the wire and in forms."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from oppspot.accounts.schemas.fields import Body, Line, TimeZone
from oppspot.accounts.schemas.forms import WeekForm
from oppspot.accounts.schemas.people import Clock as TimeOfDay
from oppspot.accounts.schemas.people import Day as Weekday
from oppspot.calendars.entries import FIRST_DAY, LAST_DAY, LONGEST_NAME, HoursEntry
from oppspot.calendars.models import PersonalAbsence
from oppspot.calendars.services.closing_days import Imported
from oppspot.core.text_shapes import LINE, SHORT_LINE
from oppspot.web.forms import BLANK_IS_NONE

_ID = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"
_HOURS: Any = {day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}


Hours = dict[
    Weekday, Annotated[list[Annotated[list[TimeOfDay], Field(min_length=2, max_length=2)]], Field(max_length=6)]
]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Part = Annotated[str, StringConstraints(pattern=SHORT_LINE)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NAME, pattern=LINE)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class HoursBody(Body):
    """When the organisation or a team works. `{}` says nothing: no hours of its own, no holidays of its own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"hours": _HOURS, "time_zone": "Europe/Berlin", "country": "DE"}]},
    )

    hours: Hours = Field(default_factory=dict, description="Blocks a day; {} leaves it to the organisation.")
    time_zone: TimeZone | None = Field(default=None, description="Whose clock; null: each person's own.")
    country: Country | None = Field(default=None, description="Whose public holidays are days off.")
    subdivision: Part | None = Field(default=None, description="The part of the country, where holidays differ.")

    def entry(self) -> HoursEntry:
        """Return it as the service takes it."""
        blocks: dict[str, Any] = {day: [list(block) for block in given] for day, given in self.hours.items()}
        return HoursEntry(blocks, self.time_zone, self.country, self.subdivision)


class HoursAnswer(BaseModel):
    """What is said of the organisation or a team."""

    model_config = ConfigDict(from_attributes=True)

    hours: Hours = Field(examples=[_HOURS])
    time_zone: str | None = Field(examples=["Europe/Berlin"])
    country: str | None = Field(examples=["DE"])
    subdivision: str | None = Field(examples=["BY"])


class ClosingDayBody(Body):
    """A day on which the organisation is closed, or, where `works`, is not although it is a holiday."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"day": "2026-12-24", "name": "Christmas Eve"}]}
    )

    day: Day
    name: Line
    works: bool = False


class ClosingDayAnswer(BaseModel):
    """Such a day."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(examples=[_ID])
    day: date
    name: str = Field(examples=["Christmas Eve"])
    works: bool


class HolidayAnswer(BaseModel):
    """A public holiday."""

    day: date
    name: str = Field(examples=["Christmas Day"])


class AbsenceBody(Body):
    """A time off: whole days (`first`, `last`, both included) or from `start` to `end`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"first": "2026-08-03", "last": "2026-08-14", "reason": "Holiday", "cover_id": _ID},
                {"start": "2026-08-03T13:00:00+02:00", "end": "2026-08-03T17:00:00+02:00"},
            ]
        },
    )

    first: Day | None = None
    last: Day | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    reason: Reason = Field(default="", description="For the person and for managers only.")
    cover_id: UUID | None = Field(default=None, description="The colleague who covers meanwhile.")


class NewAbsenceBody(AbsenceBody):
    """A time off of somebody; of oneself where `user_id` is left out."""

    user_id: UUID | None = None


class AbsenceAnswer(BaseModel):
    """A time off; `reason` is null for whoever may not see it."""

    id: UUID = Field(examples=[_ID])
    user_id: UUID = Field(examples=[_ID])
    start: datetime
    end: datetime = Field(description="Not included.")
    all_day: bool
    time_zone: str = Field(description="On whose clock whole days are days.", examples=["Europe/Berlin"])
    reason: str | None = Field(examples=["Holiday"])
    cover_id: UUID | None

    @classmethod
    def of(cls, absence: PersonalAbsence, *, with_reason: bool) -> Self:
        """Return the answer for a stored absence."""
        return cls(
            id=absence.id,
            user_id=absence.rep_id,
            start=absence.starts_at,
            end=absence.ends_at,
            all_day=absence.all_day,
            time_zone=absence.time_zone,
            reason=absence.reason if with_reason else None,
            cover_id=absence.cover_id,
        )


class ImportedAnswer(BaseModel):
    """What came of a file."""

    model_config = ConfigDict(from_attributes=True)

    added: int
    changed: int
    removed: int
    notes: list[str] = Field(description="What was left out, and why.")

    @classmethod
    def of(cls, imported: Imported) -> Self:
        """Return the answer."""
        return cls.model_validate(imported)


class OpenStretch(BaseModel):
    """A stretch of working time; `end` is not included."""

    start: datetime
    end: datetime


class PersonCalendarAnswer(BaseModel):
    """When a person works."""

    time_zone: str = Field(examples=["Europe/Berlin"])
    hours_from: str = Field(description="own, team, organisation, or nobody: around the clock.", examples=["team"])
    holidays_from: str = Field(examples=["organisation"])
    country: str | None = Field(examples=["DE"])
    subdivision: str | None = Field(examples=["BY"])
    open_now: bool
    next_open: datetime | None = Field(description="Now, when open now; null: not within 400 days.")
    absent_until: datetime | None
    covered_by: UUID | None = Field(description="Who covers while they are away now.")
    open: list[OpenStretch]
    holidays: list[HolidayAnswer]


class HoursForm(WeekForm):
    """Hours as the page posts them, a line a day."""

    time_zone: Annotated[TimeZone | None, BLANK_IS_NONE] = None
    country: Annotated[Country | None, BLANK_IS_NONE] = None
    subdivision: Annotated[Part | None, BLANK_IS_NONE] = None


class ClosingDayForm(Body):
    """A closing day as the page posts it."""

    day: Day
    name: Line
    works: bool = False


Clock = Annotated[Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None, BLANK_IS_NONE]


class AbsenceForm(Body):
    """An absence as the page posts it: days, and times on the first and the last where it is not whole days."""

    first: Day
    last: Annotated[Day | None, BLANK_IS_NONE] = None
    from_time: Clock = None
    to_time: Clock = None
    reason: Reason = ""
    cover_id: Annotated[UUID | None, BLANK_IS_NONE] = None
