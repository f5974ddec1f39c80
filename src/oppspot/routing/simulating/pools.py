"""What each pool gave whom in one course of a simulation, and how even that was: by the weights of its members."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.routing.algorithms import DEFAULT_ALGORITHM, find_algorithm
from oppspot.routing.fairness_measures import by_weight, count_gap, jain_index
from oppspot.routing.shares import weights_of
from oppspot.routing.stretches import Stretch
from oppspot.routing.types import RoutingConfig, RoutingDecision


@dataclass(slots=True)
class PoolCourse:
    """One pool: how many leads each member was given through it, what those were worth, and everybody's weight."""

    name: str
    leads: Counter[UUID] = field(default_factory=Counter)
    worth: defaultdict[UUID, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    weights: dict[UUID, Decimal] = field(default_factory=dict)
    seen: Stretch | None = None

    @property
    def measures(self) -> dict[str, Any]:
        """Leads given, Jain's index of leads and of their value for a full share, and the gap in leads."""
        members, weights = list(self.weights), list(self.weights.values())
        leads, worth = [self.leads[each] for each in members], [self.worth[each] for each in members]
        return {
            "given": self.leads.total(),
            "even": jain_index(by_weight(leads, weights)),
            "gap": count_gap(leads, weights),
            "even_in_value": jain_index(by_weight(worth, weights)),
        }


class PoolCourses:
    """All pools of one course, by the key of their ledger."""

    def __init__(self) -> None:
        self.by_key: dict[str, PoolCourse] = {}

    def note(self, decisions: Iterable[RoutingDecision], config: RoutingConfig) -> None:
        """Count what was given through pools."""
        algorithms = {rule.id: rule.algorithm for rule in config.live_rules}
        for decision in decisions:
            key, stretch, rep_id = decision.ledger, decision.stretch, decision.rep_id
            if key is None or stretch is None or rep_id is None:
                continue
            pool = self.by_key.setdefault(key, PoolCourse(decision.target.label if decision.target else key))
            pool.leads[rep_id] += 1
            pool.worth[rep_id] += decision.value or Decimal(0)
            if pool.seen is not stretch:
                pool.seen = stretch
                algorithm = find_algorithm(algorithms.get(decision.rule_id or "", DEFAULT_ALGORITHM))
                pool.weights |= _weights(stretch, config, by_weight=algorithm.by_weight)


def _weights(stretch: Stretch, config: RoutingConfig, *, by_weight: bool) -> Mapping[UUID, Decimal]:
    here = [rep for rep in stretch.reps if rep.active and rep.joined]
    weights = weights_of(here, config.policies.fairness, by_weight=by_weight)
    return {rep.id: weight for rep, weight in zip(here, weights, strict=True) if weight}


def compared(live: PoolCourses, draft: PoolCourses) -> list[dict[str, Any]]:
    """Return how even each pool was in either course, by name; of a pool of one nothing can be said."""
    found = []
    for key in sorted(live.by_key.keys() | draft.by_key.keys()):
        pools = [course.by_key.get(key, PoolCourse("")) for course in (live, draft)]
        if max(len(pool.weights) for pool in pools) > 1:
            name = next(pool.name for pool in pools if pool.name)
            found.append({"pool": key, "name": name, "live": pools[0].measures, "draft": pools[1].measures})
    return sorted(found, key=lambda each: str(each["name"]))
