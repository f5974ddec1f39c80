"""Puts all checks together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from oppspot.routing.linting.asked import Case
from oppspot.routing.linting.conditions import idle_rules
from oppspot.routing.linting.coverage import uncovered
from oppspot.routing.linting.overlaps import overlapping
from oppspot.routing.linting.policies import idle_optimisation, seatless
from oppspot.routing.linting.pools import below_inflow, starving
from oppspot.routing.linting.territories import missing_territories, overlapping_territories
from oppspot.routing.linting.types import Finding, Member, Population, Report, Seats, Severity
from oppspot.routing.types import RoutingConfig

_WORST_FIRST: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def lint(
    config: RoutingConfig,
    people: Sequence[Member],
    population: Population,
    seats: Seats,
    now: datetime,
) -> Report:
    """Return what is wrong with a configuration, the worst first.

    `people` are all who take leads or did. Whatever is said to be impossible is so for every lead that can be;
    whatever is shown by an example is true of it by the predicates that decide. What neither holds of is left unsaid.
    """
    case = Case(config, population.rows, now)
    findings: list[Finding] = [
        *idle_rules(case),
        *overlapping(case),
        *uncovered(case),
        *starving(config, people),
        *below_inflow(case, people, population),
        *seatless(config, seats),
        *missing_territories(config),
        *overlapping_territories(config),
        *idle_optimisation(config),
    ]
    findings.sort(key=lambda finding: _WORST_FIRST[finding.severity])
    return Report(tuple(findings), len(population.rows), tuple(case.unsettled))
