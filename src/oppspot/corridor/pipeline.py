"""The one way a lead is carried: recognise, merge, assess, route, save; whoever brings it, however many there are."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import pipelined
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem
from oppspot.core.jobs import enqueue
from oppspot.corridor import saving
from oppspot.corridor.accounts import load_accounts
from oppspot.corridor.assessing import assess_states
from oppspot.corridor.clocks import save_clocks
from oppspot.corridor.company_book import write_company_keys
from oppspot.corridor.configuration import Configuration, load_configuration
from oppspot.corridor.differing import remember_before
from oppspot.corridor.errands import reassess_company_leads
from oppspot.corridor.joining import Batch, join_batch
from oppspot.corridor.loading import load_company_claims, load_states, replan_as_tables_grow, take_turn
from oppspot.corridor.notices import find_hearers, notify_of_gifts
from oppspot.corridor.routing import Routed, route_states
from oppspot.corridor.saving_routing import follow_values, save_routing
from oppspot.corridor.summaries import owner_and_reason, summarise
from oppspot.corridor.timeline import save_timeline
from oppspot.corridor.types import Cause, Intake, LeadResult, LeadState
from oppspot.routing.terms import terms_book


async def take_in(
    tx: Transaction,
    actor: Actor,
    intakes: Sequence[Intake],
    now: datetime,
    cause: Cause,
) -> list[LeadResult]:
    """Carry raw leads through the corridor; answers in the order given.

    Inputs about one and the same lead share its final decision; only the first of them created it.
    """
    if not intakes:
        return []
    await replan_as_tables_grow(tx, len(intakes))
    await take_turn(tx, actor.org_id)
    configuration = await load_configuration(tx, actor.org_id)
    batch = await join_batch(tx, actor.org_id, intakes, now, cause)
    await _save_companies(tx, actor.org_id, batch)
    results = await carry(tx, actor, list(batch.states.values()), configuration, now, cause)
    by_id = {result.id: result for result in results}
    return [
        _answer(by_id[found.lead_id], warnings, is_new=found.is_new)
        for found, warnings in zip(batch.found, batch.warnings, strict=True)
    ]


async def reassess(
    tx: Transaction,
    actor: Actor,
    lead_ids: Sequence[UUID],
    now: datetime,
    cause: Cause,
) -> list[LeadResult]:
    """Let known leads enter again at *assess*: configuration or time has changed, or somebody let go of them."""
    return await amend(tx, actor, lead_ids, lambda _state: None, now, cause)


async def rescore(tx: Transaction, actor: Actor, lead_ids: Sequence[UUID], now: datetime, cause: Cause) -> None:
    """Assess known leads anew without routing any, so that nobody's turn is needed: many may do so side by side.

    Leads that wait for an owner wait on; `cause` stands in their history.
    """
    states = list((await load_states(tx, actor.org_id, lead_ids, locks_companies=False)).values())
    # Only now that nobody else can assess these leads: what is published meanwhile must not be undone by this.
    configuration = await load_configuration(tx, actor.org_id)
    for state in states:
        remember_before(state)
    await _decide_and_save(tx, actor, states, configuration, now, cause, routes=False)


async def amend(
    tx: Transaction,
    actor: Actor,
    lead_ids: Sequence[UUID],
    apply: Callable[[LeadState], None],
    now: datetime,
    cause: Cause,
) -> list[LeadResult]:
    """Change known leads in memory and let them enter again; identifiers that are not leads here are left out.

    `apply` changes a state's rows, adds its facts, and notes column changes in `state.changes`.
    """
    await take_turn(tx, actor.org_id)
    configuration = await load_configuration(tx, actor.org_id)
    states = list((await load_states(tx, actor.org_id, lead_ids)).values())
    for state in states:
        remember_before(state)
        apply(state)
    await _save_changed_companies(tx, actor.org_id, states)
    return await carry(tx, actor, states, configuration, now, cause)


async def carry(
    tx: Transaction,
    actor: Actor,
    states: Sequence[LeadState],
    configuration: Configuration,
    now: datetime,
    cause: Cause,
) -> list[LeadResult]:
    """Assess, route and save states; answers in the order given."""
    routed = await _decide_and_save(tx, actor, states, configuration, now, cause, routes=True)
    return await _summaries(tx, actor.org_id, states, routed)


async def _decide_and_save(
    tx: Transaction,
    actor: Actor,
    states: Sequence[LeadState],
    configuration: Configuration,
    now: datetime,
    cause: Cause,
    *,
    routes: bool,
) -> Routed:
    await load_company_claims(tx, actor.org_id, states)
    now = _after_all_known(states, now)
    await load_accounts(tx, actor.org_id, states, configuration, routes=routes)
    assess_states(states, configuration, now)
    routed = await route_states(tx, actor.org_id, states if routes else (), configuration, now, may_stay=cause.may_stay)
    book = terms_book(configuration.routing, routed.calendars)
    saving.apply_decisions(states, book, now)
    hearers = () if cause.is_quiet else await find_hearers(tx, actor.org_id, states, configuration.routing)
    async with pipelined(tx):
        await saving.save_leads(tx, states)
        await saving.save_facts(tx, states, cause, now)
        await saving.save_history(tx, actor, states, cause, now)
        await save_routing(tx, actor, states, routed, configuration, now)
        await follow_values(tx, actor.org_id, states, now)
        await save_clocks(tx, actor.org_id, states, book, now)
        await save_timeline(tx, actor, states, cause, now)
        if not cause.is_quiet:
            await notify_of_gifts(tx, actor.org_id, states, configuration.routing, hearers, now)
    return routed


def _after_all_known(states: Sequence[LeadState], now: datetime) -> datetime:
    """Return the later of `now` and whatever was written while this waited for those who wrote it.

    Their evidence must not be taken for evidence to come, nor this assessment for one before theirs.
    """
    heard = (state.heard_until for state in states if state.heard_until)
    changed: list[datetime] = [state.company["updated_at"] for state in states if state.company]
    return max([now, *heard, *changed])


async def _summaries(
    tx: Transaction,
    org_id: UUID,
    states: Sequence[LeadState],
    routed: Routed,
) -> list[LeadResult]:
    held = await owner_and_reason(tx, org_id, [state for state in states if state.decision is None])
    return [summarise(state, routed.names, held.get(state.id)) for state in states]


def _answer(result: LeadResult, warnings: tuple[FieldProblem, ...], *, is_new: bool) -> LeadResult:
    own = result if result.created == is_new else result.again()
    return replace(own, warnings=warnings) if warnings else own


async def _save_companies(tx: Transaction, org_id: UUID, batch: Batch) -> None:
    await saving.save_companies(tx, batch.companies.values(), batch.book.new_ids, batch.changed_companies)
    await write_company_keys(tx, org_id, batch.book)
    await _tell_colleagues(tx, org_id, batch.changed_companies - batch.book.new_ids)


async def _save_changed_companies(tx: Transaction, org_id: UUID, states: Sequence[LeadState]) -> None:
    changed = {
        state.company["id"]: state.company
        for state in states
        if state.company and any(name.startswith("company.") for name in state.changes)
    }
    await saving.save_companies(tx, changed.values(), set(), set(changed))
    await _tell_colleagues(tx, org_id, set(changed))


async def _tell_colleagues(tx: Transaction, org_id: UUID, company_ids: set[UUID]) -> None:
    """Have the other leads of companies that changed assessed anew, soon after."""
    await enqueue(tx, [reassess_company_leads(org_id, company_id) for company_id in sorted(company_ids)])
