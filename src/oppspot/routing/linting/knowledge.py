"""What is certain of the fields that ship: which values a lead that is to be routed can have.

Everything said here must hold for every lead, or the linter calls a rule unreachable that is not. What an
organisation declares itself has no certainties: its choices may have been others, its numbers may have fractions.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from oppspot.conditions.types import Field, FieldType
from oppspot.leads.types import OPEN_STATUSES

WHOLE: Final = frozenset(
    {
        "company.employees",
        "company.credit_score",
        "bant.overall_score",
        "meddic.overall_score",
        "qualification.overall_score",
        "engagement.events_7d",
        "engagement.events_30d",
    }
)
_PERCENT, _RATIO, _COUNT = (0.0, 100.0), (0.0, 1.0), (0.0, math.inf)
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "company.employees": _COUNT,
    "company.credit_score": _PERCENT,
    "score.overall": _PERCENT,
    "score.fit": _PERCENT,
    "score.engagement": _PERCENT,
    "engagement.events_7d": _COUNT,
    "engagement.events_30d": _COUNT,
    **{f"{name}.overall_score": _PERCENT for name in ("bant", "meddic", "qualification")},
    **{
        f"{name}.{ratio}": _RATIO
        for name in ("bant", "meddic", "qualification")
        for ratio in ("coverage", "confidence")
    },
}
ALWAYS_KNOWN: Final = frozenset({"lead.status", "lead.stage", "lead.created_at"})
PAST: Final = frozenset({"lead.created_at", "engagement.last_event_at"})

# Fields that say something of each other: a lead made up of two of them may be one that cannot be.
_RELATED: Final = (
    ("lead.email_domain", "lead.is_free_mail", "company.domain"),
    ("lead.title", "lead.seniority"),
    ("company.employees", "company.size_band"),
    ("company.name", "company.domain"),
    ("lead.country", "lead.region", "lead.postcode"),
    ("company.country", "company.region", "company.postcode"),
    ("score.", "engagement."),
    ("bant.", "meddic.", "qualification.", "deal."),
    ("account.",),
)


def certain_choices(field: Field) -> tuple[str, ...] | None:
    """Return all values of a field that has a closed list of them, None where there may be others."""
    if field.type is not FieldType.CHOICE or field.name.startswith("attributes.") or not field.choices:
        return None
    return tuple(sorted(OPEN_STATUSES)) if field.name == "lead.status" else field.choices


def are_related(names: Iterable[str]) -> bool:
    """Say whether two of these fields depend on each other, so that not every combination can be."""
    known = list(names)
    return any(sum(name.startswith(group) for name in known) > 1 for group in _RELATED)
