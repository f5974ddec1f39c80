"""Picks somebody for a lead: the owner of its account, one of a pool, or the seat."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from oppspot.routing.algorithms import Option, Preference, Question
from oppspot.routing.capacity import units_of
from oppspot.routing.endings import Endings, nobody_eligible, phrase_moment, starting
from oppspot.routing.fairness import Turn, phrase_credit
from oppspot.routing.lanes import Lane
from oppspot.routing.loads import Need
from oppspot.routing.outcomes import Outcome, next_check_at
from oppspot.routing.owners import ask_owners
from oppspot.routing.people import Seat
from oppspot.routing.policies import CapacityPolicy
from oppspot.routing.pools import Pool, Roster
from oppspot.routing.priority import Priority, priority_of
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import Asked, Office, RoutableLead, RoutingConfig, RoutingDecision
from oppspot.routing.value_balance import prefer_least_value

TIE_BREAK: Final = "Several were due at the same moment; of those the one with the lowest id goes first."
_NO_VALUE: Final = Decimal(0)
Asking = tuple[Asked, ...]


class Picker:
    """Picks for lead after lead against what the leads before have left."""

    def __init__(self, config: RoutingConfig, roster: Roster, endings: Endings, office: Office, now: datetime) -> None:
        self._config = config
        self._roster = roster
        self._endings = endings
        self._office = office
        self._now = now

    def by_account(self, lead: RoutableLead, lane: Lane, opening: str) -> tuple[RoutingDecision | None, Asking]:
        """Return the decision for an owner of the lead's account who takes it, if any; and everybody who was asked."""
        # Owners may sit in other pools than the lane's.
        need = need_of(lead, lane, self._config.policies.capacity)._replace(by_weight=None, tried=lead.previous_rep_ids)
        answer = ask_owners(lead, lane.settings, need, self._roster, self._now)
        if answer.load is None:
            return None, answer.asked
        rep = answer.load.rep
        answer.load.grow(None, need.units, lead.value or _NO_VALUE, self._roster.unit_sizes)
        starts_at, clause = starting(answer.load, self._now) if lane.settings.working_hours_only else (None, "")
        reason = f"{opening}; {rep.name}{clause} is {answer.because}."
        decision = self._endings.end(
            lead,
            Outcome.ASSIGNED,
            reason,
            lane,
            rep_id=rep.id,
            asked=answer.asked,
            units=need.units,
            starts_at=starts_at,
        )
        return decision, answer.asked

    def from_pool(self, lead: RoutableLead, lane: Lane, pool: Pool, opening: str, asked: Asking) -> RoutingDecision:
        """Return the decision of a pool: who of the eligible gets the lead, or why nobody does."""
        question = Question(lead, lane.settings, self._config, pool.reps, pool.memory)
        screen = lane.algorithm.screen(question)
        need = need_of(lead, lane, self._config.policies.capacity)._replace(screened=screen.key)
        members = pool.prepare(need, screen.test)
        opens = None if members else _first_opening(pool)
        if opens and lane.settings.holiday_handling == "next_available":
            members = pool.prepare(need._replace(opens=opens), screen.test)
        if members:
            return self._give(question, lane, pool, opening, asked, need)
        pool.give_nobody()
        if opens and lane.settings.holiday_handling == "escalate" and self._office.seat:
            return self._to_seat(lead, lane, pool, f"{opening}; nobody is at work", asked, self._office.seat)
        if opens:
            reason = (
                f"{opening}; nobody is at work, it is held until {phrase_moment(opens, self._office.calendar.zone)}."
            )
            return self._endings.from_pool(
                lead, Outcome.HELD_UNTIL, reason, lane, pool, check_at=self._look_again(opens), asked=asked
            )
        outcome, finding = nobody_eligible(pool.failed())
        seat = self._end_of_the_ladder(lead) if outcome is Outcome.POOL_EXHAUSTED else None
        if seat:
            return self._to_seat(lead, lane, pool, f"{opening}; {finding}", asked, seat)
        return self._endings.from_pool(lead, outcome, f"{opening}; {finding}.", lane, pool, asked=asked)

    def _look_again(self, opens: datetime) -> datetime:
        """Look when somebody starts, and before: hours may change, absences end early."""
        return min(opens, next_check_at(Outcome.HELD_UNTIL, self._now, None))

    def _give(
        self, question: Question, lane: Lane, pool: Pool, opening: str, asked: Asking, need: Need
    ) -> RoutingDecision:
        lead = question.lead
        turn = pool.take_turn()
        preference = None if lane.is_named else self._preference(question, lane, pool, turn)
        position = preference.position if preference else turn.position
        eligible = pool.members
        load, turn_of = pool.loads[eligible[position]], pool.loads[eligible[turn.position]].rep
        pool.give(position, turn, need.units, lead.value or _NO_VALUE, self._roster.unit_sizes)
        starts_at, clause = starting(load, self._now) if lane.settings.working_hours_only else (None, "")
        because = _because(lane, turn, preference, turn_of.name if load.rep is not turn_of else None)
        reason = f"{opening}; {load.rep.name}{clause} is {because} ({len(eligible)} of {len(pool.reps)} eligible)."
        return self._endings.from_pool(
            lead,
            Outcome.ASSIGNED,
            reason,
            lane,
            pool,
            rep_id=load.rep.id,
            tie_break=TIE_BREAK if turn.tied and not preference and not lane.is_named else None,
            asked=asked,
            units=need.units,
            starts_at=starts_at,
            propensities=preference.propensities if preference else {},
            expected=preference.expected if preference else {},
        )

    def _preference(self, question: Question, lane: Lane, pool: Pool, turn: Turn) -> Preference | None:
        """Return whom the algorithm, else the fairness policy, prefers to whoever's turn it is."""
        balances = self._config.policies.fairness.algorithm == "value_balanced"
        if lane.algorithm.prefer is None and not balances:
            return None
        members = pool.members
        positions = pool.options(turn, lane.settings.band)
        loads = [pool.loads[members[position]] for position in positions]
        options = [
            Option(position, load.rep, load.value, load.open_count)
            for position, load in zip(positions, loads, strict=True)
        ]
        preferred = lane.algorithm.prefer(question, options) if lane.algorithm.prefer else None
        if preferred is None and balances:
            preferred = prefer_least_value(question.lead, options)
        return preferred

    def _end_of_the_ladder(self, lead: RoutableLead) -> Seat | None:
        """Return who gets a lead that everybody has had; None if somebody keeps it, or the seat had it too."""
        seat = self._office.seat
        return None if seat is None or lead.may_stay or seat.id in lead.previous_rep_ids else seat

    def _to_seat(
        self, lead: RoutableLead, lane: Lane, pool: Pool, finding: str, asked: Asking, seat: Seat
    ) -> RoutingDecision:
        load = self._roster.find_load(seat.id)
        units = units_of(priority_of(lead.score), self._config.policies.capacity)
        if load:
            # Noted as they stood: by their hours it is due, which a replay must know.
            asked = (*asked, Asked(load.rep, load.open_count, load.given, None))
            load.grow(None, units, lead.value or _NO_VALUE, self._roster.unit_sizes)
        reason = f"{finding}, so it goes to {seat.name}, who has the seat."
        return self._endings.from_pool(
            lead, Outcome.ASSIGNED, reason, lane, pool, rep_id=seat.id, asked=asked, units=units
        )


