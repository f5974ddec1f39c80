"""Decides what one criterion earns: compiles its rule once, then scores values; points are hundredths of a point."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from oppspot.qualification.framework import (
    AtLeast,
    BandsRule,
    ChoiceRule,
    Criterion,
    DaysUntilRule,
    FieldPoints,
    FlagRule,
    ItemsRule,
    PresentRule,
    Rule,
    ScaleRule,
    ShareRule,
    Wanted,
)
from oppspot.qualification.implications import seniority_of
from oppspot.qualification.types import ClaimValue, CriterionResult, CurrentValue, QualificationAction

PAST = "The date has passed."

# Points earned of the criterion's own (None: the value leaves it unknown), and what to say about it.
Earned: TypeAlias = tuple[int | None, str | None]
Scorer: TypeAlias = Callable[[Any, date], Earned]
Item: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledCriterion:
    """A criterion with its shares: of its element, of the overall score, and of coverage and confidence."""

    id: str
    title: str
    key: str
    improvable: bool
    is_about_a_day: bool
    points: int
    weight: int
    earn: Scorer
    unknown: CriterionResult
    ask: QualificationAction
    reconfirm: QualificationAction


# A criterion with its result.
Judged: TypeAlias = tuple[CompiledCriterion, CriterionResult]


def compile_criterion(
    element: str, criterion: Criterion, *, max_points: int, max_contribution: int, weight: int
) -> CompiledCriterion:
    """Return the criterion ready to score."""
    place = element, criterion.id, criterion.key
    points = hundredths(criterion.points)
    again = f"{criterion.ask} again: what is known has expired"
    return CompiledCriterion(
        id=criterion.id,
        title=criterion.title,
        key=criterion.key,
        improvable=criterion.improvable,
        is_about_a_day=isinstance(criterion.rule, DaysUntilRule),
        points=points,
        weight=weight,
        earn=_scorer(criterion.rule, points),
        unknown=CriterionResult(*place, "unknown", 0, max_points, 0, max_contribution, None, None),
        ask=QualificationAction("ask", *place, criterion.ask, max_contribution),
        reconfirm=QualificationAction("reconfirm", *place, again, max_contribution),
    )


def hundredths(amount: Decimal) -> int:
    """Return points as whole hundredths of a point."""
    return int(amount * 100)


def result_of(criterion: CompiledCriterion, current: CurrentValue, today: date) -> CriterionResult:
    """Return what the current value of the criterion's key earns; an expired one earns nothing until confirmed."""
    statement, unknown = current.statement, criterion.unknown
    if not current.is_fresh:
        return unknown._replace(state="expired", statement=statement)
    earned, note = criterion.earn(statement.value, today)
    if earned is None:
        return unknown._replace(statement=statement)
    return CriterionResult(
        unknown.element,
        unknown.criterion,
        unknown.key,
        "met" if earned >= criterion.points else "partly" if earned else "unmet",
        _portion(earned, criterion.points, unknown.max_points),
        unknown.max_points,
        _portion(earned, criterion.points, unknown.max_contribution),
        unknown.max_contribution,
        statement,
        note,
    )


def earning(criterion: CompiledCriterion, result: CriterionResult, earned: int) -> CriterionResult:
    """Return the result as it would be with so many of the criterion's own points earned."""
    return result._replace(
        state="met" if earned >= criterion.points else "partly" if earned else "unmet",
        points=_portion(earned, criterion.points, result.max_points),
        contribution=_portion(earned, criterion.points, result.max_contribution),
    )


def _portion(earned: int, points: int, share: int) -> int:
    """Return earned / points of a share, a half rounded up."""
    return (2 * earned * share + points) // (2 * points)


def _scorer(rule: Rule, points: int) -> Scorer:
    earn: Scorer
    match rule:
        case ChoiceRule():
            earn = _by_choice({value: hundredths(worth) for value, worth in rule.points.items()}, points)
        case FlagRule():
            earn = _by_flag(rule.when, points)
        case BandsRule():
            earn = _by_band(rule, points)
        case ScaleRule():
            earn = _by_scale(float(rule.low), float(rule.high), points)
        case ItemsRule():
            earn = _by_items(rule, points)
        case ShareRule():
            earn = _by_share(rule, points)
        case DaysUntilRule():
            earn = _by_days_until(rule, points)
        case PresentRule():
            earn = lambda _value, _today: (points, None)  # noqa: E731 — one of many shapes
    return earn


