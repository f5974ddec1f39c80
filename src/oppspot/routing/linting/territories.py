"""Finds rules by territory where there is none, and territories between which neither priority nor width decides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Final

from oppspot.routing.linting.types import Finding, Kind, Severity
from oppspot.routing.linting.wording import joined, quoted
from oppspot.routing.policies import Territory
from oppspot.routing.territories import Atlas, narrowness
from oppspot.routing.types import RoutingConfig

MOST_PAIRS: Final = 200_000
MOST_FINDINGS: Final = 20
_MOST_POSTCODES: Final = 200
_LONGEST_POSTCODE: Final = 8
Facts = dict[str, object]


def missing_territories(config: RoutingConfig) -> Iterator[Finding]:
    """Yield that rules go by territory where there is none."""
    rules = [rule for rule in config.live_rules if rule.algorithm == "territory"]
    if rules and not config.territories:
        yield Finding(
            Kind.NO_TERRITORIES,
            Severity.ERROR,
            tuple(rule.id for rule in rules),
            f"There is no territory, so nobody gets the leads of {joined(quoted(rule.name) for rule in rules)}.",
            "Add territories, or let the rule go in turn.",
        )


def overlapping_territories(config: RoutingConfig) -> Iterator[Finding]:
    """Yield the pairs of territories that both count for some lead, each with such a lead."""
    rules = tuple(rule.id for rule in config.live_rules if rule.algorithm == "territory")
    if not rules:
        return
    shown = 0
    for one, other in _alike(config.territories):
        lead = _shared_lead(one, other) if shown < MOST_FINDINGS else None
        if lead is None:
            continue
        shown += 1
        where = ", ".join(f"company {name.partition('.')[2]} {value}" for name, value in lead.items())
        yield Finding(
            Kind.TERRITORIES_OVERLAP,
            Severity.WARNING,
            rules,
            f"A lead with {where or 'nothing known'} lies in {quoted(one.name)} and in {quoted(other.name)}. They "
            "have the same priority and neither is narrower, so it goes to whoever covers either.",
            "Give the one that should win a lower priority number.",
            example=lead,
        )


def _alike(territories: Sequence[Territory]) -> Iterator[tuple[Territory, Territory]]:
    """Return the pairs between which neither priority nor width decides."""
    groups: defaultdict[tuple[int, tuple[int, ...]], list[Territory]] = defaultdict(list)
    for territory in territories:
        groups[territory.priority, narrowness(territory)].append(territory)
    return islice((pair for group in groups.values() for pair in combinations(group, 2)), MOST_PAIRS)


def _shared_lead(one: Territory, other: Territory) -> Facts | None:
    """Return a lead that lies in both, found from their lists and tried as routing does; None if none is found."""
    lists = {
        "company.country": (one.countries, other.countries),
        "company.region": (one.regions, other.regions),
        "company.industry": (one.industries, other.industries),
        "company.name": (one.accounts, other.accounts),
    }
    facts: Facts = {}
    for name, (first, second) in lists.items():
        if first or second:
            shared = _shared(first, second)
            if shared is None:
                return None
            facts[name] = shared
    least = max(one.min_employees or 0, other.min_employees or 0)
    if any(bound is not None for each in (one, other) for bound in (each.min_employees, each.max_employees)):
        facts["company.employees"] = least
    atlas = Atlas([one, other])
    for postcode in _postcodes(one, other):
        lead = facts if postcode is None else facts | {"company.postcode": postcode}
        if len(atlas.territories_of(lead)) > 1:
            return lead
    return None


def _shared(first: Sequence[str], second: Sequence[str]) -> str | None:
    if not first or not second:
        return (*first, *second)[0]
    wanted = {name.casefold() for name in second}
    return next((name for name in first if name.casefold() in wanted), None)


def _postcodes(one: Territory, other: Territory) -> Iterator[str | None]:
    """Yield postcodes that may lie in both: where each beginning or range starts and ends."""
    if not one.postcodes and not other.postcodes:
        yield None
        return
    for entry in (*one.postcodes[:_MOST_POSTCODES], *other.postcodes[:_MOST_POSTCODES]):
        for end in entry.split("-"):
            yield end.strip()
            yield end.strip().ljust(_LONGEST_POSTCODE, "0")
