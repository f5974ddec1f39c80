"""Owns the closed list of what routing can make of a lead: who must act on each, and when it is looked at again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Outcome(StrEnum):
    """Every lead gets exactly one; there is no other ending."""

    ASSIGNED = "assigned"
    QUEUED = "queued"
    HELD_UNTIL = "held_until"
    KEPT_OWNER = "kept_owner"
    NO_RULE_MATCHED = "no_rule_matched"
    NO_ELIGIBLE_REP = "no_eligible_rep"
    AT_CAPACITY = "at_capacity"
    POOL_EXHAUSTED = "pool_exhausted"
    DUPLICATE_OF = "duplicate_of"
    BLOCKED = "blocked"


class ActsNext(StrEnum):
    """Who must act on an outcome."""

    REP = "rep"
    QUEUE = "queue"
    MANAGER = "manager"
    REVOPS = "revops"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Who acts next, and after how long the lead is looked at again when no SLA clock runs."""

    acts_next: ActsNext
    recheck_after: timedelta


# Leads that nobody has are tried again every quarter of an hour: capacity frees up, people come back, rules change.
_RETRY: Final = timedelta(minutes=15)
_DAILY: Final = timedelta(days=1)

FOLLOW_UPS: Final[Mapping[Outcome, FollowUp]] = MappingProxyType(
    {
        Outcome.ASSIGNED: FollowUp(ActsNext.REP, _DAILY),
        Outcome.QUEUED: FollowUp(ActsNext.QUEUE, _DAILY),
        Outcome.HELD_UNTIL: FollowUp(ActsNext.MANAGER, _RETRY),
        Outcome.KEPT_OWNER: FollowUp(ActsNext.REP, _DAILY),
        Outcome.NO_RULE_MATCHED: FollowUp(ActsNext.REVOPS, _RETRY),
        Outcome.NO_ELIGIBLE_REP: FollowUp(ActsNext.MANAGER, _RETRY),
        Outcome.AT_CAPACITY: FollowUp(ActsNext.MANAGER, _RETRY),
        Outcome.POOL_EXHAUSTED: FollowUp(ActsNext.MANAGER, _RETRY),
        Outcome.DUPLICATE_OF: FollowUp(ActsNext.REVOPS, _DAILY),
        Outcome.BLOCKED: FollowUp(ActsNext.REVOPS, _DAILY),
    },
)

WAITING: Final = frozenset(
    {
        Outcome.HELD_UNTIL,
        Outcome.NO_RULE_MATCHED,
        Outcome.NO_ELIGIBLE_REP,
        Outcome.AT_CAPACITY,
        Outcome.POOL_EXHAUSTED,
    },
)
"""Outcomes in which nobody has the lead yet: the sweeper routes it again at `next_check_at`."""


def next_check_at(outcome: Outcome, now: datetime, sla_due_at: datetime | None) -> datetime:
    """Return when a lead with this outcome is looked at again: when its SLA is due if it has one."""
    return now + FOLLOW_UPS[outcome].recheck_after if sla_due_at is None else sla_due_at
