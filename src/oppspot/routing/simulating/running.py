"""Runs through what happened side by side: by the rules of the time, by those that are live now, by a draft."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from oppspot.routing.outcomes import Outcome
from oppspot.routing.record_forms import read_lead
from oppspot.routing.simulating.limits import NO_LIMITS, TriedLimits
from oppspot.routing.simulating.people import People
from oppspot.routing.simulating.supposing import Supposed, set_aside, settle
from oppspot.routing.simulating.types import Before, End, Event, Fate, Past
from oppspot.routing.simulating.world import World, in_order
from oppspot.routing.stretches import Stretch
from oppspot.routing.types import RoutingConfig, RoutingDecision

ConfigOf = Callable[[int], RoutingConfig]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored decision that the simulation did not come to under the rules of its time."""

    decision_id: UUID
    at: datetime
    expected: str
    found: str


@dataclass(slots=True)
class Run:
    """The courses of events, and how true the first, `then`, is to what happened.

    `edited` is the course of the live configuration, where others decided before it was published. `edits` counts
    ledgers that were found changed without a decision or a calibration, `loads` people who had more or fewer leads open
    than anything that is known says, which was taken over (`taken_over`, in units, by rep).
    """

    then: World
    draft: Supposed
    edited: Supposed | None = None
    decisions: int = 0
    differences: list[Difference] = field(default_factory=list)
    edits: int = 0
    loads: int = 0
    taken_over: Counter[UUID] = field(default_factory=Counter)

    @property
    def live(self) -> World:
        """What a draft is compared with: what comes of the live configuration."""
        return self.then if self.edited is None else self.edited

    @property
    def supposed(self) -> Sequence[Supposed]:
        """The courses that did not happen."""
        return [self.draft] if self.edited is None else [self.edited, self.draft]

    @property
    def courses(self) -> Sequence[World]:
        """All courses, what happened first."""
        return [self.then, *self.supposed]

    @property
    def is_trusted(self) -> bool:
        return not self.differences and not self.edits and not self.fewer

    @property
    def fewer(self) -> int:
        """How many people had, to the end, fewer leads open than anything that is known says.

        What was erased since can only ever have been more than is known. For a moment somebody may have had fewer,
        where a decision had waited for its turn; that evens out.
        """
        return sum(units < 0 for units in self.taken_over.values())


def run_through(
    history: Iterable[Past],
    events: Iterable[Event],
    before: Before,
    config_of: ConfigOf,
    draft: RoutingConfig,
    limits: Mapping[UUID, TriedLimits] = NO_LIMITS,
    live: RoutingConfig | None = None,
) -> Run:
    """Return what became of leads under the rules of the time and under `draft` and `limits`; see `Simulation`."""
    simulation = Simulation(events, before, config_of, draft, limits, live)
    for _, group in groupby(history, key=attrgetter("at")):
        simulation.step(list(group))
    return simulation.run


class Simulation:
    """Takes history batch by batch, in the order decisions were taken; `run` is what has come of it so far.

    `config_of` gives a published version; `limits` are people's in the course of the draft; `live` is what is live now,
    None where nothing else decided in that time, for then its course is what happened. What people did (gifts, ends,
    calibrations) happens in every course; a lead is done when it was, whoever has it.
    """

    def __init__(
        self,
        events: Iterable[Event],
        before: Before,
        config_of: ConfigOf,
        draft: RoutingConfig,
        limits: Mapping[UUID, TriedLimits] = NO_LIMITS,
        live: RoutingConfig | None = None,
    ) -> None:
        edited = None if live is None else Supposed(before, live)
        self.run = Run(World(before), Supposed(before, draft, limits), edited)
        self._people = People(before.reps_now)
        self._config_of = config_of
        self._fields = {name: each for course in self.run.supposed for name, each in course.config.fields.items()}
        self._coming = deque[Event]()
        self.expect(events)

    def expect(self, events: Iterable[Event]) -> None:
        """Learn what people did, none of it before what is known already; it happens when decisions come to it."""
        self._coming.extend(in_order(events))

    def step(self, batch: Sequence[Past]) -> None:
        """Take the decisions of one moment again, after what happened before it."""
        run, at, office = self.run, batch[0].at, batch[0].office
        self._happen(at, {past.lead_id for past in batch})
        run.decisions += len(batch)
        self._people.learn(batch)
        config = self._config_of(batch[0].version)
        fields = {**config.fields, **self._fields}
        leads = [read_lead(dict(past.lead), fields) for past in batch]
        # Somebody had it while it was asked who else could: the clock passed it on, in vain if they have it still.
        asked_for = {lead.id for lead in leads if run.then.has(lead.id)}
        aside = set_aside(run.then, asked_for)
        self._compare(batch, config, at)
        decided = run.then.decide(leads, config, self._people, at, office)
        settle(run.then, aside)
        self._check(batch, decided)
        for course in run.supposed:
            course.follow(run.then, leads, asked_for, self._people, at, office)

    def _happen(self, until: datetime, lead_ids: AbstractSet[UUID]) -> None:
        """Let happen what comes before a batch: of the same moment only what let go of the leads that are in it.

        A sweep first passes leads on, then gives others to the seat, all at one moment.
        """
        later = []
        while self._coming and self._coming[0].at <= until:
            event = self._coming.popleft()
            if event.at == until and not (isinstance(event, End) and event.lead_id in lead_ids):
                later.append(event)
                continue
            for course in self.run.courses:
                course.happen(event)
        self._coming.extendleft(reversed(later))

    def _compare(self, batch: Sequence[Past], config: RoutingConfig, at: datetime) -> None:
        """Hold ledgers and loads against what was recorded; what differs is counted, and taken over by all."""
        run, seen = self.run, set[str]()
        for past in batch:
            stretch = past.stretch
            if stretch is None or stretch.pool in seen:
                continue
            seen.add(stretch.pool)
            if off := run.then.loads_off(stretch):
                run.loads += len(off)
                run.taken_over.update(off)
                for course in run.courses:
                    course.load(off)
            if config.policies.fairness.algorithm == "value_balanced":
                for rep_id, more in run.then.values.off_by(stretch, at).items():
                    for course in run.courses:
                        course.values.add(rep_id, at, more)
            if not stretch.pool.startswith("individual:"):
                self._compare_ledger(stretch, config, at, past.office.calendar.zone)

    def _compare_ledger(self, stretch: Stretch, config: RoutingConfig, at: datetime, zone: str) -> None:
        run = self.run
        if not run.then.knows(stretch.pool):
            for course in run.courses:
                if not course.knows(stretch.pool):
                    course.adopt(stretch, at)
        elif off := run.then.off_by(stretch, config, at, zone):
            run.edits += 1
            run.then.adopt(stretch, at)
            for course in run.supposed:
                course.shift(stretch.pool, off, at)

    def _check(self, batch: Sequence[Past], decisions: Sequence[RoutingDecision]) -> None:
        for past, decision in zip(batch, decisions, strict=True):
            if (decision.outcome, decision.rep_id, decision.queue) != (past.outcome, past.rep_id, past.queue):
                self.run.differences.append(Difference(past.id, past.at, past.reason, decision.reason))
            for fate in (self.run.then.fates[past.lead_id], self.run.then.lasts.get(past.lead_id)):
                if fate is not None and fate.decision_id is None:
                    fate.decision_id = past.id


def is_given(fate: Fate) -> bool:
    """Say whether routing gave a lead to somebody."""
    return fate.outcome == Outcome.ASSIGNED
