"""A rule as its form shows it, and what its fields are called."""

from dataclasses import dataclass
from typing import Final

from oppspot.conditions import builder
from oppspot.conditions.builder import ConditionForm


@dataclass(frozen=True, slots=True)
class RuleForm(ConditionForm):
    """A rule as the form shows it: texts as typed."""

    name: str = ""
    description: str = ""
    priority: str = "100"
    is_active: bool = True
    target: str = ""
    queue: str = ""
    sla_hours: str = "24"
    fairness_scope: str = "team"

    def field_of(self, path: str) -> str:
        """Return the form's own name for a place in a rule."""
        first, _, rest = path.partition(".")
        if first == "assignment_target":
            return "queue" if self.target.startswith("queue:") else "target"
        return rest if first == "settings" and rest else first


# What the fields are called in the summary of what needs another look.
LABELS: Final = {
    "name": "Name",
    "description": "What it is for",
    "priority": "Place",
    "target": "Give to",
    "queue": "Name of the queue",
    "sla_hours": "Respond within",
    "fairness_scope": "Keep turns even over",
    **builder.LABELS,
}
