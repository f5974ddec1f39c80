"""Routes the leads of a batch that need an owner, against people and credits as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.calendars.queries import OrgCalendars, load_calendars
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import condition_row
from oppspot.corridor.types import LeadState
from oppspot.leads.account_facts import AccountFacts
from oppspot.leads.types import OPEN_STATUSES, LeadStatus
from oppspot.routing.outcomes import Outcome
from oppspot.routing.people import Rep
from oppspot.routing.queries import list_reps, load_ledgers, load_office
from oppspot.routing.queries.inputs import EVER, find_unasked
from oppspot.routing.records import records_of
from oppspot.routing.rules import pool_keys, route_leads
from oppspot.routing.types import AccountOwner, BatchDecision, Office, RoutableLead, RoutingDecision

# Nothing is left to do for leads in these statuses: whoever has them is done. Only others are given to somebody: a lead
# that was completed as qualified or for later stays with whoever completed it, until somebody makes it new again.
SETTLED: Final = frozenset(LeadStatus) - OPEN_STATUSES

_NOTHING = BatchDecision((), (), {})


@dataclass(frozen=True, slots=True)
class Routed:
    """What was decided, and what those are called who can have been given something."""

    batch: BatchDecision
    names: Mapping[UUID, str]
    # None where nobody was to be given a lead.
    calendars: OrgCalendars | None = None


async def route_states(
    tx: Transaction,
    org_id: UUID,
    states: Sequence[LeadState],
    configuration: Configuration,
    now: datetime,
    *,
    may_stay: bool = False,
) -> Routed:
    """Put a decision on every state that needs an owner; `may_stay` is that of `RoutableLead`."""
    waiting = sorted((state for state in states if needs_owner(state)), key=_precedence)
    if not waiting:
        return Routed(_NOTHING, {})
    config, calendars = configuration.routing, await load_calendars(tx, org_id, now)
    office = await load_office(tx, org_id, config.policies.sla, calendars)
    reps = await list_reps(tx, org_id, config, calendars, now)
    since = month_start(now, office.calendar.zone) if config.policies.fairness.window == "month" else EVER
    ledgers = await load_ledgers(tx, org_id, pool_keys(config), since)
    leads = [replace(routable(state, configuration, calendars, now), may_stay=may_stay) for state in waiting]
    leads = await _with_unasked(tx, org_id, leads, reps)
    batch = route_leads(leads, config, reps, ledgers, now, office)
    news = []
    for state, lead, decision in zip(waiting, leads, batch.decisions, strict=True):
        state.decision = decision
        if _is_news(state, decision):
            state.decision_id = new_id()
            news.append((state, lead, decision))
        if decision.outcome is Outcome.ASSIGNED:
            state.assignment_id = new_id()
    _keep_records(news, batch, now, office)
    names = {person.id: person.name for person in (*reps, office.seat) if person}
    return Routed(batch, names, calendars)


async def _with_unasked(
    tx: Transaction, org_id: UUID, leads: Sequence[RoutableLead], reps: Sequence[Rep]
) -> list[RoutableLead]:
    """Return the leads with what owners of their accounts are called who are no reps, and why they are none."""
    known = {rep.id for rep in reps}
    unasked = await find_unasked(tx, org_id, {each.id for lead in leads for each in lead.account_owners} - known)
    if not unasked:
        return list(leads)
    return [
        replace(lead, account_owners=tuple(each._replace(unasked=unasked.get(each.id)) for each in lead.account_owners))
        for lead in leads
    ]


def _precedence(state: LeadState) -> tuple[bool, Decimal]:
    """Let those who wait go first, the best first; new ones follow in the order they came."""
    score = state.score.overall if state.score else None
    return state.is_new, Decimal(0) if state.is_new else -(score if score is not None else Decimal(0))


def _is_news(state: LeadState, decision: RoutingDecision) -> bool:
    """Say whether a decision is worth a record: not when a lead waits on for the reason it waits already."""
    same = state.lead.get("outcome") == decision.outcome and state.lead["queue"] == decision.queue
    # A lead that comes back to its queue after its clock was stopped starts a new one.
    same = same and (decision.sla_due_at is None or state.routing.is_timed)
    return state.is_new or decision.outcome is Outcome.ASSIGNED or not same


def _keep_records(
    news: Sequence[tuple[LeadState, RoutableLead, RoutingDecision]],
    batch: BatchDecision,
    now: datetime,
    office: Office,
) -> None:
    states = [state for state, _, _ in news]
    told = replace(batch, decisions=tuple(decision for _, _, decision in news))
    ids = [state.decision_id for state in states if state.decision_id]
    records = records_of([lead for _, lead, _ in news], told, ids, now, office)
    for state, record in zip(states, records, strict=True):
        state.decision_record = record


def needs_owner(state: LeadState) -> bool:
    """Say whether routing must look at a lead: nobody has it, and it is to be given to somebody."""
    return not state.routing.is_open and state.lead["status"] in OPEN_STATUSES


def routable(state: LeadState, configuration: Configuration, calendars: OrgCalendars, now: datetime) -> RoutableLead:
    """Return the lead as routing takes it."""
    assert state.score is not None  # noqa: S101 — scored before
    facts = condition_row(state, configuration.moments, now)
    budget = facts["deal.estimated_budget"]
    country = facts["company.country"] or facts["lead.country"]
    heeds_country = configuration.routing.asks_for_countries and isinstance(country, str)
    return RoutableLead(
        id=state.id,
        facts=facts,
        value=Decimal(str(budget)) if isinstance(budget, int | float | Decimal) else None,
        country_calendar=calendars.of_country(str(country)) if heeds_country else None,
        score=None if state.score.overall is None else float(state.score.overall),
        previous_rep_ids=state.routing.previous_rep_ids,
        account_owners=owners_of(state.account) if state.account else (),
    )


def owners_of(account: AccountFacts) -> tuple[AccountOwner, ...]:
    """Return whose an account is, in the order they are asked: its owner, its parent's, its opportunity's."""
    owners = (
        (account.owner_id, "the owner of the account"),
        (account.parent_owner_id, "the owner of the parent company"),
        (account.opportunity_owner_id, "the owner of an open opportunity there"),
    )
    first: dict[UUID, str] = {}
    for owner_id, how in owners:
        if owner_id is not None:
            first.setdefault(owner_id, how)
    return tuple(AccountOwner(owner_id, how) for owner_id, how in first.items())


def month_start(now: datetime, zone: str) -> datetime:
    """Return when the month began where the organisation is."""
    return now.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
