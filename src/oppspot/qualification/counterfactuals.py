"""Decides which missing facts would change the verdict, and by how much; the most useful first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from oppspot.qualification.compiled import CompiledFramework, compile_framework
from oppspot.qualification.criteria import CompiledCriterion, met
from oppspot.qualification.framework import Framework
from oppspot.qualification.review import utc_day
from oppspot.qualification.rules import (
    Knowledge,
    counted,
    decide,
    element_result,
    judge,
    knowledge_of,
    pair_up,
    weigh_up,
)
from oppspot.qualification.types import Claim, ClaimValue, CriterionResult, ElementResult


class Counterfactual(NamedTuple):
    """What verified, favourable answers about some claim keys would lead to."""

    keys: tuple[str, ...]
    asks: tuple[str, ...]
    overall_score: int
    gain: int  # whole points
    status_before: str
    status: str

    @property
    def text(self) -> str:
        """The counterfactual as a sentence."""
        asks, before, after = _in_a_row(self.asks), self.status_before, self.status
        if before == after:
            return f"{asks}: {self.overall_score} instead of {self.overall_score - self.gain} points, still {after}."
        return f"{asks}: this moves the lead from {before} to {after} ({self.overall_score} points)."


def _in_a_row(asks: Sequence[str]) -> str:
    first, *others = asks
    *middle, last = [f"{ask[:1].lower()}{ask[1:]}" for ask in others] or [""]
    return f"{', '.join([first, *middle])} and {last}" if last else first


def list_counterfactuals(framework: Framework, claims: Sequence[Claim], now: datetime) -> tuple[Counterfactual, ...]:
    """Return what each open key could change: better verdicts first, then fewer keys, then more points.

    When no single key betters the verdict, the smallest set found that does (largest gains first, then pruned) leads.
    """
    lead = _Lead.of(compile_framework(framework), claims, now)
    singles = [lead.suppose((key,)) for key in lead.open_keys()]
    found = list(singles)
    if not any(map(lead.is_better, singles)):
        found.extend(lead.suppose_together([single.keys[0] for single in sorted(singles, key=lambda one: -one.gain)]))
    return tuple(sorted(found, key=lambda one: (lead.rank(one.status), len(one.keys), -one.gain)))


@dataclass(frozen=True, slots=True)
class _Lead:
    """A lead's results, ready to be changed in thought."""

    compiled: CompiledFramework
    knowledge: Knowledge
    elements: Sequence[ElementResult]
    today: date
    overall: int
    status: str

    @classmethod
    def of(cls, compiled: CompiledFramework, claims: Sequence[Claim], now: datetime) -> "_Lead":
        knowledge, today = knowledge_of(compiled, claims, now), utc_day(now)
        elements = [judge(element, knowledge.current, today) for element in compiled.elements]
        overall, status = _outcome(compiled, elements, knowledge)
        return cls(compiled, knowledge, elements, today, overall, status)

    def open_keys(self) -> list[str]:
        """Return the keys worth asking about, in the order of the framework."""
        pairs = pair_up(self.compiled, self.elements)
        return list(dict.fromkeys(criterion.key for criterion, result in pairs if _is_open(criterion, result)))

    def rank(self, status: str) -> int:
        """Return the place of a verdict, the best being 0."""
        return [verdict.status for verdict in self.compiled.definition.verdicts].index(status)

    def is_better(self, supposed: Counterfactual) -> bool:
        return self.rank(supposed.status) < self.rank(self.status)

    def suppose(self, keys: Sequence[str]) -> Counterfactual:
        """Return what verified answers that meet every open criterion of some keys would lead to."""
        following = self._following(keys)
        elements = [
            element_result(
                tuple(
                    met(result) if _is_open(criterion, result) and self._is_met(criterion, keys, following) else result
                    for criterion, result in zip(element.criteria, before.criteria, strict=True)
                )
            )
            for element, before in zip(self.compiled.elements, self.elements, strict=True)
        ]
        verified = dict.fromkeys((*keys, *following), self.compiled.reading.trust["verified"])
        knowledge = self.knowledge._replace(
            trust={**self.knowledge.trust, **verified}, facts=self.knowledge.facts.union(keys)
        )
        overall, status = _outcome(self.compiled, elements, knowledge)
        asks = tuple(self._ask(key) for key in keys)
        return Counterfactual(tuple(keys), asks, overall, overall - self.overall, self.status, status)

    def suppose_together(self, keys: Sequence[str]) -> list[Counterfactual]:
        """Return the shortest run of keys that betters the verdict, without those it does not need; or nothing."""
        needed = next(
            (keys[:count] for count in range(2, len(keys) + 1) if self.is_better(self.suppose(keys[:count]))), ()
        )
        for key in tuple(needed):
            fewer = [other for other in needed if other != key]
            if fewer and self.is_better(self.suppose(fewer)):
                needed = fewer
        return [self.suppose(needed)] if needed else []

    def _following(self, keys: Sequence[str]) -> dict[str, ClaimValue]:
        """Return what favourable answers about some keys also say about others."""
        best = {
            criterion.key: criterion.best_value
            for element in self.compiled.elements
            for criterion in element.criteria
            if criterion.key in keys and criterion.best_value is not None
        }
        return {
            implied: follow(value)
            for key, value in best.items()
            for implied, follow, _ in self.compiled.reading.relevant[key]
        }

    def _is_met(self, criterion: CompiledCriterion, keys: Sequence[str], following: Mapping[str, ClaimValue]) -> bool:
        if criterion.key in keys:
            return True
        value = following.get(criterion.key)
        return value is not None and criterion.earn(value, self.today)[0] == criterion.points

    def _ask(self, key: str) -> str:
        open_criteria = [
            (result.max_points - result.points, criterion.ask.text)
            for criterion, result in pair_up(self.compiled, self.elements)
            if criterion.key == key and _is_open(criterion, result)
        ]
        return max(open_criteria, key=lambda pair: pair[0])[1]


def _is_open(criterion: CompiledCriterion, result: CriterionResult) -> bool:
    return result.state in {"unknown", "expired"} or (criterion.improvable and result.state != "met")


def _outcome(compiled: CompiledFramework, judged: Sequence[ElementResult], knowledge: Knowledge) -> tuple[int, str]:
    elements = counted(compiled, judged)
    known = [pair for pair in pair_up(compiled, elements) if pair[1].is_known]
    standing = weigh_up(compiled, elements, known, knowledge.trust, len(knowledge.facts))
    return standing.overall, decide(compiled.definition, standing, elements).status
