"""Finds rules that can never decide: no lead can meet them, or others take everything they ask for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from oppspot.conditions.describe import describe
from oppspot.routing.linting.asked import Asked, Case
from oppspot.routing.linting.types import Finding, Kind, Severity
from oppspot.routing.linting.wording import joined, quoted
from oppspot.routing.types import Exclusion

# Of rules that only together take everything, so many are tried one by one for whether it takes them.
_MOST_TAKERS: Final = 40


def idle_rules(case: Case) -> Iterator[Finding]:
    """Yield the rules and exclusions that no lead can reach; all that come after one that takes everything at once."""
    behind_a_net: dict[str, list[Asked]] = defaultdict(list)
    for item in case.exclusions:
        if case.find([item.taken]).never:
            yield _unreachable(item)
    for place, item in enumerate(case.rules):
        if case.find([item.taken]).never:
            yield _unreachable(item)
        else:
            before = [other for other in (*case.blocks, *case.rules[:place]) if not other.hull.misses(item.hull)]
            takers = _takers(case, item, before)
            if len(takers) == 1 and takers[0].takes_all:
                behind_a_net[takers[0].id].append(item)
            elif len(takers) == 1:
                yield _shadowed([item], takers, Severity.WARNING)
            elif takers and not item.takes_all:  # a net below everything is kept on purpose
                refined = all(case.find([taker.taken, item.missed]).never for taker in takers)
                yield _shadowed([item], takers, Severity.INFO if refined else Severity.WARNING)
    for net in case.rules:
        if items := behind_a_net[net.id]:
            yield _shadowed(items, [net], Severity.WARNING)


def _unreachable(item: Asked) -> Finding:
    what = "Exclusion" if isinstance(item.of, Exclusion) else "Rule"
    return Finding(
        kind=Kind.UNREACHABLE,
        severity=Severity.WARNING,
        rule_ids=(item.id,),
        says=f"{what} {quoted(item.name)} asks for what no lead can be: {describe(item.of.condition)}.",
        do="Change its conditions, or turn it off.",
    )


def _takers(case: Case, item: Asked, before: Sequence[Asked]) -> list[Asked]:
    """Return those of the earlier ones that take every lead this one asks for, as few as can be; none if they don't."""
    answer = case.find([item.taken, *(other.missed for other in before)])
    if answer.row is not None:
        return []
    alone = next((other for other in before if case.find([item.taken, other.missed]).never), None)
    if alone:
        return [alone]
    if not answer.never:
        if not case.is_spent:
            case.note(f"Whether earlier rules leave anything for {quoted(item.name)} is too intricate to tell.")
        return []
    return _fewest(case, item, [other for other in before if not case.find([item.taken, other.taken]).never])


def _fewest(case: Case, item: Asked, takers: list[Asked]) -> list[Asked]:
    for other in list(takers)[:_MOST_TAKERS]:
        without = [taker for taker in takers if taker is not other]
        if case.find([item.taken, *(taker.missed for taker in without)]).never:
            takers = without
    return takers


def _shadowed(items: Sequence[Asked], takers: Sequence[Asked], severity: Severity) -> Finding:
    rules, names = joined(quoted(item.name) for item in items), joined(quoted(taker.name) for taker in takers)
    which, decide, ask, them = (
        ("Rule", "decides", "it asks", "it") if len(items) == 1 else ("Rules", "decide", "they ask", "them")
    )
    take, come = ("takes", "comes") if len(takers) == 1 else ("together take", "come")
    return Finding(
        kind=Kind.SHADOWED,
        severity=severity,
        rule_ids=(*(item.id for item in items), *(taker.id for taker in takers)),
        says=f"{which} {rules} never {decide}: {names} {take} every lead {ask} for, and {come} first.",
        do=f"Put {rules} before {names}, or turn {them} off.",
    )
