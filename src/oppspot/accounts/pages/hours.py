"""Working hours between the form, where a day is one line of text, and the settings, where it is blocks."""

from typing import Any

from oppspot.accounts import working_hours
from oppspot.accounts.rep_settings import RepSettings
from oppspot.accounts.schemas.forms import HoursForm
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


def _field(path: str) -> str:
    return path.replace("working_hours.", "hours_")


def form_values(settings: RepSettings) -> dict[str, Any]:
    """Return settings as the form shows them."""
    days = {f"hours_{day}": working_hours.write_day(settings.working_hours.get(day, [])) for day in working_hours.DAYS}
    return {
        "max_open": "" if settings.max_open is None else settings.max_open,
        "weight": f"{settings.weight.normalize():f}",
        "skills": ", ".join(settings.skills),
        "territories": ", ".join(settings.territories),
        "seniority": settings.seniority.value,
        "time_zone": settings.time_zone,
        "available": "true" if settings.available else "",
        **days,
    }
