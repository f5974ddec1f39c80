"""Tries another selection of frameworks on leads, in memory: reads without locking, writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.corridor.accounts import load_accounts
from oppspot.corridor.assessing import choose_frameworks
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.loading import load_company_claims, load_states
from oppspot.qualification.selection import By, Selection

_BATCH: Final = 500


@dataclass(slots=True)
class Tried:
    """How a selection would choose for the leads looked at."""

    leads: int = 0
    changed: int = 0  # that would be qualified by another framework than now
    by: Counter[By] = field(default_factory=Counter)
    by_rule: Counter[int] = field(default_factory=Counter)  # by the rule's place, from 0
    frameworks: Counter[str] = field(default_factory=Counter)


async def try_selection(
    tx: Transaction,
    org_id: UUID,
    lead_ids: Sequence[UUID],
    configuration: Configuration,
    selection: Selection,
    now: datetime,
) -> Tried:
    """Return how a selection would choose for leads, everything else being as it is live."""
    tried, configuration = Tried(), replace(configuration, selection=selection)
    for start in range(0, len(lead_ids), _BATCH):
        loaded = await load_states(tx, org_id, lead_ids[start : start + _BATCH], locks=False)
        states = list(loaded.values())
        await load_company_claims(tx, org_id, states)
        await load_accounts(tx, org_id, states, configuration, routes=False)
        choose_frameworks(states, configuration, now)
        for state in states:
            selected = state.selected
            assert selected is not None  # noqa: S101 — chosen before
            tried.leads += 1
            tried.changed += selected.primary != state.lead["framework"]
            tried.by[selected.by] += 1
            tried.frameworks[selected.primary] += 1
            if selected.rule is not None:
                tried.by_rule[selected.rule] += 1
    return tried
