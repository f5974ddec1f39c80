"""Decides, for a batch of leads, who gets each one, by when it must be touched, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from oppspot.routing.lanes import Lane, Lanes, pool_key, pool_keys
from oppspot.routing.missing_facts import missing_facts, phrase_missing
from oppspot.routing.outcomes import Outcome, next_check_at
from oppspot.routing.pools import Pool, Roster
from oppspot.routing.priority import priority_of
from oppspot.routing.types import (
    BatchDecision,
    FailedTest,
    FairnessLedger,
    Rep,
    RoutableLead,
    RoutingConfig,
    RoutingDecision,
    Stretch,
    Target,
)

__all__ = ["pool_key", "pool_keys", "route_again", "route_leads"]

_CLOCKED: Final = frozenset({Outcome.ASSIGNED, Outcome.QUEUED})
_TALLY: Final = {
    FailedTest.INACTIVE: "inactive",
    FailedTest.NO_WEIGHT: "without a share",
    FailedTest.ALREADY_TRIED: "had it before",
    FailedTest.UNAVAILABLE: "unavailable",
    FailedTest.AT_CAPACITY: "at capacity",
}


def route_leads(
    leads: Sequence[RoutableLead],
    config: RoutingConfig,
    reps: Sequence[Rep],
    ledgers: Mapping[str, FairnessLedger],
    now: datetime,
) -> BatchDecision:
    """Return one decision per lead, in the order given: who comes first gets the capacity that is left.

    `reps` are all members of all teams in use, the inactive too: who is missing counts as having left the team,
    and their credit is settled. `ledgers` go by `pool_key`. A batch gives the same as its leads one by one.
    Raises ValueError for a lead that is in the batch twice and for an algorithm that does not exist.
    """
    _refuse_repeats(leads)
    roster = Roster(reps, ledgers)
    desk = _Desk(config, roster, now)
    matches = config.index.first_match([lead.facts for lead in leads], now)
    decisions = tuple(map(desk.decide, leads, matches))
    return BatchDecision(decisions, roster.credits(), roster.open_count_changes())


def route_again(
    lead: RoutableLead,
    config: RoutingConfig,
    reps: Sequence[Rep],
    ledgers: Mapping[str, FairnessLedger],
    now: datetime,
    *,
    named_then: Target | None,
) -> RoutingDecision:
    """Return the decision `route_leads` takes on one lead, with a target called what it was called then.

    For replays: teams are renamed without a new version of the configuration.
    """
    desk = _Desk(config, Roster(reps, ledgers), now, named_then)
    return desk.decide(lead, config.index.first_match([lead.facts], now)[0])


def _refuse_repeats(leads: Sequence[RoutableLead]) -> None:
    if len({lead.id for lead in leads}) != len(leads):
        repeated = Counter(lead.id for lead in leads).most_common(1)[0][0]
        raise ValueError(f"Lead {repeated} is in the batch more than once.")


class _Desk:
    """Decides lead after lead against what the leads before have left."""

    def __init__(self, config: RoutingConfig, roster: Roster, now: datetime, named_then: Target | None = None) -> None:
        self._roster = roster
        self._config = config
        self._now = now
        self._lanes = Lanes(config, roster, now, named_then)

    def decide(self, lead: RoutableLead, match: int | None) -> RoutingDecision:
        if lead.duplicate_of is not None:
            return self._end(lead, Outcome.DUPLICATE_OF, f"This is the same lead as {lead.duplicate_of}.")
        if lead.blocked_by is not None:
            return self._end(lead, Outcome.BLOCKED, f"Blocked: {lead.blocked_by}.")
        owner = self._roster.find_rep(lead.current_owner_id)
        if lead.current_owner_id is not None and (owner is None or owner.active):
            name = owner.name if owner else "Somebody outside every pool"
            return self._end(lead, Outcome.KEPT_OWNER, f"{name} already owns this lead.", rep_id=lead.current_owner_id)
        farewell = f"{owner.name}, who owned it, is no longer active. " if owner else ""
        lane = self._lanes.lane(match)
        opening = farewell + (lane.opening if lane else "No rule matched and there is no default target")
        if match is None:
            opening += phrase_missing(missing_facts(self._config, lead.facts, self._now))
        if lane is None:
            return self._end(lead, Outcome.NO_RULE_MATCHED, f"{opening}.")
        if lane.pool is None:
            return self._end(lead, Outcome.QUEUED, f"{opening}.", lane)
        return self._from_pool(lead, lane, lane.pool, opening)

    def _from_pool(self, lead: RoutableLead, lane: Lane, pool: Pool, opening: str) -> RoutingDecision:
        turns = pool.prepare(lead.previous_rep_ids)
        at = (pool.stretch, len(pool.stretch.picks))
        if turns is None:
            pool.give_nobody()
            outcome, finding = _nobody_eligible(pool.stretch)
            return self._end(lead, outcome, f"{opening}; {finding}.", lane, at)
        choice = lane.algorithm(lead, pool.eligible, turns)
        among = f"{len(pool.eligible)} of {len(pool.reps)} eligible"
        rep = pool.give(choice.position)
        reason = f"{opening}; {rep.name} is {choice.because} ({among})."
        return self._end(lead, Outcome.ASSIGNED, reason, lane, at, rep_id=rep.id, tie_break=choice.tie_break)

    def _end(
        self,
        lead: RoutableLead,
        outcome: Outcome,
        reason: str,
        lane: Lane | None = None,
        at: tuple[Stretch | None, int] = (None, 0),
        *,
        rep_id: UUID | None = None,
        tie_break: str | None = None,
    ) -> RoutingDecision:
        rule = lane.rule if lane else None
        due = lane.sla_due_at if lane and outcome in _CLOCKED else None
        return RoutingDecision(
            lead_id=lead.id,
            outcome=outcome,
            reason=reason,
            priority=priority_of(lead.score),
            config_hash=self._config.version_hash,
            next_check_at=next_check_at(outcome, self._now, due),
            rule_id=rule.id if rule else None,
            rule_name=rule.name if rule else None,
            rep_id=rep_id,
            target=lane.target if lane else None,
            queue=str(lane.target.id) if lane and outcome is Outcome.QUEUED else None,
            sla_due_at=due,
            tie_break=tie_break,
            stretch=at[0],
            turn=at[1],
            owner_before=self._roster.find_rep(lead.current_owner_id),
        )


def _nobody_eligible(stretch: Stretch) -> tuple[Outcome, str]:
    """Return the outcome of a pool in which every member failed a test: what could change first decides."""
    count = Counter(stretch.failed)
    if not count:
        return Outcome.NO_ELIGIBLE_REP, "nobody is in it"
    tally = ", ".join(f"{count[test]} {_TALLY[test]}" for test in FailedTest if count[test])
    if count[FailedTest.AT_CAPACITY]:
        return Outcome.AT_CAPACITY, f"it waits for room: {tally}"
    if count[FailedTest.ALREADY_TRIED] and not count[FailedTest.UNAVAILABLE]:
        return Outcome.POOL_EXHAUSTED, f"everybody who could take it has had it: {tally}"
    return Outcome.NO_ELIGIBLE_REP, f"nobody can take it now: {tally}"
