"""Finds the terms under which a lead's clocks run, once per rule and person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oppspot.calendars.business_time import Calendars
from oppspot.calendars.organisation import OrgCalendars
from oppspot.routing.capacity import units_of
from oppspot.routing.policies import SlaPolicy
from oppspot.routing.priority import Priority
from oppspot.routing.sla import AROUND_THE_CLOCK
from oppspot.routing.starting import Started, Terms, start_assign, start_first_touch, start_qualify
from oppspot.routing.types import RoutingConfig, RoutingRule


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The calendars of one organisation; None when its clocks run around the clock."""

    calendars: OrgCalendars | None = None

    def of(self, rep_id: UUID | None, country: str | None = None) -> Calendars:
        """Return the calendars of a rep, or of the organisation for nobody; of a country too if one is named."""
        if self.calendars is None:
            return AROUND_THE_CLOCK
        own = self.calendars.of_rep(rep_id) if rep_id else self.calendars.of_organisation
        abroad = self.calendars.of_country(country) if country else None
        return (own, abroad) if abroad else (own,)


def terms_book(config: RoutingConfig, calendars: OrgCalendars | None) -> "TermsBook":
    """Return the terms under a configuration; calendars count where its policy says so."""
    return TermsBook(config, WorkingTime(calendars if config.policies.sla.business_hours else None))


class TermsBook:
    """The terms of one organisation under one version of its configuration."""

    def __init__(self, config: RoutingConfig, working: WorkingTime) -> None:
        self._config = config
        self._rules = {rule.id: rule for rule in config.rules}
        self._working = working
        self._found: dict[tuple[str | None, UUID | None, str | None], Terms] = {}
        # Of a batch most clocks are alike: same rule, same person, same moment.
        self._touches: dict[tuple[int, datetime, datetime], Started] = {}
        self._qualifies: dict[tuple[int, datetime], Started | None] = {}
        self._assigns: dict[datetime, Started | None] = {}

    @property
    def policy(self) -> SlaPolicy:
        return self._config.policies.sla

    @property
    def office(self) -> Calendars:
        """The organisation's own calendars: by them runs what is nobody's yet."""
        return self._working.of(None)

    def units(self, priority: Priority) -> int:
        """Return what a lead of this priority counts towards its owner's limit."""
        return units_of(priority, self._config.policies.capacity)

    def of(self, rule_id: str | None, rep_id: UUID | None, country: str | None = None) -> Terms:
        """Return the terms of a lead that a rule placed (None: no rule, or one that is gone) with somebody."""
        rule = self._rules.get(rule_id) if rule_id else None
        abroad = country if rule and rule.settings.timezone_aware else None
        key = (rule_id, rep_id, abroad)
        if key not in self._found:
            self._found[key] = self._terms(rule, rule_id, rep_id, abroad)
        return self._found[key]

    def first_touch(self, terms: Terms, now: datetime, due_at: datetime) -> Started:
        """Return the clock of a first touch under terms of this book."""
        key = (id(terms), now, due_at)
        if key not in self._touches:
            self._touches[key] = start_first_touch(now, due_at, terms)
        return self._touches[key]

    def qualify(self, terms: Terms, now: datetime) -> Started | None:
        """Return the clock for qualifying or rejecting under terms of this book, if one is kept."""
        key = (id(terms), now)
        if key not in self._qualifies:
            self._qualifies[key] = start_qualify(now, terms)
        return self._qualifies[key]

    def assign(self, now: datetime) -> Started | None:
        """Return the clock for placing a lead, if one is kept."""
        if now not in self._assigns:
            self._assigns[now] = start_assign(now, self.policy, self.office)
        return self._assigns[now]

    def _terms(self, rule: RoutingRule | None, rule_id: str | None, rep_id: UUID | None, country: str | None) -> Terms:
        calendars = self._working.of(rep_id, country)
        if rule is None:
            return Terms(self.policy, self._config.default_sla_hours, calendars, rule_id)
        return Terms(self.policy, rule.sla_hours, calendars, rule_id, rule.settings)
