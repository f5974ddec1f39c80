"""What made-up leads say of their budget, where the form asks for it."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from oppspot.demo.generating import MadeLead

_SAY_ONE: Final = 0.7


def with_budgets(leads: Sequence[MadeLead], seed: int) -> list[MadeLead]:
    """Return the leads with the budget that most of them say; equal arguments, equal budgets."""
    chance = random.Random(seed)  # noqa: S311 — made-up data

    def told(lead: MadeLead) -> MadeLead:
        budget = round(math.exp(chance.gauss(10, 0.8)), -3)
        if chance.random() > _SAY_ONE or lead.repeats or not budget:
            return lead
        at = lead.arrives_at.isoformat()
        said = {"key": "budget.estimated_budget", "value": budget, "source": "form", "observed_at": at}
        return replace(lead, document=lead.document | {"claims": [said]})

    return [told(lead) for lead in leads]
