"""Working hours between the form, where a day is one line of text, and the settings, where it is blocks."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from oppspot.accounts import working_hours
from oppspot.accounts.period_limits import write_limits
from oppspot.accounts.rep_settings import RepSettings, is_time_zone
from oppspot.accounts.schemas.forms import HoursForm
from oppspot.accounts.skills import write_skills
from oppspot.core.errors import FieldProblem, Invalid


def read_hours(form: HoursForm) -> dict[str, list[list[str]]]:
    """Return the blocks by day; raises Invalid naming each day that cannot be read or makes no sense."""
    read = {day: working_hours.read_day(typed) for day, typed in form.days().items()}
    hours = {day: blocks for day, blocks in read.items() if blocks}
    problems = [
        FieldProblem(f"working_hours.{day}", "cannot be read", working_hours.ACCEPTED)
        for day, blocks in read.items()
        if blocks is None
    ]
    problems += working_hours.problems_of(hours)
    if problems:
        renamed = [FieldProblem(_field(problem.path), problem.message, problem.accepted) for problem in problems]
        raise Invalid("Some of the working hours are not accepted.", errors=renamed)
    return hours


def changes_of(form: HoursForm) -> dict[str, Any]:
    """Return what people may change about themselves, as typed; raises Invalid like `read_hours`."""
    return {
        "time_zone": form.time_zone,
        "country": form.country,
        "subdivision": (form.subdivision or "").strip().upper() or None,
        "available": form.available,
        "paused_until": start_of(form.paused_until, form.time_zone),
        "pause_reason": form.pause_reason,
        "working_hours": read_hours(form),
    }


def start_of(day: date | None, zone: str) -> datetime | None:
    """Return when a day begins where somebody works; None for no day, and for a zone there is none of."""
    return datetime.combine(day, time(), ZoneInfo(zone)) if day and is_time_zone(zone) else None


def _day_of(settings: RepSettings) -> date | None:
    until = settings.paused_until
    return until.astimezone(ZoneInfo(settings.time_zone)).date() if until else None


def _field(path: str) -> str:
    return path.replace("working_hours.", "hours_")


def form_values(settings: RepSettings) -> dict[str, Any]:
    """Return settings as the form shows them."""
    days = {f"hours_{day}": working_hours.write_day(settings.working_hours.get(day, [])) for day in working_hours.DAYS}
    return {
        "max_open": "" if settings.max_open is None else settings.max_open,
        "weight": f"{settings.weight.normalize():f}",
        "ramp_from": settings.ramp_from or "",
        "limits": write_limits(settings.limits),
        "skills": write_skills(settings.skills),
        "territories": ", ".join(settings.territories),
        "seniority": settings.seniority.value,
        "time_zone": settings.time_zone,
        "country": settings.country or "",
        "subdivision": settings.subdivision or "",
        "available": "true" if settings.available else "",
        "paused_until": _day_of(settings) or "",
        "pause_reason": settings.pause_reason,
        **days,
    }
