"""Tells people about the leads that were given away: one notice a person a batch, however many leads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.queries.roles import find_managers
from oppspot.core.db import Transaction
from oppspot.corridor.types import LeadState
from oppspot.leads.naming import lead_name
from oppspot.routing.policies import NotificationSettings
from oppspot.routing.types import RoutingConfig


async def find_hearers(
    tx: Transaction, org_id: UUID, states: Sequence[LeadState], config: RoutingConfig
) -> tuple[UUID, ...]:
    """Return the managers, if a rule that gave one of the leads wants them told."""
    if not any(_tells(state, config).managers for state in states if state.assignment_id):
        return ()
    return await find_managers(tx, org_id)


async def notify_of_gifts(
    tx: Transaction,
    org_id: UUID,
    states: Sequence[LeadState],
    config: RoutingConfig,
    managers: Sequence[UUID],
    now: datetime,
) -> None:
    """Write the notices of a batch: to new owners, and to `managers`, as the rules that gave the leads say."""
    given: dict[UUID, list[LeadState]] = defaultdict(list)
    to_managers: list[LeadState] = []
    for state in states:
        if state.assignment_id and state.decision and state.decision.rep_id:
            tells = _tells(state, config)
            if tells.owner:
                given[state.decision.rep_id].append(state)
            if tells.managers:
                to_managers.append(state)
    notices = [_notice(rep_id, leads) for rep_id, leads in given.items()]
    if to_managers:
        notices += [_managers_notice(manager, to_managers) for manager in managers]
    await notify_users(tx, org_id, notices, now)


def _tells(state: LeadState, config: RoutingConfig) -> NotificationSettings:
    return config.settings_of(state.decision.rule_id if state.decision else None).notification_settings


def _managers_notice(manager: UUID, states: Sequence[LeadState]) -> Notice:
    first = states[0]
    name, reason = display_name(first), first.decision.reason if first.decision else ""
    if len(states) == 1:
        return Notice(manager, "assignment.created", f"A lead was given away: {name}", reason, f"/leads/{first.id}")
    body = f"{name} and {len(states) - 1} more."
    return Notice(manager, "assignment.created", f"{len(states)} leads were given away", body, "/routing")


def _notice(rep_id: UUID, states: Sequence[LeadState]) -> Notice:
    first = states[0]
    if len(states) > 1:
        body = f"{display_name(first)} and {len(states) - 1} more."
        return Notice(rep_id, "assignment.created", f"{len(states)} new leads are yours", body, "/my-leads")
    reason = first.decision.reason if first.decision else ""
    return Notice(rep_id, "assignment.created", f"New lead: {display_name(first)}", reason, f"/leads/{first.id}")


def display_name(state: LeadState) -> str:
    """Return what a lead is called."""
    contact = state.contact
    company = state.company["name"] or state.company["domain"] if state.company else None
    return lead_name(contact["first_name"], contact["last_name"], contact["email"], company, state.lead["external_id"])
