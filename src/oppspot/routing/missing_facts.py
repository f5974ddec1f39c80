"""Says which unknown facts kept a lead from every rule: unknown is not false, so it might have matched."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from oppspot.conditions.values import READERS
from oppspot.routing.types import RoutingConfig


def missing_facts(config: RoutingConfig, facts: Mapping[str, object], now: datetime) -> tuple[str, ...]:
    """Return the labels of the unknown facts asked about by rules that what is known does not settle."""
    unknown = {name for name, field in config.fields.items() if READERS[field.type](facts.get(name)) is None}
    missing: set[str] = set()
    for asked, predicate in config.questions if unknown else ():
        if missing >= unknown:
            break
        if not unknown.isdisjoint(asked) and predicate(facts, now) is None:
            missing |= unknown & asked
    return tuple(field.label for name, field in config.fields.items() if name in missing)


def phrase_missing(labels: Sequence[str]) -> str:
    """Return what to add to "no rule matched"; nothing when no fact was missing."""
    return f" (it might have, but this is not known: {', '.join(labels)})" if labels else ""
