"""Decides what changed a score between two times, cause by cause; the causes sum exactly to the change."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum

from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.explain import Number
from oppspot.scoring.rules import score_lead
from oppspot.scoring.types import CompanyFacts, Contribution, LeadFacts, LeadScore, ScoreInputs


class Cause(StrEnum):
    TIME = "time"
    EVENTS = "events"
    FACT = "fact"
    MODEL = "model"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class ChangeTerm:
    """A cause and the points it moved; `before` and `after` are the values that changed, as text."""

    cause: Cause
    source: str
    label: str
    points: Decimal
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """The change of one number. `points` is after - before, an unknown number counting as 0, and the sum of terms."""

    number: Number
    before: Decimal | None
    after: Decimal | None
    points: Decimal
    terms: tuple[ChangeTerm, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    cause: Cause
    source: str
    label: str
    inputs: ScoreInputs
    before: str | None = None
    after: str | None = None


def diff_scores(before: LeadScore, after: LeadScore, number: Number = Number.OVERALL) -> ScoreChange:
    """Say what changed a number of the score.

    The inputs are exchanged one cause at a time - time, then events, then facts, then the model - and each cause
    is given what the number moved when it was exchanged, so the terms sum to the change without a remainder.
    """
    terms = []
    last = start = _points(before, number)
    for step in _steps(before.inputs, after.inputs):
        points = _points(score_lead(*step.inputs), number)
        if moved := points - last:
            terms.append(ChangeTerm(step.cause, step.source, step.label, moved, step.before, step.after))
        last = points
    return ScoreChange(number, getattr(before, number), getattr(after, number), last - start, tuple(terms))


def diff_contributions(before: Sequence[Contribution], after: Sequence[Contribution]) -> tuple[ChangeTerm, ...]:
    """Say term by term what changed, for stored scores whose inputs are gone.

    The terms sum to the change, but where a fact became known every other term moves too, as weight goes to it.
    """
    old, new = {term.key: term for term in before}, {term.key: term for term in after}
    terms = []
    for key, term in (old | new).items():
        was, now = old.get(key), new.get(key)
        moved = (now.points if now else Decimal(0)) - (was.points if was else Decimal(0))
        if moved:
            reasons = (was.reason if was else None, now.reason if now else None)
            terms.append(ChangeTerm(Cause.TERM, key, term.label, moved, *reasons))
    return tuple(terms)


def _points(score: LeadScore, number: Number) -> Decimal:
    points: Decimal | None = getattr(score, number)
    return Decimal(0) if points is None else points


def _steps(before: ScoreInputs, after: ScoreInputs) -> Iterator[_Step]:
    """Yield the inputs after each cause in turn; the last ones are those of `after`."""
    inputs = before._replace(now=after.now)
    yield _Step(Cause.TIME, "time", "Time passed", inputs, before.now.isoformat(), after.now.isoformat())
    for step in _event_steps(inputs, after.events):
        inputs = step.inputs
        yield step
    for step in _fact_steps(inputs, after.facts):
        inputs = step.inputs
        yield step
    yield _Step(Cause.MODEL, "model", "Scoring model changed", after)


def _event_steps(inputs: ScoreInputs, events: Sequence[EngagementEvent]) -> Iterator[_Step]:
    old, new = Counter(inputs.events), Counter(events)
    for kind in EventKind:
        gone, come = _of_kind(old - new, kind), _of_kind(new - old, kind)
        if not gone and not come:
            continue
        kept = Counter(inputs.events) - gone + come
        inputs = inputs._replace(events=tuple(kept.elements()))
        label = kind.replace("_", " ").capitalize()
        yield _Step(
            Cause.EVENTS,
            f"event.{kind}",
            label,
            inputs,
            str(_of_kind(old, kind).total()),
            str(_of_kind(new, kind).total()),
        )


def _of_kind(events: Counter[EngagementEvent], kind: EventKind) -> Counter[EngagementEvent]:
    return Counter({event: count for event, count in events.items() if event.kind is kind})


def _fact_steps(inputs: ScoreInputs, facts: LeadFacts) -> Iterator[_Step]:
    for field in fields(CompanyFacts):
        old, new = getattr(inputs.facts.company, field.name), getattr(facts.company, field.name)
        if old != new:
            company = replace(inputs.facts.company, **{field.name: new})
            inputs = inputs._replace(facts=replace(inputs.facts, company=company))
            yield _fact(f"company.{field.name}", inputs, old, new)
    for field in fields(LeadFacts):
        old, new = getattr(inputs.facts, field.name), getattr(facts, field.name)
        if field.name != "company" and old != new:
            inputs = inputs._replace(facts=replace(inputs.facts, **{field.name: new}))
            yield _fact(f"lead.{field.name}", inputs, old, new)


def _fact(source: str, inputs: ScoreInputs, before: object, after: object) -> _Step:
    label = source.partition(".")[2].replace("_", " ").capitalize()
    return _Step(Cause.FACT, source, label, inputs, _text(before), _text(after))


def _text(value: object) -> str | None:
    if value is None:
        return None
    return ", ".join(value) if isinstance(value, tuple) else str(value)
