"""Claims to put to the frameworks."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.frameworks import shipped_framework
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.rules import assess
from oppspot.qualification.types import Assessment, Claim
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, NumberKind, TextKind

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BANT = shipped_framework("bant")
SOURCES = ("rep", "form", "crm", "enrichment", "text", "model")
GRADES = ("asserted", "corroborated", "verified")
unhurried = settings(max_examples=50, deadline=None)

_numbers = count(1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def day(days: int) -> str:
    return (NOW + timedelta(days=days)).date().isoformat()


def claim(key: str, value, *, days: float = 3, **details) -> Claim:
    """Return a claim made `days` ago, by a rep unless said otherwise; later calls have later ids."""
    details = {"id": UUID(int=next(_numbers)), "source": "rep", "observed_at": ago(days), **details}
    return Claim(key=key, value=value, **details)


def bant(*claims: Claim, now=NOW, framework=BANT) -> Assessment:
    return assess(framework, claims, now)


def criterion(assessment: Assessment, name: str):
    """Return the result of `element.criterion`."""
    element, _, wanted = name.partition(".")
    results = {(each.element, result.criterion): result for each in assessment.elements for result in each.criteria}
    return results[element, wanted]


def score_of(assessment: Assessment, element: str) -> int | None:
    return next(each.score for each in assessment.elements if each.element == element)


def framework_with(change, document=None):
    """Return BANT (or another document) after `change` has edited its document."""
    edited = _copied(document or BANT.document)
    change(edited)
    return parse_framework(edited)


def _copied(node):
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


# A value of each key that earns every point that hangs on it.
BEST = {
    "budget.estimated_budget": 750_000,
    "budget.confirmed": True,
    "budget.range": "over_500k",
    "budget.source": "confirmed",
    "financial.revenue": 20_000_000,
    "financial.growth_rate": 60,
    "financial.funding_status": "public",
    "financial.credit_score": 85,
    "authority.decision_makers": [
        {"name": "Ada", "title": "CEO", "engaged": True},
        {"name": "Ben", "title": "CFO", "engaged": True},
        {"name": "Cho", "title": "Head of IT", "engaged": False},
    ],
    "authority.committee_size": 5,
    "authority.engagement.executive": 100,
    "authority.engagement.manager": 100,
    "authority.engagement.user": 100,
    "need.problem_acknowledged": True,
    "need.pain_points": [{"description": f"pain {n}", "severity": "critical"} for n in range(5)],
    "need.use_cases": [{"description": f"case {n}"} for n in range(3)],
    "need.urgency": "critical",
    "need.solution_fit": 100,
    "timeline.decision_date": day(20),
    "timeline.implementation_date": day(90),
    "timeline.buying_stage": "purchase",
    "timeline.urgency_indicators": ["licence ends", "audit", "new plant", "merger"],
    "timeline.confidence": 100,
}
# A value of each key that earns nothing at all.
WORST = {
    "budget.estimated_budget": 0,
    "budget.confirmed": False,
    "financial.revenue": 0,
    "financial.growth_rate": -5,
    "financial.credit_score": 0,
    "authority.engagement.executive": 0,
    "authority.engagement.manager": 0,
    "authority.engagement.user": 0,
    "need.problem_acknowledged": False,
    "need.solution_fit": 0,
    "timeline.decision_date": day(-30),
    "timeline.implementation_date": day(-1),
    "timeline.confidence": 0,
}


def all_best(**details) -> list[Claim]:
    return [claim(key, value, **details) for key, value in BEST.items()]


def _values(kind):
    values = st.lists(st.sampled_from(["audit", "merger", "licence ends"]), min_size=1, unique=True)
    match kind:
        case NumberKind():
            values = st.integers(int(kind.minimum), int(min(kind.maximum, 2e7)))
        case FlagKind():
            values = st.booleans()
        case ChoiceKind():
            values = st.sampled_from(kind.values)
        case DateKind():
            values = st.integers(-60, 500).map(day)
        case TextKind():
            values = st.sampled_from(["CEO", "Director", "Clerk", "slow reports"])
        case ItemsKind():
            others = {name: _values(field) for name, field in kind.fields.items() if name != kind.identity}
            item = st.fixed_dictionaries({kind.identity: st.sampled_from("abcdef")}, optional=others)
            values = st.lists(item, min_size=1, max_size=4, unique_by=lambda each: each[kind.identity])
    return values


# Days apart are whole, so that several things often happen at once.
details = st.fixed_dictionaries(
    {
        "days": st.integers(0, 400),
        "source": st.sampled_from(SOURCES),
        "grade": st.sampled_from(GRADES),
        "confidence": st.sampled_from([0, 0.3, 0.9, 1]),
    },
    optional={"expires_at": st.integers(-50, 400).map(lambda days: NOW + timedelta(days=days))},
)


def _made(key, values):
    return st.builds(lambda value, details: claim(key, value, **details), values, details)


_kinds = {name: _values(key.kind) for name, key in CLAIM_KEYS.items()}
statements = st.one_of([_made(name, values) for name, values in _kinds.items()])
withdrawals = st.sampled_from(sorted(CLAIM_KEYS)).flatmap(lambda key: _made(key, st.none()))
leads = st.lists(statements | withdrawals, max_size=9)
good_news = st.one_of([_made(key, st.just(value)) for key, value in BEST.items()])
