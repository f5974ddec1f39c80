"""Runs through what happened twice at once: as the rules of the time decided it, and as a draft would have."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from oppspot.conditions.types import Field
from oppspot.routing.outcomes import Outcome
from oppspot.routing.record_forms import read_lead
from oppspot.routing.simulating.limits import NO_LIMITS, TriedLimits
from oppspot.routing.simulating.people import People
from oppspot.routing.simulating.types import Before, End, Event, Fate, Past
from oppspot.routing.simulating.world import World, in_order
from oppspot.routing.stretches import Stretch
from oppspot.routing.types import RoutableLead, RoutingConfig, RoutingDecision

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
    """Both courses of events, and how true the first is to what happened.

    `edits` counts ledgers that were found changed without a decision or a calibration, `loads` people who had more or
    fewer leads open than anything that is known says, which was taken over (`taken_over`, in units, by rep). From where
    the draft first decides otherwise (`diverged`), leads that wait in it are tried again by themselves.
    """

    live: World
    draft: World
    decisions: int = 0
    differences: list[Difference] = field(default_factory=list)
    edits: int = 0
    loads: int = 0
    taken_over: Counter[UUID] = field(default_factory=Counter)
    diverged: bool = False

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
) -> Run:
    """Return what became of leads under the rules of the time and under `draft` and `limits`; see `Simulation`."""
    simulation = Simulation(events, before, config_of, draft, limits)
    for _, group in groupby(history, key=attrgetter("at")):
        simulation.step(list(group))
    return simulation.run


class Simulation:
    """Takes history batch by batch, in the order decisions were taken; `run` is what has come of it so far.

    `config_of` gives a published version; `limits` are people's in the course of the draft. What people did (gifts,
    ends, calibrations) happens in both courses; a lead is done when it was, whoever has it.
    """

    def __init__(
        self,
        events: Iterable[Event],
        before: Before,
        config_of: ConfigOf,
        draft: RoutingConfig,
        limits: Mapping[UUID, TriedLimits] = NO_LIMITS,
    ) -> None:
        self.run = Run(World(before), World(before, is_draft=True, limits=limits))
        self._people = People(before.reps_now)
        self._config_of = config_of
        self._draft = draft
        self._coming = deque[Event]()
        self.expect(events)
        self._first_previous: dict[UUID, frozenset[UUID]] = {}

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
        leads = [read_lead(dict(past.lead), _fields(config, self._draft)) for past in batch]
        # Somebody had it while it was asked who else could: the clock passed it on, in vain if they have it still.
        asked_for = {lead.id for lead in leads if run.live.has(lead.id)}
        aside = _set_aside(run.live, asked_for)
        self._compare(batch, config, at)
        decided = run.live.decide(leads, config, self._people, at, office)
        _settle(run.live, aside)
        self._check(batch, decided)
        aside = _set_aside(run.draft, asked_for)
        drafted = [self._for_draft(lead, aside) for lead in leads if not run.draft.has(lead.id)]
        coming = {lead.id for lead in drafted}
        again = [lead for lead in run.draft.takes_up(at) if lead.id not in coming] if run.diverged else []
        run.draft.decide([*again, *drafted], self._draft, self._people, at, office)
        _settle(run.draft, aside)
        run.diverged = run.diverged or any(_differ(run, past.lead_id) for past in batch)

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
            self.run.live.happen(event)
            self.run.draft.happen(event)
        self._coming.extendleft(reversed(later))

    def _for_draft(self, lead: RoutableLead, aside: Mapping[UUID, tuple[UUID, int]]) -> RoutableLead:
        """Return a lead as it comes in the draft's world: who had it there does not get it again."""
        first = self._first_previous.setdefault(lead.id, lead.previous_rep_ids)
        holder = {aside[lead.id][0]} if lead.id in aside else set[UUID]()
        return replace(lead, previous_rep_ids=first | self.run.draft.lost_by(lead.id) | holder)

    def _compare(self, batch: Sequence[Past], config: RoutingConfig, at: datetime) -> None:
        """Hold ledgers and loads against what was recorded; what differs is counted, and taken over by both courses."""
        run, seen = self.run, set[str]()
        for past in batch:
            stretch = past.stretch
            if stretch is None or stretch.pool in seen:
                continue
            seen.add(stretch.pool)
            if off := run.live.loads_off(stretch):
                run.loads += len(off)
                run.taken_over.update(off)
                run.live.load(off)
                run.draft.load(off)
            if config.policies.fairness.algorithm == "value_balanced":
                for rep_id, more in run.live.values.off_by(stretch, at).items():
                    run.live.values.add(rep_id, at, more)
                    run.draft.values.add(rep_id, at, more)
            if not stretch.pool.startswith("individual:"):
                self._compare_ledger(stretch, config, at, past.office.calendar.zone)

    def _compare_ledger(self, stretch: Stretch, config: RoutingConfig, at: datetime, zone: str) -> None:
        run = self.run
        if not run.live.knows(stretch.pool):
            run.live.adopt(stretch, at)
            if not run.draft.knows(stretch.pool):
                run.draft.adopt(stretch, at)
        elif off := run.live.off_by(stretch, config, at, zone):
            run.edits += 1
            run.live.adopt(stretch, at)
            run.draft.shift(stretch.pool, off, at)

    def _check(self, batch: Sequence[Past], decisions: Sequence[RoutingDecision]) -> None:
        for past, decision in zip(batch, decisions, strict=True):
            if (decision.outcome, decision.rep_id, decision.queue) != (past.outcome, past.rep_id, past.queue):
                self.run.differences.append(Difference(past.id, past.at, past.reason, decision.reason))
            for fate in (self.run.live.fates[past.lead_id], self.run.live.lasts.get(past.lead_id)):
                if fate is not None and fate.decision_id is None:
                    fate.decision_id = past.id


def _set_aside(world: World, lead_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
    return {lead_id: held for lead_id in lead_ids if (held := world.set_aside(lead_id)) is not None}


def _settle(world: World, aside: Mapping[UUID, tuple[UUID, int]]) -> None:
    """Give leads back for which nobody was found; who has lost one does not get it again."""
    for lead_id, held in aside.items():
        if world.has(lead_id):
            world.lose(lead_id, held[0])
        else:
            world.put_back(lead_id, held)


def _differ(run: Run, lead_id: UUID) -> bool:
    live, draft = (world.lasts.get(lead_id) for world in (run.live, run.draft))
    return (live and live.place) != (draft and draft.place)


def _fields(live: RoutingConfig, draft: RoutingConfig) -> Mapping[str, Field]:
    return live.fields if live is draft else {**live.fields, **draft.fields}


def is_given(fate: Fate) -> bool:
    """Say whether routing gave a lead to somebody."""
    return fate.outcome == Outcome.ASSIGNED
