"""Decides, for a batch of leads, who gets each one, by when it must be touched, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from oppspot.routing.endings import Endings
from oppspot.routing.lanes import Lanes, pool_key, pool_keys
from oppspot.routing.missing_facts import missing_facts, phrase_missing
from oppspot.routing.outcomes import Outcome
from oppspot.routing.people import Rep
from oppspot.routing.picking import Picker
from oppspot.routing.pools import Roster
from oppspot.routing.types import (
    NO_OFFICE,
    Asked,
    BatchDecision,
    FairnessLedger,
    Office,
    RoutableLead,
    RoutingConfig,
    RoutingDecision,
    Target,
)

__all__ = ["pool_key", "pool_keys", "route_again", "route_leads"]


def route_leads(
    leads: Sequence[RoutableLead],
    config: RoutingConfig,
    reps: Sequence[Rep],
    ledgers: Mapping[str, FairnessLedger],
    now: datetime,
    office: Office = NO_OFFICE,
) -> BatchDecision:
    """Return one decision per lead, in the order given: who comes first gets the capacity that is left.

    `reps` are all members of all teams in use, the inactive too: who is missing counts as having left the team,
    and their credit is settled. `ledgers` go by `pool_key`. A batch gives the same as its leads one by one.
    Raises ValueError for a lead that is in the batch twice and for an algorithm that does not exist.
    """
    _refuse_repeats(leads)
    roster = Roster(reps, ledgers, config.policies, now)
    desk = _Desk(config, roster, now, office)
    facts = [lead.facts for lead in leads]
    excluded = config.exclusion_index.first_match(facts, now) if config.exclusion_index else [None] * len(leads)
    decisions = tuple(map(desk.decide, leads, config.index.first_match(facts, now), excluded))
    return BatchDecision(decisions, roster.credits(), roster.open_count_changes())


def route_again(
    lead: RoutableLead,
    config: RoutingConfig,
    reps: Sequence[Rep],
    ledgers: Mapping[str, FairnessLedger],
    now: datetime,
    office: Office = NO_OFFICE,
    *,
    named_then: Target | None,
) -> RoutingDecision:
    """Return the decision `route_leads` takes on one lead, with a target called what it was called then.

    For replays: teams are renamed without a new version of the configuration.
    """
    desk = _Desk(config, Roster(reps, ledgers, config.policies, now), now, office, named_then)
    excluded = config.exclusion_index.first_match([lead.facts], now)[0] if config.exclusion_index else None
    return desk.decide(lead, config.index.first_match([lead.facts], now)[0], excluded)


def _refuse_repeats(leads: Sequence[RoutableLead]) -> None:
    if len({lead.id for lead in leads}) != len(leads):
        repeated = Counter(lead.id for lead in leads).most_common(1)[0][0]
        raise ValueError(f"Lead {repeated} is in the batch more than once.")


class _Desk:
    """Decides lead after lead against what the leads before have left."""

    def __init__(
        self, config: RoutingConfig, roster: Roster, now: datetime, office: Office, named_then: Target | None = None
    ) -> None:
        self._roster = roster
        self._config = config
        self._now = now
        self._lanes = Lanes(config, roster, office.calendar, now, named_then)
        self._endings = Endings(config, roster, self._lanes, now)
        self._picker = Picker(config, roster, self._endings, office, now)

    def decide(self, lead: RoutableLead, match: int | None, excluded: int | None) -> RoutingDecision:
        return self._settled(lead) or self._routed(lead, match, excluded)

    def _settled(self, lead: RoutableLead) -> RoutingDecision | None:
        """Return what is settled before any rule is asked."""
        end = self._endings.end
        if lead.duplicate_of is not None:
            return end(lead, Outcome.DUPLICATE_OF, f"This is the same lead as {lead.duplicate_of}.")
        if lead.blocked_by is not None:
            return end(lead, Outcome.BLOCKED, f"Blocked: {lead.blocked_by}.")
        owner = self._roster.find_rep(lead.current_owner_id)
        if lead.current_owner_id is None or (owner is not None and not owner.active):
            return None
        name = owner.name if owner else "Somebody outside every pool"
        return end(lead, Outcome.KEPT_OWNER, f"{name} already owns this lead.", rep_id=lead.current_owner_id)

    def _routed(self, lead: RoutableLead, match: int | None, excluded: int | None) -> RoutingDecision:
        asked: tuple[Asked, ...] = ()
        if excluded is not None:
            exclusion = self._config.exclusions[excluded]
            if exclusion.action == "block":
                return self._endings.end(lead, Outcome.BLOCKED, f"Blocked: it is on the list “{exclusion.name}”.")
            lane = self._lanes.to_owner(exclusion)
            decision, asked = self._picker.by_account(lead, lane, lane.opening)
            if decision:
                return decision
        return self._by_rule(lead, match, asked)

    def _by_rule(self, lead: RoutableLead, match: int | None, asked: tuple[Asked, ...]) -> RoutingDecision:
        owner = self._roster.find_rep(lead.current_owner_id)
        lane = self._lanes.lane(match)
        opening = f"{owner.name}, who owned it, no longer works leads. " if owner else ""
        opening += lane.opening if lane else "No rule matched and there is no default target"
        if match is None:
            opening += phrase_missing(missing_facts(self._config, lead.facts, self._now))
        if lane is None:
            return self._endings.end(lead, Outcome.NO_RULE_MATCHED, f"{opening}.", asked=asked)
        if lane.pool is None:
            return self._endings.end(lead, Outcome.QUEUED, f"{opening}.", lane, asked=asked)
        if lane.algorithm.names_owner:
            decision, also_asked = self._picker.by_account(lead, lane, opening)
            if decision:
                return decision
            # Whoever was asked twice is told of as they were asked last.
            asked = tuple({each.rep.id: each for each in (*asked, *also_asked)}.values())
        return self._picker.from_pool(lead, lane, lane.pool, opening, asked)