def _by_flag(when: bool, points: int) -> Scorer:
    earned: dict[bool, Earned] = {when: (points, None), not when: (0, None)}
    return lambda value, _: earned[value]


def _by_choice(worth: Mapping[str, int], points: int) -> Scorer:
    earned: dict[str, Earned] = {value: (min(amount, points), None) for value, amount in worth.items()}
    nothing: Earned = (0, None)
    return lambda value, _: earned.get(value, nothing)


def _by_band(rule: BandsRule, points: int) -> Scorer:
    bands = sorted(
        (float(band.limit), band.at_least is not None, min(hundredths(band.points), points)) for band in rule.bands
    )[::-1]

    def earn(value: float, _: date) -> Earned:
        for limit, is_reached_at, worth in bands:
            if value > limit or (is_reached_at and value == limit):
                return worth, None
        return 0, None

    return earn


def _by_scale(low: float, high: float, points: int) -> Scorer:
    def earn(value: float, _: date) -> Earned:
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return int(share * points + 0.5), None

    return earn


def _by_days_until(rule: DaysUntilRule, points: int) -> Scorer:
    steps = sorted((step.days, min(hundredths(step.points), points)) for step in rule.within)
    later = min(hundredths(rule.later), points)

    def earn(value: str, today: date) -> Earned:
        days = (date.fromisoformat(value) - today).days
        if days < 0:
            return 0, PAST
        return next((worth for limit, worth in steps if days <= limit), later), None

    return earn


def _by_items(rule: ItemsRule, points: int) -> Scorer:
    worth = _item_worth(rule.each)
    counts = _counter(rule.where)
    # What an item has to state to count; for points by a field, that field comes last.
    asked = [*rule.where, *rule.states, *([rule.each.field] if isinstance(rule.each, FieldPoints) else ())]

    def earn(items: Sequence[Item], _: date) -> Earned:
        stated = _stated(items, asked)
        if not stated:
            return None, None  # nobody has said, of any item
        return min(sum([worth(values) for values in stated if counts(values)]), points), None

    return earn if asked else lambda items, _: (min(len(items) * worth(()), points), None)


def _by_share(rule: ShareRule, points: int) -> Scorer:
    counts, asked = _counter(rule.where), list(rule.where)

    def earn(items: Sequence[Item], _: date) -> Earned:
        stated = _stated(items, asked)
        if not stated:
            return None, None
        return _portion(len([values for values in stated if counts(values)]), len(items), points), None

    return earn


def _stated(items: Sequence[Item], asked: Sequence[str]) -> list[list[ClaimValue]]:
    """Return what is asked about of each item that states all of it."""
    if len(asked) == 1:
        return [[value] for value in [_field(item, asked[0]) for item in items] if value is not None]
    return [values for values in ([_field(item, name) for name in asked] for item in items) if None not in values]


def _counter(where: Mapping[str, Wanted]) -> Callable[[Sequence[ClaimValue]], bool]:
    """Return what tells whether an item counts, from its values of the fields asked about, in their order."""
    wanted = list(where.values())
    if not any(isinstance(one, (tuple, AtLeast)) for one in wanted):
        return lambda values: values[: len(wanted)] == wanted
    tests = [_test(one) for one in wanted]
    return lambda values: all(test(value) for test, value in zip(tests, values, strict=False))


def _test(wanted: Wanted) -> Callable[[ClaimValue], bool]:
    match wanted:
        case AtLeast():
            limit = float(wanted.at_least)
            return lambda value: bool(value >= limit)
        case tuple():
            return wanted.__contains__
        case _:
            return wanted.__eq__


def _item_worth(each: Decimal | FieldPoints) -> Callable[[Sequence[ClaimValue]], int]:
    if isinstance(each, FieldPoints):
        worth = {value: hundredths(amount) for value, amount in each.points.items()}
        return lambda stated: worth.get(stated[-1], 0)
    amount = hundredths(each)
    return lambda _: amount


def _field(item: Item, name: str) -> ClaimValue:
    """Return what an item states; seniority, when not stated, is read from the title."""
    value = item.get(name)
    return seniority_of(item) if value is None and name == "seniority" else value
