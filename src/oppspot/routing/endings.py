"""Writes down what became of a lead: the decision with its sentence, its due moment and its next look."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.routing.lanes import Lane, Lanes
from oppspot.routing.loads import Load
from oppspot.routing.outcomes import Outcome, next_check_at
from oppspot.routing.pools import Pool, Roster
from oppspot.routing.priority import priority_of
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import RoutableLead, RoutingConfig, RoutingDecision

_CLOCKED: Final = frozenset({Outcome.ASSIGNED, Outcome.QUEUED})
_TALLY: Final = {
    FailedTest.INACTIVE: "inactive",
    FailedTest.NOT_JOINED: "not joined yet",
    FailedTest.NO_WEIGHT: "without a share",
    FailedTest.ALREADY_TRIED: "had it before",
    FailedTest.LACKS_SKILL: "without the skills",
    FailedTest.OUTSIDE_TERRITORY: "outside the territory",
    FailedTest.UNAVAILABLE: "unavailable",
    FailedTest.ABSENT: "away",
    FailedTest.OFF_HOURS: "off work",
    FailedTest.AT_CAPACITY: "at capacity",
}


class Endings:
    """Makes the decisions of one batch."""

    def __init__(self, config: RoutingConfig, roster: Roster, lanes: Lanes, now: datetime) -> None:
        self._config = config
        self._roster = roster
        self._lanes = lanes
        self._now = now

    def end(
        self,
        lead: RoutableLead,
        outcome: Outcome,
        reason: str,
        lane: Lane | None = None,
        *,
        rep_id: UUID | None = None,
        check_at: datetime | None = None,
        **more: Any,
    ) -> RoutingDecision:
        """Return a decision; `more` are further fields of it."""
        rule = lane.rule if lane else None
        due = self._lanes.due(lane, lead, self._roster.find_rep(rep_id)) if lane and outcome in _CLOCKED else None
        return RoutingDecision(
            lead_id=lead.id,
            outcome=outcome,
            reason=reason,
            priority=priority_of(lead.score),
            config_hash=self._config.version_hash,
            next_check_at=check_at or next_check_at(outcome, self._now, due),
            rule_id=rule.id if rule else None,
            rule_name=lane.name if lane else None,
            rep_id=rep_id,
            target=lane.target if lane else None,
            queue=str(lane.target.id) if lane and lane.target and outcome is Outcome.QUEUED else None,
            sla_due_at=due,
            value=lead.value,
            owner_before=self._roster.find_rep(lead.current_owner_id),
            **more,
        )

    def from_pool(
        self, lead: RoutableLead, outcome: Outcome, reason: str, lane: Lane, pool: Pool, **more: Any
    ) -> RoutingDecision:
        """Return a decision on which the pool's members were compared, at the turn just taken."""
        return self.end(lead, outcome, reason, lane, stretch=pool.stretch, turn=len(pool.stretch.turns) - 1, **more)


def nobody_eligible(failed: Sequence[FailedTest | None]) -> tuple[Outcome, str]:
    """Return the outcome of a pool in which every member failed a test: what could change first decides."""
    count = Counter(failed)
    if not count:
        return Outcome.NO_ELIGIBLE_REP, "nobody is in it"
    tally = ", ".join(f"{count[test]} {_TALLY[test]}" for test in FailedTest if count[test])
    if count[FailedTest.AT_CAPACITY]:
        return Outcome.AT_CAPACITY, f"it waits for room: {tally}"
    may_come = count[FailedTest.UNAVAILABLE] + count[FailedTest.ABSENT] + count[FailedTest.OFF_HOURS]
    if count[FailedTest.ALREADY_TRIED] and not may_come:
        return Outcome.POOL_EXHAUSTED, f"everybody who could take it has had it: {tally}"
    return Outcome.NO_ELIGIBLE_REP, f"nobody can take it now: {tally}"


def phrase_moment(moment: datetime, zone: str) -> str:
    """Return a moment as people in a zone say it, with the zone: one reason may hold moments of two."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %H:%M %Z}"


def starting(load: Load, now: datetime) -> tuple[datetime | None, str]:
    """Return when somebody who is off now starts, and a clause that says so; None and nothing for who is at work."""
    opens = load.opens
    if opens is None or opens == now:
        return None, ""
    return opens, f", who starts {phrase_moment(opens, load.rep.calendar.zone)},"
