"""One course of events: who has which lead, what everybody was given and is owed, as decisions are taken anew."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.routing.capacity import window_start
from oppspot.routing.fairness import settle_departures
from oppspot.routing.outcomes import WAITING, Outcome
from oppspot.routing.people import Rep
from oppspot.routing.rules import route_leads
from oppspot.routing.simulating.limits import NO_LIMITS, TriedLimits
from oppspot.routing.simulating.people import People
from oppspot.routing.simulating.pools import PoolCourses
from oppspot.routing.simulating.types import Before, Edit, End, Event, Fate, Gift
from oppspot.routing.simulating.worth import Worth
from oppspot.routing.stretches import Stretch
from oppspot.routing.types import FairnessLedger, Office, RoutableLead, RoutingConfig, RoutingDecision

# Leads that wait are tried again after so long.
RETRY: Final = timedelta(minutes=15)
# At a time, as the sweep does (corridor/jobs.py).
MOST_TRIED: Final = 500
_WORTHLESS: Final = Decimal(0)


class World:
    """What is so at one moment of a simulation, and what has become of every lead.

    `limits` hold in it all the time instead of what people's were.
    """

    def __init__(self, before: Before, limits: Mapping[UUID, TriedLimits] = NO_LIMITS) -> None:
        self.limits = limits
        self._held = dict(before.held)
        self._zones = before.zones
        self._units = Counter[UUID]()
        for rep_id, units in before.held.values():
            self._units[rep_id] += units
        self._given: defaultdict[UUID, list[datetime]] = defaultdict(list)
        for rep_id, at, _ in before.given:
            insort(self._given[rep_id], at)
        self.values = Worth(before.given)
        # Everybody as they were shown last, and what that was made of.
        self._shown: dict[UUID, tuple[Rep, int, tuple[int, ...], Decimal, Rep]] = {}
        self._ledgers: dict[str, FairnessLedger] = {}
        self._touched: dict[tuple[str, UUID], datetime] = {}
        self._lost: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._waiting: dict[UUID, tuple[RoutableLead, datetime]] = {}
        # What the decision before came to, of leads that are taken from somebody while it is asked who else could.
        self._former: dict[UUID, Fate] = {}
        self.fates: dict[UUID, Fate] = {}
        self.lasts: dict[UUID, Fate] = {}
        self.peaks = Counter[UUID]()
        # How many leads routing gave to whom, each as often as it gave it, and what they were worth.
        self.routed = Counter[UUID]()
        self.worth: defaultdict[UUID, Decimal] = defaultdict(Decimal)
        self.pools = PoolCourses()

    def happen(self, event: Event) -> None:
        """Let something happen that routing does not decide."""
        match event:
            case Gift():
                self._free(event.lead_id)
                self._waiting.pop(event.lead_id, None)
                self._take(event.lead_id, event.rep_id, event.units, event.value, event.at)
            case End():
                holder = self._free(event.lead_id)
                if event.is_over:
                    self._waiting.pop(event.lead_id, None)
                elif holder is not None:
                    self._lost[event.lead_id].add(holder)
            case Edit():
                owed = dict(self._ledger(event.pool).credits)
                for rep_id, change in event.changes.items():
                    owed[rep_id] = owed.get(rep_id, 0) + change
                    self._touched[event.pool, rep_id] = event.at
                self._ledgers[event.pool] = replace(self._ledger(event.pool), credits=owed)

    def off_by(self, stretch: Stretch, config: RoutingConfig, now: datetime, zone: str) -> dict[UUID, int]:
        """Return by how much the credits of a pool were others when a recorded stretch began; empty: they were not."""
        members = [rep.id for rep in stretch.reps]
        ledger = self._current_ledgers(config, now, zone).get(stretch.pool) or FairnessLedger(stretch.pool, {})
        owed = settle_departures(ledger.credits, members)
        off = {rep_id: credit - owed.get(rep_id, 0) for rep_id, credit in zip(members, stretch.credits, strict=True)}
        return {rep_id: amount for rep_id, amount in off.items() if amount}

    def shift(self, pool: str, amounts: Mapping[UUID, int], at: datetime) -> None:
        """Move the credits of a pool."""
        self.happen(Edit(at, pool, amounts))

    def loads_off(self, stretch: Stretch) -> dict[UUID, int]:
        """Return by how many units people had more open, when a recorded stretch began, than here."""
        return {
            rep.id: open_count - self._units[rep.id]
            for rep, open_count, given in zip(stretch.reps, stretch.open_counts, stretch.given, strict=True)
            if not given and open_count != self._units[rep.id]
        }

    def load(self, amounts: Mapping[UUID, int]) -> None:
        """Let people have more, or fewer, units open."""
        self._units.update(amounts)

    def set_aside(self, lead_id: UUID) -> tuple[UUID, int] | None:
        """Take a lead from whoever has it while it is asked who else could; `put_back` if nobody can."""
        held = self._held.get(lead_id)
        self._free(lead_id)
        if lead_id in self.lasts:
            self._former[lead_id] = self.lasts.pop(lead_id)
        return held

    def put_back(self, lead_id: UUID, held: tuple[UUID, int]) -> None:
        self._held[lead_id] = held
        self._units[held[0]] += held[1]
        self._waiting.pop(lead_id, None)
        # It was asked in vain, which changed nothing.
        self.lasts.pop(lead_id, None)
        if (former := self._former.pop(lead_id, None)) is not None:
            self.lasts[lead_id] = former

    def lose(self, lead_id: UUID, rep_id: UUID) -> None:
        """Note that somebody had a lead and does not get it again."""
        self._lost[lead_id].add(rep_id)

    def knows(self, pool: str) -> bool:
        return pool in self._ledgers

    def adopt(self, stretch: Stretch, at: datetime) -> None:
        """Take over the ledger of a pool as it was recorded."""
        members = [rep.id for rep in stretch.reps]
        owed, ahead = (dict(zip(members, amounts, strict=True)) for amounts in (stretch.credits, stretch.ahead))
        self._ledgers[stretch.pool] = FairnessLedger(stretch.pool, owed, ahead)
        self._touched.update({(stretch.pool, rep_id): at for rep_id in members})

    def takes_up(self, now: datetime) -> list[RoutableLead]:
        """Return the leads that wait and are tried again by now, the best first."""
        due = [lead for lead, tried in self._waiting.values() if tried + RETRY <= now]
        return sorted(due, key=lambda lead: -(lead.score or 0.0))[:MOST_TRIED]

    def has(self, lead_id: UUID) -> bool:
        return lead_id in self._held

    def lost_by(self, lead_id: UUID) -> frozenset[UUID]:
        return frozenset(self._lost[lead_id])

    def decide(
        self, leads: Sequence[RoutableLead], config: RoutingConfig, people: People, now: datetime, office: Office
    ) -> tuple[RoutingDecision, ...]:
        """Route leads as of a moment, and let the decisions come true."""
        balances = config.policies.fairness.algorithm == "value_balanced"
        reps = [self._as_of(rep, now, balances=balances) for rep in people.everybody()]
        batch = route_leads(leads, config, reps, self._current_ledgers(config, now, office.calendar.zone), now, office)
        for lead, decision in zip(leads, batch.decisions, strict=True):
            self._come_true(lead, decision, now)
        self.pools.note(batch.decisions, config)
        for pool, group in groupby(batch.credits, key=attrgetter("pool")):
            ledger = self._ledger(pool)
            owed, ahead = dict(ledger.credits), dict(ledger.ahead)
            for credit in group:
                owed[credit.rep_id], ahead[credit.rep_id] = credit.amount, credit.ahead
                self._touched[pool, credit.rep_id] = now
            self._ledgers[pool] = FairnessLedger(pool, owed, ahead)
        return batch.decisions

    def note(self, lead_id: UUID, fate: Fate) -> None:
        """Keep what became of a lead: whom it was given first, else why it waited last; and what became of it last."""
        self.lasts[lead_id] = fate
        known = self.fates.get(lead_id)
        if known is None or known.rep_id is None:
            self.fates[lead_id] = fate

    def _come_true(self, lead: RoutableLead, decision: RoutingDecision, now: datetime) -> None:
        value = lead.value or Decimal(0)
        rep_id = decision.rep_id if decision.outcome is Outcome.ASSIGNED else None
        if rep_id is not None:
            self._take(lead.id, rep_id, decision.units, value, now)
            self.routed[rep_id] += 1
            self.worth[rep_id] += value
        if decision.outcome in WAITING:
            self._waiting[lead.id] = (lead, now)
        else:
            self._waiting.pop(lead.id, None)
        due, queue = decision.sla_due_at, decision.queue
        self.note(lead.id, Fate(decision.outcome, decision.reason, rep_id, now, due, value, queue))

    def _take(self, lead_id: UUID, rep_id: UUID, units: int, value: Decimal, at: datetime) -> None:
        self._held[lead_id] = (rep_id, units)
        self._units[rep_id] += units
        self.peaks[rep_id] = max(self.peaks[rep_id], self._units[rep_id])
        insort(self._given[rep_id], at)
        self.values.add(rep_id, at, value)

    def _free(self, lead_id: UUID) -> UUID | None:
        if lead_id not in self._held:
            return None
        rep_id, units = self._held.pop(lead_id)
        self._units[rep_id] -= units
        return rep_id

    def _as_of(self, rep: Rep, now: datetime, *, balances: bool) -> Rep:
        """Return somebody as they stand; what they were given is worth something only where value is balanced."""
        if rep.id in self.limits:
            rep = self.limits[rep.id].of(rep)
        given, units = self._given[rep.id], max(self._units[rep.id], 0)
        used = tuple[int, ...]()
        if rep.limits:
            zone = self._zones.get(rep.id, rep.calendar.zone)
            starts = (window_start(limit, now, zone) for limit in rep.limits)
            used = tuple(len(given) - bisect_left(given, start) for start in starts)
        value = self.values.of(rep.id, now) if balances else _WORTHLESS
        shown = self._shown.get(rep.id)
        if shown is None or shown[0] is not rep or shown[1:4] != (units, used, value):
            again = replace(rep, open_count=units, used=used, value=value)
            self._shown[rep.id] = shown = (rep, units, used, value, again)
        return shown[4]

    def _ledger(self, pool: str) -> FairnessLedger:
        return self._ledgers.get(pool) or FairnessLedger(pool, {})

    def _current_ledgers(self, config: RoutingConfig, now: datetime, zone: str) -> Mapping[str, FairnessLedger]:
        if config.policies.fairness.window != "month":
            return self._ledgers
        first = now.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        return {pool: self._touched_since(ledger, first) for pool, ledger in self._ledgers.items()}

    def _touched_since(self, ledger: FairnessLedger, first: datetime) -> FairnessLedger:

        def kept(amounts: Mapping[UUID, int]) -> dict[UUID, int]:
            return {rep: each for rep, each in amounts.items() if self._touched.get((ledger.pool, rep), first) >= first}

        return FairnessLedger(ledger.pool, kept(ledger.credits), kept(ledger.ahead))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events by time; of one moment, ends before gifts."""
    return sorted(events, key=lambda event: (event.at, isinstance(event, Gift)))
