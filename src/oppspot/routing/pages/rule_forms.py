"""A rule as its form shows it, and what is wrong with it by the names the form has for things."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from oppspot.conditions.forms import MOST_ROWS, Row
from oppspot.core.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as the form shows it: texts as typed, rows of conditions, or JSON where rows cannot show them."""

    name: str = ""
    description: str = ""
    priority: str = "100"
    is_active: bool = True
    joined: str = "all"
    rows: tuple[Row, ...] = ()
    json: str = ""
    target: str = ""
    queue: str = ""
    sla_hours: str = "24"
    fairness_scope: str = "team"
    errors: Mapping[str, str] = field(default_factory=dict)


# What the fields are called in the summary of what needs another look.
LABELS: Final = {
    "name": "Name",
    "description": "What it is for",
    "priority": "Place",
    "json": "Conditions as JSON",
    "target": "Give to",
    "queue": "Name of the queue",
    "sla_hours": "Respond within",
    "fairness_scope": "Keep turns even over",
    **{f"condition-{number}": f"Condition {number}" for number in range(1, MOST_ROWS + 1)},
}
_PLACE: Final = re.compile(r"^conditions\.\w+\[(\d+)\]")


def sentences(problems: Iterable[FieldProblem], form: RuleForm) -> dict[str, str]:
    """Return what is wrong by the form's own fields: `conditions.all[1].value` is its second condition."""
    found: dict[str, str] = {}
    for problem in problems:
        name = _field_of(problem.path, form)
        said = _said(problem, is_empty=not getattr(form, name, "-"))
        found[name] = f"{found[name]}. {said}" if name in found else said
    return found


def _said(problem: FieldProblem, *, is_empty: bool) -> str:
    if is_empty:
        return "is missing"
    return f"{problem.message.rstrip('.')}; accepted: {problem.accepted}" if problem.accepted else problem.message


def _field_of(path: str, form: RuleForm) -> str:
    first, _, rest = path.partition(".")
    if first.startswith("conditions"):
        place = _PLACE.match(path)
        return "json" if form.json else f"condition-{int(place[1]) + 1 if place else 1}"
    if first == "assignment_target":
        return "queue" if form.target.startswith("queue:") else "target"
    return rest if first == "settings" and rest else first
