"""Decides which claims can be made: the registry of claim keys, what each accepts and how long it stays fresh."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from oppspot.core.errors import FieldProblem, Invalid
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import (
    ChoiceKind,
    DateKind,
    FlagKind,
    ItemsKind,
    Kind,
    NumberKind,
    Refused,
    TextKind,
    TextsKind,
)


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """What can be claimed under a name. Numbers within `tolerance` (a share) of each other do not disagree."""

    name: str
    title: str
    kind: Kind
    freshness_days: int | None  # None: does not age
    tolerance: float = 0.0


class InvalidClaims(Invalid):
    """Some of the claims are not accepted."""

    title, slug = "Claims not valid", "invalid-claims"


_PERCENT = NumberKind(maximum=100)
_MONEY = NumberKind()
_LEVEL = ChoiceKind(values=("critical", "high", "medium", "low"))
_NAME = TextKind(max_length=200)

BUDGET_RANGES: Final = ("under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k")
ROLES: Final = (
    "economic_buyer", "decision_maker", "champion", "influencer", "user", "blocker", "procurement", "legal",
)  # fmt: skip
SENIORITIES: Final = ("executive", "director", "manager", "other")
_LATE_FUNDING = "series_c_plus"

_PERSON = {
    "name": _NAME,
    "title": _NAME,
    "role": ChoiceKind(values=ROLES),
    "seniority": ChoiceKind(values=SENIORITIES),
    "influence": _PERCENT,
    "engaged": FlagKind(),
    "email": _NAME,
}
_STAKEHOLDER = {
    **_PERSON,
    "sentiment": ChoiceKind(values=("supporter", "neutral", "opponent")),
    "reports_to": _NAME,
}
_FUNDING = ChoiceKind(
    values=("bootstrapped", "pre_seed", "seed", "series_a", "series_b", _LATE_FUNDING, "public"),
    aliases={"series_c": _LATE_FUNDING, "series_d": _LATE_FUNDING, "series_e": _LATE_FUNDING, "ipo": "public"},
)

# Days of freshness: a budget holds 90, contact with people 30, what people want longer than when they want it,
# and figures of the company until the next accounts.
_KEYS: Final = (
    ClaimKey("budget.estimated_budget", "Estimated budget", _MONEY, 90, tolerance=0.1),
    ClaimKey("budget.confirmed", "Budget confirmed", FlagKind(), 90),
    ClaimKey("budget.range", "Budget range", ChoiceKind(values=BUDGET_RANGES), 90),
    ClaimKey("budget.source", "Source of the budget", ChoiceKind(values=("confirmed", "estimated", "inferred")), 90),
    ClaimKey("financial.revenue", "Annual revenue", _MONEY, 365, tolerance=0.1),
    ClaimKey("financial.growth_rate", "Growth, per cent a year", NumberKind(minimum=-100, maximum=100_000), 365),
    ClaimKey("financial.funding_status", "Funding", _FUNDING, 365),
    ClaimKey("financial.credit_score", "Credit score", _PERCENT, 180),
    ClaimKey("authority.decision_makers", "Decision makers", ItemsKind(identity="name", fields=_PERSON), 90),
    ClaimKey(
        "authority.committee_size", "Size of the buying committee", NumberKind(minimum=1, maximum=1000, whole=True), 180
    ),
    ClaimKey("authority.stakeholder_map", "Stakeholders", ItemsKind(identity="name", fields=_STAKEHOLDER), 180),
    ClaimKey("authority.engagement.executive", "Engagement of executives", _PERCENT, 30),
    ClaimKey("authority.engagement.manager", "Engagement of managers", _PERCENT, 30),
    ClaimKey("authority.engagement.user", "Engagement of users", _PERCENT, 30),
    ClaimKey("champion.last_contact", "Last contact with the champion", DateKind(), 30),
    ClaimKey(
        "need.pain_points",
        "Pain points",
        ItemsKind(identity="description", fields={"description": TextKind(), "severity": _LEVEL}),
        180,
    ),
    ClaimKey(
        "need.use_cases",
        "Use cases",
        ItemsKind(identity="description", fields={"description": TextKind(), "priority": _LEVEL}),
        180,
    ),
    ClaimKey("need.urgency", "Urgency", _LEVEL, 60),
    ClaimKey("need.problem_acknowledged", "Problem acknowledged", FlagKind(), 180),
    ClaimKey("need.solution_fit", "Fit of the solution", _PERCENT, 180),
    ClaimKey("timeline.decision_date", "Decision date", DateKind(), 90),
    ClaimKey("timeline.implementation_date", "Implementation date", DateKind(), 90),
    ClaimKey("timeline.urgency_indicators", "Signs of urgency", TextsKind(), 60),
    ClaimKey(
        "timeline.buying_stage",
        "Buying stage",
        ChoiceKind(values=("awareness", "consideration", "decision", "purchase")),
        60,
    ),
    ClaimKey("timeline.confidence", "Confidence in the timeline", _PERCENT, 60),
)

CLAIM_KEYS: Final[Mapping[str, ClaimKey]] = MappingProxyType({key.name: key for key in _KEYS})


def validate_claim(key: str, value: object, keys: Mapping[str, ClaimKey] = CLAIM_KEYS) -> ClaimValue | FieldProblem:
    """Return the value in its one form (JSON-ready), or what is wrong with it.

    None is accepted for every key and withdraws; an empty list says nothing and is None.
    """
    if key not in keys:
        return FieldProblem(key, "is not a claim key", f"one of {', '.join(keys)}")
    if value is None:
        return None
    try:
        return keys[key].kind.normalise(value)
    except Refused as refused:
        return FieldProblem(f"{key}{refused.place}", refused.message, refused.accepted)


def read_claim_text(key: str, text: str, keys: Mapping[str, ClaimKey] = CLAIM_KEYS) -> ClaimValue | FieldProblem:
    """Return the value that typed text stands for (blank: None), or what is wrong with it; not for lists of objects."""
    typed = text.strip()
    if key not in keys or not typed:
        return validate_claim(key, None, keys)
    return validate_claim(key, _typed_value(keys[key].kind, typed), keys)


def _typed_value(kind: Kind, typed: str) -> object:
    match kind:
        case NumberKind():
            return _number_or_text(typed)
        case FlagKind():
            return _TYPED_FLAGS.get(typed.lower(), typed)
        case TextsKind():
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case _:
            return typed


_TYPED_FLAGS: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "0": False}


def _number_or_text(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed


# What a statement about one key also says about another; a value outside the other's choices scores as none of them.
Implication = tuple[str, Callable[[ClaimValue], ClaimValue]]


def _range_of(amount: float) -> str:
    limits = zip((10_000, 50_000, 100_000, 500_000), BUDGET_RANGES, strict=False)
    return "none" if amount <= 0 else next((name for limit, name in limits if amount < limit), BUDGET_RANGES[-1])


IMPLICATIONS: Final[Mapping[str, tuple[Implication, ...]]] = MappingProxyType(
    {
        "budget.estimated_budget": (("budget.range", _range_of),),
        "budget.confirmed": (("budget.source", lambda confirmed: "confirmed" if confirmed else None),),
        "budget.source": (("budget.confirmed", lambda source: source == "confirmed"),),
    }
)