def need_of(lead: RoutableLead, lane: Lane, policy: CapacityPolicy) -> Need:
    """Return what a lead asks of whoever gets it in this lane, but for the algorithm's own screen."""
    settings, priority = lane.settings, priority_of(lead.score)
    passes = policy.urgent_leads_pass and priority is Priority.URGENT
    return Need(
        tried=lane.pool.tried_of(lead.previous_rep_ids) if lane.pool else lead.previous_rep_ids,
        units=units_of(priority, policy),
        heeds_limits=settings.capacity_planning and not passes,
        heeds_hours=settings.heeds_hours,
        by_weight=lane.algorithm.by_weight,
        screened=None,
    )


def _first_opening(pool: Pool) -> datetime | None:
    """Return when the first of those who are just off work starts; None if that is nobody's only trouble."""
    off = [load for load, failed in zip(pool.loads, pool.failed(), strict=True) if failed is FailedTest.OFF_HOURS]
    return min((load.opens for load in off if load.opens), default=None)


def _because(lane: Lane, turn: Turn, preference: Preference | None, turn_of: str | None) -> str:
    if lane.is_named:
        return "the one it names"
    if preference is None:
        return f"next in turn, {phrase_credit(turn.claim)}"
    return f"{preference.because}; it was {turn_of}'s turn" if turn_of else preference.because
