"""Supposes what somebody asked about a claim key may answer, each answer as likely as the next unless said otherwise.

The answers are those that the rules tell apart: every choice, a number in every band, a date within every step, and
lists of one entry, of two, and so on, whose entries are all as good as the rules ask or none of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, Final, NamedTuple

from oppspot.qualification.framework import (
    AtLeast,
    BandsRule,
    DaysUntilRule,
    FieldPoints,
    ItemsRule,
    Rule,
    ScaleRule,
    ShareRule,
    Wanted,
)
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import (
    ChoiceKind,
    DateKind,
    FlagKind,
    ItemsKind,
    Kind,
    NumberKind,
    ScalarKind,
    TextsKind,
)

_STATED: Final = "stated"
_QUARTERS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_SOME_DAYS: Final = 30  # ahead, where any date to come is as good as another
_FULL: Final = 100  # the end of a scale that has one
_LONGEST_LIST: Final = 10
_SHORTEST_LIST: Final = 3  # where the rules do not count entries


class Asked(NamedTuple):
    """One rule that reads the key, and what it is worth at most."""

    rule: Rule
    points: float


def possible_answers(
    kind: Kind, asked: Sequence[Asked], likely: Mapping[str, float], today: date
) -> list[tuple[float, ClaimValue]]:
    """Return each answer with its likelihood; likelihoods sum to 1.

    `likely` weighs the answers by name (choices; yes and no); without it all are equally likely.
    """
    values = list(_values(kind, asked, today))
    weights = [likely.get(_named(value), 0.0) if likely else 1.0 for value in values]
    return [(weight / sum(weights), value) for weight, value in zip(weights, values, strict=True)]


def _named(value: ClaimValue) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _values(kind: Kind, asked: Sequence[Asked], today: date) -> Iterator[ClaimValue]:
    match kind:
        case FlagKind():
            yield from (True, False)
        case ChoiceKind():
            yield from kind.values
        case NumberKind():
            yield from _numbers(kind, [one.rule for one in asked])
        case DateKind():
            yield from ((today + timedelta(days=days)).isoformat() for days in _days([one.rule for one in asked]))
        case TextsKind():
            yield from ([f"{_STATED} {number}" for number in range(1, count + 1)] for count in _counts(asked))
        case ItemsKind():
            yield from _lists(kind, asked, today)
        case _:
            yield _STATED


def _numbers(kind: NumberKind, rules: Sequence[Rule]) -> Iterator[float]:
    """Yield a number of every band; for a scale alone, its ends and the quarters between."""
    limits = sorted({float(band.limit) for rule in rules if isinstance(rule, BandsRule) for band in rule.bands})
    if limits:
        between = [(low + high) / 2 for low, high in pairwise(limits)]
        wanted = [min(kind.minimum, limits[0]), *between, limits[-1] + max(1.0, abs(limits[-1]))]
        # At the lower limit of what can be said nothing lies below it.
        wanted = wanted[1:] if limits[0] <= kind.minimum else wanted
    else:
        scale = next((rule for rule in rules if isinstance(rule, ScaleRule)), None)
        low, high = (float(scale.low), float(scale.high)) if scale else (kind.minimum, kind.minimum)
        wanted = [low + share * (high - low) for share in _QUARTERS] if scale else [low]
    for number in wanted:
        held = min(max(number, kind.minimum), kind.maximum)
        yield int(held) if kind.whole or held == int(held) else held


def _days(rules: Sequence[Rule]) -> list[int]:
    """Return how far ahead an answer may lie: at the end of each step, and beyond the last. Nobody plans the past."""
    steps = sorted({step.days for rule in rules if isinstance(rule, DaysUntilRule) for step in rule.within})
    return [*steps, steps[-1] + 1] if steps else [_SOME_DAYS]


def _counts(asked: Sequence[Asked]) -> range:
    """Return how many entries an answer may have: up to as many as earn every point."""
    enough = [
        ceil(one.points / most) for one in asked if isinstance(one.rule, ItemsRule) and (most := _most(one.rule)) > 0
    ]
    return range(1, min(max(enough, default=_SHORTEST_LIST), _LONGEST_LIST) + 1)


def _most(rule: ItemsRule) -> float:
    return float(max(rule.each.points.values()) if isinstance(rule.each, FieldPoints) else rule.each)


def _lists(kind: ItemsKind, asked: Sequence[Asked], today: date) -> Iterator[list[dict[str, Any]]]:
    rules = [one.rule for one in asked]
    good, bad = _asked_of(kind, rules, is_good=True), _asked_of(kind, rules, is_good=False)
    for count in _counts(asked):
        yield [_entry(kind, good, number, today) for number in range(count)]
    if bad or any(isinstance(rule, ItemsRule) and rule.states for rule in rules):
        for count in _counts(asked):
            yield [{kind.identity: f"{_STATED} {number + 1}", **bad} for number in range(count)]


def _entry(kind: ItemsKind, good: Mapping[str, Any], number: int, today: date) -> dict[str, Any]:
    """Return an entry that states every field; what no rule asks about goes through the choices in turn."""
    others = {name: _some(field, number, today) for name, field in kind.fields.items()}
    return {**others, **good, kind.identity: f"{_STATED} {number + 1}"}


def _some(kind: ScalarKind, number: int, today: date) -> Any:
    match kind:
        case ChoiceKind():
            return kind.values[number % len(kind.values)]
        case FlagKind():
            return True
        case NumberKind():
            return kind.maximum if kind.maximum <= _FULL else 1
        case DateKind():
            return today.isoformat()
        case _:
            return _STATED


def _asked_of(kind: ItemsKind, rules: Sequence[Rule], *, is_good: bool) -> dict[str, Any]:
    """Return the fields that rules ask about as they want them, or as they do not; of several the first rule counts."""
    values: dict[str, Any] = {}
    for rule in rules:
        if not isinstance(rule, (ItemsRule, ShareRule)):
            continue
        for name, wanted in rule.where.items():
            values.setdefault(name, (_met if is_good else _missed)(kind.fields[name], wanted))
        if isinstance(rule, ItemsRule) and isinstance(rule.each, FieldPoints):
            worth = rule.each.points
            choices = getattr(kind.fields[rule.each.field], "values", ())
            pick = max if is_good else min
            values.setdefault(rule.each.field, pick(choices, key=lambda choice, worth=worth: worth.get(choice, 0)))
    return {name: value for name, value in values.items() if value is not None}


def _met(kind: ScalarKind, wanted: Wanted) -> Any:
    match wanted:
        case AtLeast():
            has_an_end = isinstance(kind, NumberKind) and kind.maximum <= _FULL
            return _FULL if has_an_end else float(wanted.at_least)
        case tuple():
            return wanted[0]
        case _:
            return wanted


def _missed(kind: ScalarKind, wanted: Wanted) -> Any:
    """Return a value that is not wanted, None when there is no other."""
    match wanted:
        case AtLeast():
            return getattr(kind, "minimum", 0.0)
        case bool():
            return not wanted
        case _:
            refused = wanted if isinstance(wanted, tuple) else (wanted,)
            return next((value for value in getattr(kind, "values", ()) if value not in refused), None)
