"""Joins a batch of raw leads to what is known: whose lead is it, which company, and what does each input change."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem
from oppspot.core.ids import new_id
from oppspot.corridor.company_book import CompanyBook, look_up_numbers, open_company_book
from oppspot.corridor.differing import remember_before
from oppspot.corridor.disputes import forget_told, problem_of
from oppspot.corridor.loading import load_companies, load_states
from oppspot.corridor.merging import merge_company, merge_lead, new_company, new_lead
from oppspot.corridor.recognising import RecognisedLead, recognise_leads
from oppspot.corridor.types import Cause, Disputed, Intake, LeadState
from oppspot.engagement.telling import acts_not_known
from oppspot.leads.identities import company_domain
from oppspot.leads.types import NO_COMPANY, LeadInput

_NO_NUMBER: Final = {"registration_number": None, "country": None}
NO_COMPANY_NAMED: Final = FieldProblem(
    "company",
    "does not say which company it is, so it was left out",
    "a name, a domain or a registration number",
)


@dataclass(slots=True)
class Batch:
    """A batch after recognition: one state per lead, one dict per company, and per input what was left out."""

    found: list[RecognisedLead]
    states: dict[UUID, LeadState]
    companies: dict[UUID, dict[str, Any]]
    book: CompanyBook
    changed_companies: set[UUID] = field(default_factory=set)
    warnings: list[tuple[FieldProblem, ...]] = field(default_factory=list)


async def join_batch(tx: Transaction, org_id: UUID, intakes: Sequence[Intake], now: datetime, cause: Cause) -> Batch:
    """Recognise leads and companies, and let each input in turn join its own; nothing but identities is written."""
    leads = [item.lead for item in intakes]
    found = await recognise_leads(tx, org_id, leads)
    known = [item.lead_id for item in found if not item.is_new]
    states = await load_states(tx, org_id, list(dict.fromkeys(known)))
    for state in states.values():
        remember_before(state)
    book = await open_company_book(tx, org_id, leads)
    company_ids = _companies_of(book, leads, found, states)
    companies = {state.company["id"]: state.company for state in states.values() if state.company}
    missing = {item for item in company_ids if item and item not in book.new_ids and item not in companies}
    companies |= await load_companies(tx, org_id, sorted(missing))
    said = [(item, lead.company) for item, lead in zip(company_ids, leads, strict=True) if item]
    await look_up_numbers(tx, org_id, book, companies, said)
    batch = Batch(found, states, companies, book)
    for intake, which, company_id in zip(intakes, found, company_ids, strict=True):
        batch.warnings.append(_join(batch, org_id, intake, which, company_id, now, cause))
    await forget_told(tx, org_id, list(states.values()))
    return batch


def _companies_of(
    book: CompanyBook, leads: Sequence[LeadInput], found: Sequence[RecognisedLead], states: dict[UUID, LeadState]
) -> list[UUID | None]:
    """Return the company that each input speaks of; one that does not say which speaks of the lead's own."""
    own = {state.id: state.lead["company_id"] for state in states.values()}
    company_ids = []
    for lead, which in zip(leads, found, strict=True):
        company_id = book.resolve(lead)
        if company_id is not None:
            own[which.lead_id] = company_id
        elif lead.company is not NO_COMPANY:
            company_id = own.get(which.lead_id)
        company_ids.append(company_id)
    return company_ids


def _join(
    batch: Batch,
    org_id: UUID,
    intake: Intake,
    which: RecognisedLead,
    company_id: UUID | None,
    now: datetime,
    cause: Cause,
) -> tuple[FieldProblem, ...]:
    """Let one input join its lead's state and its company's row; returns what was left out."""
    lead = intake.lead
    disputed = [Disputed(name, str(getattr(lead, name)), "lead", holder) for name, holder in which.foreign.items()]
    state = batch.states.get(which.lead_id)
    if state is None:
        state = batch.states[which.lead_id] = new_lead(org_id, which.lead_id, new_id(), lead, now)
        state.lead["import_id"] = cause.import_id
    else:
        merge_lead(state, lead, which.foreign, now)
    if company_id is not None:
        disputed += _join_company(batch, org_id, state, lead, company_id, now)
    state.new_claims.extend(intake.claims)
    state.claims.extend(intake.claims)
    acts = [replace(act, id=str(new_id())) for act in acts_not_known(intake.acts, state.events)]
    state.new_events.extend((*intake.events, *acts))
    state.events.extend((*intake.events, *acts))
    state.disputed.extend(disputed)
    is_lost = company_id is None and lead.company != NO_COMPANY
    return (*lead.warnings, *map(problem_of, disputed), *((NO_COMPANY_NAMED,) if is_lost else ()))


def _join_company(
    batch: Batch,
    org_id: UUID,
    state: LeadState,
    lead: LeadInput,
    company_id: UUID,
    now: datetime,
) -> list[Disputed]:
    company, given = batch.companies.get(company_id), lead.company
    disputed = []
    # Without its number, its country can still make the number that is known another's.
    while (found := batch.book.hold_number(company_id, company or _NO_NUMBER, given)) is not None:
        disputed.append(found)
        given = replace(given, **{found.path.removeprefix("company."): None})
    if company is None:
        company = new_company(org_id, company_id, replace(lead, company=given), now)
        batch.companies[company_id] = company
    else:
        if company["domain"] is None and given.domain is None:
            # As for a new company: an address at its domain names the domain.
            given = replace(given, domain=company_domain(lead))
        if merge_company(state, company, given, now):
            batch.changed_companies.add(company_id)
    state.company = company
    if state.lead["company_id"] != company_id:
        if not state.is_new:
            state.changes["lead.company_id"] = [state.lead["company_id"], company_id]
        state.lead["company_id"] = state.contact["company_id"] = company_id
    return disputed
