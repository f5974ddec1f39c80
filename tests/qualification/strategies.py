"""Claims to put to the frameworks."""

from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from tests.qualification.answers import BEST, NOW, day

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.frameworks import SHIPPED, TEMPLATES, shipped_framework
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.rules import assess
from oppspot.qualification.types import Assessment, Claim
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, NumberKind, TextKind

BANT = shipped_framework("bant")
MEDDIC = shipped_framework("meddic")
FRAMEWORKS = [shipped_framework(name) for name in (*SHIPPED, *TEMPLATES)]
SOURCES = ("rep", "form", "crm", "enrichment", "text", "model")
GRADES = ("asserted", "corroborated", "verified")
unhurried = settings(max_examples=50, deadline=None)

_numbers = count(1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


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


def all_best(framework=BANT, **details) -> list[Claim]:
    """Return the best that can be said about every key a framework reads."""
    return [claim(key, value, **details) for key, value in BEST.items() if key in compile_framework(framework).keys]


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
