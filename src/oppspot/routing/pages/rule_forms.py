"""A rule as its form shows it: every setting as a field, skills as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import FormData

from oppspot.conditions.builder import ConditionForm, posted_conditions, shown_conditions
from oppspot.conditions.types import Catalogue
from oppspot.routing.documents import RuleDocument, TargetDocument
from oppspot.routing.pages.fields import (
    Entry,
    labels_of,
    name_at,
    posted_text,
    posted_texts,
    posted_values,
    put_values,
    values_of,
)

ENTRIES: Final = (
    Entry("name", "name", "Name"),
    Entry("description", "description", "What it is for"),
    Entry("priority", "priority", "Place"),
    Entry("is_active", "is_active", "On", "switch"),
    Entry("algorithm", "routing_algorithm", "How one is picked"),
    Entry("sla_hours", "sla_hours", "Respond within"),
    Entry("fairness_scope", "settings.fairness_scope", "Keep turns even over"),
    Entry("band", "settings.band", "Leads out of turn"),
    Entry("capacity_planning", "settings.capacity_planning", "Limits hold", "switch"),
    Entry("owner_unavailable", "settings.owner_unavailable.policy", "While the account's owner is away"),
    Entry("wait_hours", "settings.owner_unavailable.wait_hours", "Wait at most"),
    Entry("working_hours_only", "settings.working_hours_only", "Only people at work", "switch"),
    Entry("mode", "settings.mode", "Who goes first"),
    Entry("holiday_handling", "settings.holiday_handling", "When everybody is off"),
    Entry("timezone_aware", "settings.timezone_aware", "Heed the lead's country", "switch"),
    Entry("escalation_after_hours", "settings.escalation_after_hours", "Tell the managers after", "optional"),
    Entry("auto_followup", "settings.auto_followup", "Follow-up task", "switch"),
    Entry("notify_owner", "settings.notification_settings.owner", "Tell the new owner", "switch"),
    Entry("notify_managers", "settings.notification_settings.managers", "Tell the managers", "switch"),
)
# Which fields stand together behind a disclosure: it is open when one of them differs from the default, or is at fault.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "who": ("fairness_scope", "band", "capacity_planning"),
    "hours": ("working_hours_only", "mode", "holiday_handling", "timezone_aware"),
    "response": ("escalation_after_hours", "auto_followup", "notify_owner", "notify_managers"),
}
SKILL_PARTS: Final = ("required", "preferred")
BLANK_SKILLS: Final = 1
_DEFAULTS: Final = RuleDocument(id="new", name="new", assignment_target=TargetDocument(type="team", id="none"))
_DEFAULT_VALUES: Final = values_of(ENTRIES, _DEFAULTS.model_dump(mode="json")) | {"name": ""}
LABELS: Final = {
    **labels_of(ENTRIES),
    "target": "Give to",
    "queue": "Name of the queue",
    **{f"{part}-{number}": f"{part.capitalize()} skill {number}" for part in SKILL_PARTS for number in range(1, 21)},
}
Skills = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RuleForm(ConditionForm):
    """A rule as the form shows it: texts as typed; skills are pairs of a name and a level."""

    values: Mapping[str, str] = field(default_factory=lambda: _DEFAULT_VALUES)
    target: str = ""
    queue: str = ""
    skills: Mapping[str, Skills] = field(default_factory=dict)

    def text_of(self, name: str) -> str:
        """Return what was typed in a field."""
        return self.values[name] if name in self.values else str(getattr(self, name, "-"))

    def field_of(self, path: str) -> str:
        """Return the form's own name for a place in a rule."""
        if path.startswith("assignment_target"):
            return "queue" if self.target.startswith("queue:") else "target"
        before, _, place = path.partition("settings.skill_matching.")
        if not before and place:
            part, _, number = place.partition("[")
            return f"{part}-{int(number.partition(']')[0] or 0) + 1}" if number else f"{part}-1"
        return name_at(ENTRIES, path)

    @property
    def opened(self) -> frozenset[str]:
        """The groups to show open: what differs from the defaults, and what is at fault."""
        return frozenset(
            group
            for group, names in GROUPS.items()
            if any(self.values[name] != _DEFAULT_VALUES[name] or name in self.errors for name in names)
        )


def posted_form(posted: FormData) -> RuleForm:
    """Read what was posted."""
    skills = {part: _posted_skills(posted, part) for part in SKILL_PARTS}
    return RuleForm(
        values=posted_values(ENTRIES, posted, _DEFAULT_VALUES),
        target=posted_text(posted, "target"),
        queue=posted_text(posted, "queue"),
        skills=skills,
        **posted_conditions(posted),
    )


def _posted_skills(posted: FormData, part: str) -> Skills:
    rows = zip(posted_texts(posted, f"{part}_skill"), posted_texts(posted, f"{part}_level"), strict=False)
    return tuple((skill, level) for skill, level in rows if skill)


def form_of(rule: RuleDocument) -> RuleForm:
    """Return a rule as its form shows it."""
    target = rule.assignment_target
    asked = rule.settings.skill_matching
    parts: Sequence[tuple[str, Any]] = (("required", asked.required), ("preferred", asked.preferred))
    return RuleForm(
        values=values_of(ENTRIES, rule.model_dump(mode="json")),
        target="queue:" if target.type == "queue" else f"{target.type}:{target.id}",
        queue=target.id if target.type == "queue" else "",
        skills={part: tuple((need.skill, str(need.level)) for need in needs) for part, needs in parts},
        **shown_conditions(rule.conditions),
    )


def document_of(form: RuleForm, catalogue: Catalogue, before: RuleDocument | None) -> dict[str, Any]:
    """Return what was typed as a rule to check; what the form does not show stays as it was `before`."""
    kept = (before or _DEFAULTS).model_dump(mode="json", exclude={"id"})
    document = put_values(ENTRIES, form.values, kept)
    kind, _, target = form.target.partition(":")
    document["conditions"] = form.condition(catalogue)
    document["assignment_target"] = {"type": kind or "team", "id": form.queue if kind == "queue" else target}
    document["settings"]["skill_matching"] = {
        part: [{"skill": skill, "level": level or 1} for skill, level in form.skills.get(part, ())]
        for part in SKILL_PARTS
    }
    return document
