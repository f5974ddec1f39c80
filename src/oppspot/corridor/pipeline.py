"""The one way a lead is carried: recognise, merge, assess, route, save; whoever brings it, however many there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import pipelined
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.core.jobs import enqueue
from oppspot.corridor import saving
from oppspot.corridor.assessing import assess_states
from oppspot.corridor.configuration import Configuration, load_configuration
from oppspot.corridor.errands import reassess_company_leads
from oppspot.corridor.loading import forget_plans, load_companies, load_states, take_turn
from oppspot.corridor.merging import merge_company, merge_lead, new_company, new_lead
from oppspot.corridor.notices import notify_owners
from oppspot.corridor.recognising import (
    CompanyBook,
    RecognisedLead,
    open_company_book,
    recognise_leads,
    write_company_keys,
)
from oppspot.corridor.routing import Routed, route_states
from oppspot.corridor.summaries import owner_and_reason, summarise
from oppspot.corridor.types import Cause, Intake, LeadResult, LeadState

# A batch of so many leads can afford to have its statements planned anew.
MANY: Final = 500


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
    if len(intakes) >= MANY:
        await forget_plans(tx)
    await take_turn(tx, actor.org_id)
    configuration = await load_configuration(tx, actor.org_id)
    batch = await _recognise(tx, actor.org_id, intakes, now, cause)
    await _save_companies(tx, actor.org_id, batch)
    results = await carry(tx, actor, list(batch.states.values()), configuration, now, cause)
    by_id = {result.id: result for result in results}
    return [_answer(by_id[found.lead_id], is_new=found.is_new) for found in batch.found]


async def reassess(
    tx: Transaction,
    actor: Actor,
    lead_ids: Sequence[UUID],
    now: datetime,
    cause: Cause,
) -> list[LeadResult]:
    """Let known leads enter again at *assess*: configuration or time has changed, or somebody let go of them."""
    return await amend(tx, actor, lead_ids, lambda _state: None, now, cause)


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
        saving.remember_before(state)
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
    assess_states(states, configuration, now)
    routed = await route_states(tx, actor.org_id, states, configuration, now)
    saving.apply_decisions(states, now)
    async with pipelined(tx):
        await saving.save_leads(tx, states)
        await saving.save_facts(tx, states, now)
        await saving.save_history(tx, states, cause, now)
        await saving.save_routing(tx, actor, states, routed, configuration, now)
        await saving.save_timeline(tx, actor, states, cause, now)
        if not cause.is_quiet:
            await notify_owners(tx, actor.org_id, states, now)
    return await _summaries(tx, actor.org_id, states, routed)


async def _summaries(
    tx: Transaction,
    org_id: UUID,
    states: Sequence[LeadState],
    routed: Routed,
) -> list[LeadResult]:
    held = await owner_and_reason(tx, org_id, [state for state in states if state.decision is None])
    return [summarise(state, routed.reps, held.get(state.id)) for state in states]


def _answer(result: LeadResult, *, is_new: bool) -> LeadResult:
    return result if result.created == is_new else result.again()


@dataclass(slots=True)
class _Batch:
    """A batch after recognition: one state per lead, one dict per company."""

    found: list[RecognisedLead]
    states: dict[UUID, LeadState]
    companies: dict[UUID, dict[str, Any]]
    book: CompanyBook
    changed_companies: set[UUID]


async def _recognise(
    tx: Transaction,
    org_id: UUID,
    intakes: Sequence[Intake],
    now: datetime,
    cause: Cause,
) -> _Batch:
    leads = [item.lead for item in intakes]
    found = await recognise_leads(tx, org_id, leads)
    known = [item.lead_id for item in found if not item.is_new]
    states = await load_states(tx, org_id, list(dict.fromkeys(known)))
    for state in states.values():
        saving.remember_before(state)
    book = await open_company_book(tx, org_id, leads)
    company_ids = [book.resolve(org_id, item) for item in leads]
    companies = {state.company["id"]: state.company for state in states.values() if state.company}
    missing = {item for item in company_ids if item and item not in book.new_ids and item not in companies}
    companies |= await load_companies(tx, org_id, sorted(missing))
    batch = _Batch(found, states, companies, book, set())
    for intake, which, company_id in zip(intakes, found, company_ids, strict=True):
        _join(batch, org_id, intake, which, company_id, now, cause)
    return batch


def _join(
    batch: _Batch,
    org_id: UUID,
    intake: Intake,
    which: RecognisedLead,
    company_id: UUID | None,
    now: datetime,
    cause: Cause,
) -> None:
    """Let one input join its lead's state and its company's row."""
    state = batch.states.get(which.lead_id)
    if state is None:
        state = batch.states[which.lead_id] = new_lead(org_id, which.lead_id, new_id(), intake.lead, now)
        state.lead["import_id"] = cause.import_id
    else:
        merge_lead(state, intake.lead, which.foreign, now)
    if company_id is not None:
        _join_company(batch, org_id, state, intake, company_id, now)
    state.new_claims.extend(intake.claims)
    state.claims.extend(intake.claims)
    state.new_events.extend(intake.events)
    state.events.extend(intake.events)


def _join_company(
    batch: _Batch,
    org_id: UUID,
    state: LeadState,
    intake: Intake,
    company_id: UUID,
    now: datetime,
) -> None:
    company = batch.companies.get(company_id)
    if company is None:
        company = batch.companies[company_id] = new_company(org_id, company_id, intake.lead, now)
    elif merge_company(state, company, intake.lead.company, now):
        batch.changed_companies.add(company_id)
    state.company = company
    if state.lead["company_id"] != company_id:
        if not state.is_new:
            state.changes["lead.company_id"] = [state.lead["company_id"], company_id]
        state.lead["company_id"] = state.contact["company_id"] = company_id


async def _save_companies(tx: Transaction, org_id: UUID, batch: _Batch) -> None:
    await saving.save_companies(tx, batch.companies.values(), batch.book.new_ids, batch.changed_companies)
    await write_company_keys(tx, batch.book)
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
