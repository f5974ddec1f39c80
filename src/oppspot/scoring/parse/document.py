"""Reads a whole score model document."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from oppspot.engagement.types import GROUP_OF, EngagementModel, EventGroup, GroupCap, KindRule, SetbackRule
from oppspot.scoring.parse.checks import find_contradictions
from oppspot.scoring.parse.criteria import (
    read_countries,
    read_funding,
    read_industries,
    read_names,
    read_steps,
    read_technologies,
)
from oppspot.scoring.parse.nodes import InvalidScoreModel, Node, Problem
from oppspot.scoring.types import BandThresholds, Factor, FactorWeights, GradeThresholds, Negatives, ScoreModel

_SECTIONS: Final = (
    "weights",
    "financial",
    "technology",
    "industry",
    "growth",
    "engagement",
    "negatives",
    "bands",
    "grades",
)
_SETBACKS: Final = ("meeting_cancelled", "unsubscribe", "hard_bounce", "job_page_only")
_FULL: Final = 100
_LONGEST_HALF_LIFE: Final = 3650.0
_SHORTEST_HALF_LIFE: Final = 0.1
_LARGEST_REPEAT_SHARE: Final = 0.95


def parse_model(document: Mapping[str, Any] | str | bytes) -> ScoreModel:
    """Read a score model from JSON text or its decoded value.

    Raises InvalidScoreModel with every problem found: first of form, and when the form is right, of meaning.
    """
    root = Node(_decode(document) if isinstance(document, str | bytes) else document)
    model = _read(root)
    problems = tuple(root.problems) or find_contradictions(model)
    if problems:
        raise InvalidScoreModel(problems)
    return model


def _decode(text: str | bytes) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        problem = Problem("", f"cannot be read as JSON ({error})", "one JSON object")
        raise InvalidScoreModel((problem,)) from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field {next(name for name in names if names.count(name) > 1)!r} occurs twice")
    return read


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _read(root: Node) -> ScoreModel:
    sections = root.fields(*_SECTIONS)
    financial = sections["financial"].fields("annual_revenue", "credit_score")
    industry = sections["industry"].fields("industries", "employees", "countries")
    growth = sections["growth"].fields("growth_rate", "funding_stage")
    return ScoreModel(
        weights=_read_weights(sections["weights"]),
        annual_revenue=read_steps(financial["annual_revenue"]),
        credit_score=read_steps(financial["credit_score"]),
        technologies=read_technologies(sections["technology"]),
        industries=read_industries(industry["industries"]),
        employees=read_steps(industry["employees"]),
        countries=read_countries(industry["countries"]),
        growth_rate=read_steps(growth["growth_rate"]),
        funding_stage=read_funding(growth["funding_stage"]),
        engagement=_read_engagement(sections["engagement"]),
        negatives=_read_negatives(sections["negatives"]),
        bands=BandThresholds(*_read_thresholds(sections["bands"], "hot", "good", "medium")),
        grades=GradeThresholds(*_read_thresholds(sections["grades"], "fit_a", "fit_b", "engagement_1", "engagement_2")),
    )


def _read_weights(node: Node) -> FactorWeights:
    fields = node.fields(*Factor)
    # Through text, because the decimal 0.3 is meant, not the binary fraction nearest to it.
    return FactorWeights(**{factor: Decimal(repr(fields[factor].number(0, 1))) for factor in Factor})


def _read_thresholds(node: Node, *names: str) -> list[int]:
    fields = node.fields(*names)
    return [fields[name].integer(0, _FULL) for name in names]


def _read_engagement(node: Node) -> EngagementModel:
    fields = node.fields("kinds", "group_caps", "setbacks")
    kinds = fields["kinds"].fields(*GROUP_OF)
    caps = fields["group_caps"].fields(*EventGroup)
    setbacks = fields["setbacks"].fields(*_SETBACKS)
    return EngagementModel(
        kinds=tuple(_read_kind(kind, kinds[kind]) for kind in GROUP_OF),
        group_caps=tuple(GroupCap(group, caps[group].integer(0, _FULL)) for group in EventGroup),
        **{name: _read_setback(setbacks[name]) for name in _SETBACKS},
    )


def _read_kind(kind: Any, node: Node) -> KindRule:
    fields = node.fields("points", "half_life_days", "repeat_share")
    return KindRule(
        kind,
        points=fields["points"].integer(0, _FULL),
        half_life_days=_read_half_life(fields["half_life_days"]),
        repeat_share=fields["repeat_share"].number(0, _LARGEST_REPEAT_SHARE),
    )


def _read_setback(node: Node) -> SetbackRule:
    fields = node.fields("points", "half_life_days")
    half_life = fields["half_life_days"]
    return SetbackRule(
        points=fields["points"].integer(0, _FULL),
        half_life_days=None if half_life.value is None else _read_half_life(half_life),
    )


def _read_half_life(node: Node) -> float:
    return node.number(_SHORTEST_HALF_LIFE, _LONGEST_HALF_LIFE)


def _read_negatives(node: Node) -> Negatives:
    fields = node.fields("competitor", "student", "free_mail", "excluded_industry")
    competitor = fields["competitor"].fields("points", "domains")
    student = fields["student"].fields("points", "titles")
    return Negatives(
        competitor=competitor["points"].integer(0, _FULL),
        competitor_domains=tuple(_read_domain(item) for item in competitor["domains"].items()),
        student=student["points"].integer(0, _FULL),
        student_titles=read_names(student["titles"]),
        free_mail=fields["free_mail"].fields("points")["points"].integer(0, _FULL),
        excluded_industry=fields["excluded_industry"].fields("points")["points"].integer(0, _FULL),
    )


def _read_domain(node: Node) -> str:
    return node.text('a domain like "example.com"', _is_domain).casefold()


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return len(labels) > 1 and all(label.replace("-", "").isalnum() for label in labels)
