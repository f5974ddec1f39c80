"""The rules as the linter asks about them: each with what makes it match and what keeps it from matching."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from oppspot.conditions.index import RuleIndex
from oppspot.conditions.predicates import Predicate, Row, compile_predicate
from oppspot.conditions.types import Condition, Field, leaves_of
from oppspot.routing.linting.formulas import ALWAYS, Formula, Wish
from oppspot.routing.linting.hulls import Hull, hull_of
from oppspot.routing.linting.knowledge import ALWAYS_KNOWN, are_related
from oppspot.routing.linting.search import BUDGET, Answer, Search
from oppspot.routing.types import Exclusion, RoutingConfig, RoutingRule

# What all questions together may cost, in looks at a field: a few seconds.
MOST_EFFORT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, or an exclusion, with its condition in the linter's form."""

    of: RoutingRule | Exclusion
    taken: Formula  # what makes it match
    missed: Formula  # what keeps it from matching
    matches: Predicate
    hull: Hull

    @property
    def id(self) -> str:
        return self.of.id

    @property
    def name(self) -> str:
        return self.of.name

    @property
    def takes_all(self) -> bool:
        return self.taken == ALWAYS


@dataclass
class Case:
    """Everything the checks of conditions share: rules and exclusions in the order they are asked, and a sample."""

    config: RoutingConfig
    rows: Sequence[Row]
    now: datetime
    unsettled: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._search = Search(self.now)
        self.rules = tuple(self._asked(rule, rule.condition) for rule in self.config.live_rules)
        self.exclusions = tuple(self._asked(item, item.condition) for item in self.config.exclusions)

    def _asked(self, of: RoutingRule | Exclusion, condition: Condition) -> Asked:
        taken, missed = self._search.formula(condition), self._search.formula(condition, Wish.NOT_TRUE)
        return Asked(of, taken, missed, compile_predicate(condition), hull_of(condition))

    @cached_property
    def blocks(self) -> tuple[Asked, ...]:
        """Return the exclusions that let nothing through to the rules."""
        return tuple(item for item in self.exclusions if isinstance(item.of, Exclusion) and item.of.action == "block")

    def find(self, goals: Iterable[Formula], *, budget: int = BUDGET) -> Answer:
        """Return a lead that meets every goal."""
        if self.is_spent:
            self.note("There are too many rules to prove everything of each; what recent leads show is told.")
            return Answer()
        return self._search.find(goals, budget=min(budget, MOST_EFFORT - self._search.spent))

    @property
    def is_spent(self) -> bool:
        return self._search.spent >= MOST_EFFORT

    def note(self, said: str) -> None:
        """Keep what could not be settled, once."""
        if said not in self.unsettled:
            self.unsettled.append(said)

    def holds(self, row: Row, *, taken: Iterable[Asked] = (), missed: Iterable[Asked] = ()) -> bool:
        """Say whether these match a lead and those do not, by the predicates that decide."""
        return all(item.matches(row, self.now) for item in taken) and not any(
            item.matches(row, self.now) for item in missed
        )

    def example(
        self, row: Row, *, taken: Iterable[Asked] = (), missed: Iterable[Asked] = ()
    ) -> dict[str, object] | None:
        """Return a lead that was found with no more facts than it takes; None where it may be one that cannot be."""
        taken, missed = tuple(taken), tuple(missed)
        if not self.holds(row, taken=taken, missed=missed):
            return None
        kept = dict(row)
        for name in row.keys() - ALWAYS_KNOWN:
            without = {other: value for other, value in kept.items() if other != name}
            if self.holds(without, taken=taken, missed=missed):
                kept = without
        return None if are_related(kept) else kept

    @cached_property
    def matches(self) -> list[tuple[Row, list[int]]]:
        """Return each lead of the sample that no exclusion takes, with the places of all rules that match it."""
        excluded = RuleIndex([item.of.condition for item in self.exclusions])
        left = [
            row
            for row, first in zip(self.rows, excluded.first_match(self.rows, self.now), strict=True)
            if first is None
        ]
        return [(row, self.config.index.all_matches(row, self.now)) for row in left]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Return every field that rules and exclusions ask about, by name."""
        asked = (leaf.field for item in (*self.rules, *self.exclusions) for leaf in leaves_of(item.of.condition))
        return {found.name: found for found in asked}
