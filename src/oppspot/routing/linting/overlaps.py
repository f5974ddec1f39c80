"""Finds pairs of rules that both match some lead and send it to different places, so that only the order decides.

A rule that is asked before a wider one is a refinement, the normal way to write rules, and no fault.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Final

from oppspot.conditions.predicates import Row
from oppspot.routing.linting.asked import Asked, Case
from oppspot.routing.linting.types import Finding, Kind, Severity
from oppspot.routing.linting.wording import facts_in_words, leads, quoted, shortened
from oppspot.routing.types import RoutingRule

MOST_PAIRS: Final = 200_000
MOST_COMPARED: Final = 2_000
MOST_REMARKS: Final = 20
MOST_WARNED: Final = 50
_BUDGET: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """Leads of the sample that one rule decided and another one matched too."""

    count: int
    example: Row


def overlapping(case: Case) -> Iterator[Finding]:
    """Yield the pairs of rules between which only the order decides, each with a lead of which that is true.

    All that have the same priority, and so many of the others, those first that recent leads show.
    """
    seen = _seen(case)
    found = compared = 0
    for first, second in _pairs(case, seen):
        same = _rule(case.rules[first]).priority == _rule(case.rules[second]).priority
        if compared >= MOST_COMPARED or found >= (MOST_WARNED if same else MOST_REMARKS):
            continue
        compared += 1
        finding = _of_pair(case, first, second, seen.get((first, second)))
        if finding:
            found += 1
            yield finding
    if compared >= MOST_COMPARED or found >= MOST_REMARKS:
        case.note("More pairs of rules than these may depend on their order.")


def _pairs(case: Case, seen: Mapping[tuple[int, int], _Seen]) -> list[tuple[int, int]]:
    """Return the pairs worth a look by their places: seen with recent leads first, then of the same priority."""
    rules = case.rules
    pairs = islice(combinations(range(len(rules)), 2), MOST_PAIRS)
    apart = [pair for pair in pairs if pair in seen or not rules[pair[0]].hull.misses(rules[pair[1]].hull)]

    def urgency(pair: tuple[int, int]) -> tuple[int, bool]:
        one, other = (_rule(rules[place]).priority for place in pair)
        return -(seen[pair].count if pair in seen else 0), one != other

    return sorted(apart, key=urgency)


def _seen(case: Case) -> Mapping[tuple[int, int], _Seen]:
    counts: Counter[tuple[int, int]] = Counter()
    examples: dict[tuple[int, int], Row] = {}
    for row, (first, *others) in ((row, places) for row, places in case.matches if places):
        for other in others:
            counts[first, other] += 1
            examples.setdefault((first, other), row)
    return {pair: _Seen(count, examples[pair]) for pair, count in counts.items()}


def _of_pair(case: Case, first: int, second: int, seen: _Seen | None) -> Finding | None:
    one, other = case.rules[first], case.rules[second]
    if _target(one) == _target(other):
        return None
    if other.takes_all or one.takes_all or case.find([one.taken, other.taken], budget=_BUDGET).row is None:
        return None
    if case.find([other.taken, one.missed], budget=_BUDGET).row is None:
        return None  # the later one is within the earlier: shadowed, and said so; or it cannot be told
    refines = case.find([one.taken, other.missed], budget=_BUDGET)
    same = _rule(one).priority == _rule(other).priority
    if refines.row is None and not (refines.never and same):
        return None
    example = seen.example if seen else _example(case, first, second)
    if example is None:
        return None
    severity = Severity.WARNING if same and refines.row is not None else Severity.INFO
    return _finding(case, one, other, example, severity, same=same, seen=seen)


def _example(case: Case, first: int, second: int) -> Row | None:
    """Return a lead that the earlier rule decides although the later one matches it too, if there can be one."""
    one, other = case.rules[first], case.rules[second]
    before = (*case.exclusions, *case.rules[:first])
    row = case.find([one.taken, other.taken, *(item.missed for item in before)]).row
    return None if row is None else case.example(row, taken=(one, other), missed=before)


def _finding(
    case: Case, one: Asked, other: Asked, example: Row, severity: Severity, *, same: bool, seen: _Seen | None
) -> Finding:
    by = "they have the same priority, so their ids decide" if same else "the order decides"
    count = f", as are {leads(seen.count, len(case.rows))}" if seen else ""
    return Finding(
        kind=Kind.OVERLAP,
        severity=severity,
        rule_ids=(one.id, other.id),
        says=f"{quoted(one.name)} and {quoted(other.name)} both match a lead with "
        f"{facts_in_words(shortened(example, case.fields), case.fields)}{count}; {by}: it goes to "
        f"{_rule(one).target.label}, not to {_rule(other).target.label}.",
        do="Give the one that should win a lower priority number."
        if same
        else "Nothing, if that is meant. Otherwise change the order, or let one leave out what the other takes.",
        example=shortened(example, case.fields),
        leads=seen.count if seen else 0,
    )


def _rule(item: Asked) -> RoutingRule:
    assert isinstance(item.of, RoutingRule)  # noqa: S101 - overlaps are of rules
    return item.of


def _target(item: Asked) -> tuple[str, str]:
    target = _rule(item).target
    return target.kind, str(target.id)
