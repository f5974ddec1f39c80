"""A rule in the other shape the API takes: flat conditions, `actions` and `advanced`; translated to a rule of ours.

Flat conditions must all be met; of the texts of one list, one. An empty list and what is left out ask nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from oppspot.conditions.country_checks import COUNTRY_FIELDS
from oppspot.conditions.types import Catalogue
from oppspot.core.errors import FieldProblem
from oppspot.leads.normalise.countries import normalise_country
from oppspot.leads.normalise.errors import Unreadable
from oppspot.routing.policies import Name, NotificationSettings, RuleSettings, SkillMatching, SlaHours
from oppspot.routing.sla import DEFAULT_SLA_HOURS

Texts = Annotated[list[Name], Field(max_length=1000)]
Score = Annotated[float, Field(ge=0, le=100)]
Tree = dict[str, Any]
_SIZE: Final = re.compile(r"^(\d{1,9})(?:[-\N{EN DASH}](\d{1,9})|\+)$")
_SIZES: Final = 'a range of employees, such as "51-200" or "5001+"'
# Where a lead may be from: whichever of these the catalogue has.
_PLACES: Final = ("lead.country", "company.country", "lead.region", "company.region")
# The words the engagement score has, by where each begins; "none" is exactly 0.
ENGAGEMENT_FROM: Final[Mapping[str, int]] = {"low": 0, "medium": 40, "high": 70}
_FRAMEWORKS: Final = ("bant", "meddic")


class ScoreRange(BaseModel):
    """The overall score, both ends included."""

    model_config = ConfigDict(extra="forbid")

    min: Score = 0
    max: Score = 100

    @model_validator(mode="after")
    def _in_order(self) -> "ScoreRange":
        if self.min > self.max:
            raise ValueError(f"begins at {self.min:g} and ends before, at {self.max:g}")
        return self


class FlatConditions(BaseModel):
    """Conditions by name."""

    model_config = ConfigDict(extra="forbid")

    score_range: ScoreRange | None = None
    company_size: Texts = []
    industry: Texts = []
    geography: Texts = []
    product_interest: Texts = []
    engagement_level: Literal["none", "low", "medium", "high"] | None = None
    qualification_framework: Literal["BANT", "MEDDIC", "CUSTOM"] | None = None

    @field_validator("company_size")
    @classmethod
    def _are_sizes(cls, sizes: list[str]) -> list[str]:
        for size in sizes:
            low, high = _size(size)
            if high is not None and low > high:
                raise ValueError(f'"{size}" ends before it begins; accepted: {_SIZES}')
        return sizes


class Actions(BaseModel):
    """What happens to a lead that meets the conditions."""

    model_config = ConfigDict(extra="forbid")

    assign_to: Literal["team", "individual", "queue"]
    assignment_target: Name
    notification_settings: NotificationSettings = NotificationSettings()
    sla_hours: SlaHours = DEFAULT_SLA_HOURS
    auto_followup: bool = False
    escalation_after_hours: SlaHours | None = None


class Advanced(BaseModel):
    """Hours, limits and skills."""

    model_config = ConfigDict(extra="forbid")

    working_hours_only: bool = False
    timezone_aware: bool = False
    holiday_handling: Literal["queue", "next_available", "escalate"] = "queue"
    capacity_planning: bool = True
    skill_matching: SkillMatching = SkillMatching()


# Where a field of our shape stands in the other one, for what is wrong with it.
_SENT_AS: Final = {
    "assignment_target": "actions.assignment_target",
    "sla_hours": "actions.sla_hours",
    "settings.notification_settings": "actions.notification_settings",
    "settings.auto_followup": "actions.auto_followup",
    "settings.escalation_after_hours": "actions.escalation_after_hours",
    **{f"settings.{name}": f"advanced.{name}" for name in Advanced.model_fields},
}


def is_flat(conditions: Mapping[str, Any]) -> bool:
    """Answer whether conditions are given by name and not as a tree; none at all are a tree that always holds."""
    return bool(conditions) and not conditions.keys() & {"all", "any", "not", "field", "op", "value"}


def settings_of(actions: Actions, advanced: Advanced) -> RuleSettings:
    """Return both parts as a rule's settings."""
    return RuleSettings(
        notification_settings=actions.notification_settings,
        auto_followup=actions.auto_followup,
        escalation_after_hours=actions.escalation_after_hours,
        working_hours_only=advanced.working_hours_only,
        timezone_aware=advanced.timezone_aware,
        holiday_handling=advanced.holiday_handling,
        capacity_planning=advanced.capacity_planning,
        skill_matching=advanced.skill_matching,
    )


def tree_of(flat: FlatConditions, catalogue: Catalogue) -> Tree:
    """Return flat conditions as a tree."""
    parts: list[Tree] = []
    if flat.score_range is not None:
        parts.append(_leaf("score.overall", "between", [flat.score_range.min, flat.score_range.max]))
    if flat.company_size:
        parts.append(_any(_employees(size) for size in flat.company_size))
    if flat.industry:
        parts.append(_leaf("company.industry", "in", flat.industry))
    if flat.geography:
        parts.append(_any(_places(flat.geography, catalogue)))
    if flat.product_interest:
        parts.append(_leaf("lead.product_interest", "in", flat.product_interest))
    if flat.engagement_level is not None:
        parts.extend(_engagement(flat.engagement_level))
    if flat.qualification_framework is not None:
        parts.append(_framework(flat.qualification_framework.lower()))
    return {"all": parts}


def _places(names: list[str], catalogue: Catalogue) -> Iterator[Tree]:
    """Yield what asks for places by any name: countries, which leads have as codes, and regions."""
    codes = [code for name in names if (code := _code(name))]
    for place in filter(catalogue.find, _PLACES):
        asked = codes if place in COUNTRY_FIELDS else names
        if asked:
            yield _leaf(place, "in", asked)


def _code(name: str) -> str | None:
    try:
        return normalise_country(name)
    except Unreadable:
        return None


def problem_as_sent(problem: FieldProblem) -> FieldProblem:
    """Return what is wrong with a translated rule, named as it was sent."""
    for ours, theirs in _SENT_AS.items():
        if problem.path == ours or problem.path.startswith((f"{ours}.", f"{ours}[")):
            rest = "" if ours == "assignment_target" else problem.path.removeprefix(ours)
            return replace(problem, path=theirs + rest)
    return problem


def _size(text: str) -> tuple[int, int | None]:
    found = _SIZE.match(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is no size; accepted: {_SIZES}')
    return int(found[1]), int(found[2]) if found[2] else None


def _employees(size: str) -> Tree:
    low, high = _size(size)
    if high is None:
        return _leaf("company.employees", "gte", low)
    return _leaf("company.employees", "between", [low, high])


def _engagement(level: str) -> list[Tree]:
    if level == "none":
        return [_leaf("score.engagement", "eq", 0)]
    starts = list(ENGAGEMENT_FROM.values())
    start = ENGAGEMENT_FROM[level]
    above = _leaf("score.engagement", "gte" if start else "gt", start)
    following = [other for other in starts if other > start]
    return [above, _leaf("score.engagement", "lt", following[0])] if following else [above]


def _framework(name: str) -> Tree:
    if name in _FRAMEWORKS:
        return _leaf("qualification.framework", "eq", name)
    return _leaf("qualification.framework", "not_in", list(_FRAMEWORKS))


def _leaf(field: str, op: str, value: Any) -> Tree:
    return {"field": field, "op": op, "value": value}


def _any(parts: Iterable[Tree]) -> Tree:
    given = list(parts)
    return given[0] if len(given) == 1 else {"any": given}
