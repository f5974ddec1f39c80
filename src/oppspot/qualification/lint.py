"""Decides whether a framework says what its author can have meant: errors keep it from being published."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, ClaimKey
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import (
    AtLeast,
    BandsRule,
    ChoiceRule,
    Criterion,
    DaysUntilRule,
    FieldPoints,
    Framework,
    ItemsRule,
    Rule,
    ScaleRule,
    ShareRule,
    Verdict,
    Wanted,
)
from oppspot.qualification.values import (
    ChoiceKind,
    DateKind,
    FlagKind,
    ItemsKind,
    Kind,
    NumberKind,
    Refused,
    ScalarKind,
    TextsKind,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (error) or to think about (warning)."""

    level: Literal["error", "warning"]
    problem: FieldProblem


def check_framework(framework: Framework) -> tuple[Finding, ...]:
    """Return what is wrong with a framework, in the order of its document, errors first."""
    errors = [Finding("error", problem) for problem in _errors(framework)]
    return (*errors, *(Finding("warning", problem) for problem in _warnings(framework)))


def _errors(framework: Framework) -> Iterator[FieldProblem]:
    yield from _repeated("elements", [element.id for element in framework.elements])
    for place, element in enumerate(framework.elements):
        yield from _repeated(f"elements[{place}].criteria", [criterion.id for criterion in element.criteria])
    yield from _weights(framework)
    yield from _promised(framework)
    keys = claim_keys_of(framework)
    for name in framework.claim_keys:
        if name in CLAIM_KEYS:
            yield FieldProblem(f"claim_keys.{name}", "is a claim key already", "a new name")
    for path, criterion in _criteria(framework):
        yield from _criterion(path, criterion, keys)
    yield from _verdicts(framework)
    for name in framework.freshness_days:
        if name not in keys:
            yield FieldProblem(f"freshness_days.{name}", "is not a claim key", ", ".join(keys))


def _warnings(framework: Framework) -> Iterator[FieldProblem]:
    left_open = sorted({criterion.key for _, criterion in _criteria(framework)} - framework.freshness_days.keys())
    for key in left_open:
        yield FieldProblem(
            "freshness_days", f"{key} is left to the default, which a later release may change", "a number of days"
        )
    for path, criterion in _criteria(framework):
        most = max((points for _, points in _listed_points(criterion.rule)), default=criterion.points)
        if most < criterion.points:
            yield FieldProblem(f"{path}.rule", f"earns {most} of {criterion.points} points at most", None)
    best = next((verdict.score for verdict in framework.verdicts if verdict.score), None)
    for index, verdict in enumerate(framework.verdicts):
        lost = verdict.points_lost_over
        if best is not None and lost is not None and lost < 100 - best:
            message = f"a lead that could still reach {framework.verdicts[0].status} may get this verdict"
            yield FieldProblem(f"verdicts[{index}].points_lost_over", message, f"{100 - best} or more")


