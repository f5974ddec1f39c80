"""Puts on leads what their companies are as accounts, where something that decides asks for it."""

from collections.abc import Sequence
from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.types import LeadState
from oppspot.leads.account_facts import ToldLead
from oppspot.leads.queries.accounts import load_account_facts

_OF_THE_ACCOUNT = ("lead.stage", "lead.status", "lead.company_id")


async def load_accounts(
    tx: Transaction, org_id: UUID, states: Sequence[LeadState], configuration: Configuration, *, routes: bool
) -> None:
    """Put accounts on the states: one statement when framework rules or, of those that `routes`, routing asks.

    What this batch changed in its leads counts, although it is not written yet.
    """
    if not (configuration.selection.asks_for_accounts or (routes and configuration.routing.asks_for_accounts)):
        return
    company_ids = sorted({state.company["id"] for state in states if state.company})
    accounts = await load_account_facts(
        tx, org_id, company_ids, [_told(state) for state in states if _has_moved(state)]
    )
    for state in states:
        state.account = accounts.get(state.company["id"]) if state.company else None


def _has_moved(state: LeadState) -> bool:
    return any(name in state.changes for name in _OF_THE_ACCOUNT)


def _told(state: LeadState) -> ToldLead:
    return ToldLead(state.id, state.lead["company_id"], state.lead["stage"], state.lead["status"])
