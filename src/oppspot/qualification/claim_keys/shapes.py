"""What a claim key is, and the shapes and words that several keys share."""

from dataclasses import dataclass
from typing import Final

from oppspot.qualification.values import (
    ChoiceKind,
    DateKind,
    FlagKind,
    ItemsKind,
    Kind,
    NumberKind,
    ScalarKind,
    TextKind,
)


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """What can be claimed under a name. Numbers within `tolerance` (a share) of each other do not disagree.

    `minutes` of a rep's time is what finding it out takes: to look it up 1, to ask it in a call 2, more to work it out.
    """

    name: str
    title: str
    kind: Kind
    freshness_days: int | None  # None: does not age
    minutes: float = 2.0
    tolerance: float = 0.0


BUDGET_RANGES: Final = ("under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k")
ROLES: Final = (
    "economic_buyer", "decision_maker", "champion", "influencer", "user", "blocker", "procurement", "legal",
)  # fmt: skip
SENIORITIES: Final = ("executive", "director", "manager", "other")
DEPARTMENTS: Final = (
    "executive_office", "finance", "it", "operations", "sales", "marketing", "procurement", "legal", "hr", "product",
    "engineering", "support", "other",
)  # fmt: skip

PERCENT: Final = NumberKind(maximum=100)
MONEY: Final = NumberKind()
MONEY_TOLERANCE: Final = 0.1
LEVEL: Final = ChoiceKind(values=("critical", "high", "medium", "low"))
NAME: Final = TextKind(max_length=200)
TEXT: Final = TextKind()
FLAG: Final = FlagKind()
DATE: Final = DateKind()

PERSON: Final[dict[str, ScalarKind]] = {
    "name": NAME,
    "title": NAME,
    "role": ChoiceKind(values=ROLES),
    "seniority": ChoiceKind(values=SENIORITIES),
    "influence": PERCENT,
    "engaged": FLAG,
    "email": NAME,
}
STAKEHOLDER: Final[dict[str, ScalarKind]] = {
    **PERSON,
    "department": ChoiceKind(values=DEPARTMENTS),
    "sentiment": ChoiceKind(values=("supporter", "neutral", "opponent")),
    "engagement": PERCENT,
    "reports_to": NAME,
    "phone": NAME,
    "last_contact": DATE,
}
STEPS: Final = ChoiceKind(values=("done", "current", "pending"))
STAGES: Final = ItemsKind(identity="name", fields={"name": NAME, "status": STEPS, "due": DATE, "owner": NAME})
REQUIREMENTS: Final = ItemsKind(identity="name", fields={"name": NAME, "priority": LEVEL, "satisfied": FLAG})