def _repeated(path: str, names: Sequence[str]) -> Iterator[FieldProblem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield FieldProblem(f"{path}[{index}]", f"{name} is there already", "a new name")


# Reports and interfaces know these frameworks by the names of their elements and verdicts.
_PROMISED: Final[Mapping[str, tuple[set[str], set[str]]]] = {
    "bant": ({"budget", "authority", "need", "timeline"}, {"qualified", "nurture", "disqualified"}),
    "meddic": (
        {"metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion"},
        {"commit", "best_case", "pipeline", "omitted"},
    ),
}


def _promised(framework: Framework) -> Iterator[FieldProblem]:
    elements, statuses = {element.id for element in framework.elements}, {each.status for each in framework.verdicts}
    promised = _PROMISED.get(framework.name, (elements, statuses))
    if elements != promised[0]:
        yield FieldProblem("elements", f"are not those of {framework.name}", ", ".join(sorted(promised[0])))
    if not statuses <= promised[1]:
        yield FieldProblem("verdicts", f"are not those of {framework.name}", ", ".join(sorted(promised[1])))


def _weights(framework: Framework) -> Iterator[FieldProblem]:
    total = sum(element.weight for element in framework.elements)
    if total != 1:
        yield FieldProblem("elements", f"the weights sum to {total:f}", "weights that sum to 1")


def _criteria(framework: Framework) -> Iterator[tuple[str, Criterion]]:
    for place, element in enumerate(framework.elements):
        for index, criterion in enumerate(element.criteria):
            yield f"elements[{place}].criteria[{index}]", criterion


def _criterion(path: str, criterion: Criterion, keys: Mapping[str, ClaimKey]) -> Iterator[FieldProblem]:
    if criterion.key not in keys:
        yield FieldProblem(f"{path}.key", f"{criterion.key} is not a claim key", ", ".join(keys))
        return
    kind = keys[criterion.key].kind
    fitting = _FITTING[criterion.rule.kind]
    if fitting and not isinstance(kind, fitting):
        rules = ", ".join(rule for rule, kinds in _FITTING.items() if not kinds or isinstance(kind, kinds))
        yield FieldProblem(f"{path}.rule.kind", f"cannot score {criterion.key}, which is {kind.accepted}", rules)
        return
    yield from _rule(f"{path}.rule", criterion.rule, kind)
    yield from _likely(f"{path}.likely", criterion, kind)
    for place, points in _listed_points(criterion.rule):
        if points > criterion.points:
            accepted = f"at most {criterion.points}"
            yield FieldProblem(f"{path}.rule.{place}", f"{points} are more than the criterion's points", accepted)


# Which kinds of value a rule can score; none listed: any.
_FITTING: Final[Mapping[str, tuple[type, ...]]] = {
    "choice": (ChoiceKind,),
    "flag": (FlagKind,),
    "bands": (NumberKind,),
    "scale": (NumberKind,),
    "items": (ItemsKind, TextsKind),
    "share": (ItemsKind,),
    "days_until": (DateKind,),
    "present": (),
}


def _rule(path: str, rule: Rule, kind: Kind) -> Iterator[FieldProblem]:
    match rule:
        case ChoiceRule() if isinstance(kind, ChoiceKind):
            yield from _choices(f"{path}.points", rule.points, kind)
        case BandsRule():
            for index, band in enumerate(rule.bands):
                if (band.above is None) == (band.at_least is None):
                    yield FieldProblem(f"{path}.bands[{index}]", "does not have one limit", "either above or at_least")
        case ScaleRule() if rule.low == rule.high:
            yield FieldProblem(f"{path}.high", "is the same as low", "another number")
        case ItemsRule() | ShareRule():
            yield from _items(path, rule, kind.fields if isinstance(kind, ItemsKind) else {})
        case DaysUntilRule():
            days = [step.days for step in rule.within]
            if days != sorted(set(days)):
                yield FieldProblem(f"{path}.within", "is not in order", "the fewest days first, none twice")
        case _:
            return


def _likely(path: str, criterion: Criterion, kind: Kind) -> Iterator[FieldProblem]:
    """Yield what is wrong with the weights of the answers: only choices, and yes and no, are weighed."""
    named = kind.values if isinstance(kind, ChoiceKind) else ("yes", "no") if isinstance(kind, FlagKind) else ()
    for name in criterion.likely:
        if name not in named:
            yield FieldProblem(f"{path}.{name}", "is not one of the answers", ", ".join(named) or "no weights here")
    if criterion.likely and not sum(criterion.likely.values()):
        yield FieldProblem(path, "leaves no answer possible", "a weight above 0")


def _choices(path: str, values: Iterable[str], kind: ChoiceKind) -> Iterator[FieldProblem]:
    for value in values:
        if value not in kind.values:
            yield FieldProblem(f"{path}.{value}", "is not one of the choices", kind.accepted)


def _items(path: str, rule: ItemsRule | ShareRule, fields: Mapping[str, ScalarKind]) -> Iterator[FieldProblem]:
    accepted = ", ".join(fields) or "no field: the list is of texts"
    for name, wanted in rule.where.items():
        if name not in fields:
            yield FieldProblem(f"{path}.where.{name}", "is not a field of the items", accepted)
        elif problem := _unwanted(fields[name], wanted):
            yield FieldProblem(f"{path}.where.{name}", problem.message, problem.accepted)
    if isinstance(rule, ShareRule):
        return
    for index, name in enumerate(rule.states):
        if name not in fields:
            yield FieldProblem(f"{path}.states[{index}]", "is not a field of the items", accepted)
    if isinstance(rule.each, FieldPoints):
        kind = fields.get(rule.each.field)
        if isinstance(kind, ChoiceKind):
            yield from _choices(f"{path}.each.points", rule.each.points, kind)
        else:
            choices = ", ".join(name for name, field in fields.items() if isinstance(field, ChoiceKind))
            yield FieldProblem(f"{path}.each.field", "is not a choice among the fields of the items", choices or None)


def _unwanted(kind: ScalarKind, wanted: Wanted) -> Refused | None:
    """Return why a field can never be what is wanted of it, or None."""
    if isinstance(wanted, AtLeast):
        if not isinstance(kind, NumberKind):
            return Refused("is not a number", kind.accepted)
        values: tuple[object, ...] = (float(wanted.at_least),)
    else:
        values = wanted if isinstance(wanted, tuple) else (wanted,)
    if not values:
        return Refused("has too few entries", "at least 1")
    try:
        for value in values:
            kind.normalise(value)
    except Refused as refused:
        return refused
    return None


def _listed_points(rule: Rule) -> list[tuple[str, Decimal]]:
    """Return the points a value can earn at most, each with its place."""
    match rule:
        case ChoiceRule():
            return [(f"points.{value}", points) for value, points in rule.points.items()]
        case BandsRule():
            return [(f"bands[{index}].points", band.points) for index, band in enumerate(rule.bands)]
        case DaysUntilRule():
            within = [(f"within[{index}].points", step.points) for index, step in enumerate(rule.within)]
            return [*within, ("later", rule.later)]
        case _:
            return []


def _verdicts(framework: Framework) -> Iterator[FieldProblem]:
    verdicts = framework.verdicts
    yield from _repeated("verdicts", [verdict.status for verdict in verdicts])
    scores = [(index, verdict.score) for index, verdict in enumerate(verdicts) if verdict.score is not None]
    for (_, higher), (index, score) in pairwise(scores):
        if score >= higher:
            yield FieldProblem(f"verdicts[{index}].score", f"{score} is not below {higher}", f"less than {higher}")
    for index, verdict in enumerate(verdicts):
        yield from _verdict(f"verdicts[{index}]", verdict, framework, is_last=index == len(verdicts) - 1)


def _verdict(path: str, verdict: Verdict, framework: Framework, *, is_last: bool) -> Iterator[FieldProblem]:
    elements = [element.id for element in framework.elements]
    for name in verdict.minimums:
        if name not in elements:
            yield FieldProblem(f"{path}.minimums.{name}", "is not an element", ", ".join(elements))
    is_conditional = any((verdict.score, verdict.confidence, verdict.coverage, verdict.minimums))
    if is_last and is_conditional:
        yield FieldProblem(path, "has conditions, so some leads would get no verdict", "a last verdict without them")
    if not is_last and not is_conditional:
        yield FieldProblem(path, "has no conditions, so the verdicts after it are never reached", "a score above 0")
    if (verdict.points_lost_over is None) != (verdict.otherwise is None):
        yield FieldProblem(path, "has one of points_lost_over and otherwise", "both or neither")
    others = [other.status for other in framework.verdicts if other.points_lost_over is None]
    if verdict.otherwise is not None and verdict.otherwise not in others:
        yield FieldProblem(f"{path}.otherwise", f"{verdict.otherwise} is not such a verdict", ", ".join(others))
