"""Frameworks to put to both paths: those that ship, and made-up ones with every kind of rule and verdict."""

from random import Random

from pydantic import TypeAdapter
from tests.qualification.strategies import FRAMEWORKS as SHIPPED

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, Kind, NumberKind, TextsKind


def _rule(random, kind):  # noqa: PLR0911 — one for each kind
    """Return a random rule that can score the kind, and the points of its criterion."""
    points = random.choice([1, 3, 7.25, 10, 33.33, 100])
    some = lambda: round(points * random.choice([0, 0.2, 0.5, 1 / 3, 1]), 2)  # noqa: E731
    if random.random() < 0.1:
        return {"kind": "present"}, points
    match kind:
        case NumberKind():
            return random.choice([_bands(random, kind, some), _scale(random, kind)]), points
        case FlagKind():
            return {"kind": "flag", "when": random.random() < 0.7}, points
        case ChoiceKind():
            chosen = random.sample(kind.values, random.randint(1, len(kind.values)))
            return {"kind": "choice", "points": {value: some() for value in chosen}}, points
        case DateKind():
            days = sorted(random.sample(range(0, 400, 5), random.randint(0, 4)))
            within = [{"days": count, "points": some()} for count in days]
            return {"kind": "days_until", "within": within, "later": some()}, points
        case ItemsKind():
            return _items_rule(random, kind, some), points
        case TextsKind():
            return {"kind": "items", "each": some()}, points
        case _:
            return {"kind": "present"}, points


def _bands(random, kind, some):
    top = min(kind.maximum, 2e7)
    limits = [round(random.uniform(kind.minimum, top), random.choice([0, 2])) for _ in range(random.randint(1, 4))]
    return {
        "kind": "bands",
        "bands": [{random.choice(["above", "at_least"]): each, "points": some()} for each in limits],
    }


def _scale(random, kind):
    low, high = sorted(random.sample(range(int(max(kind.minimum, -100)), int(min(kind.maximum, 1000)) + 1), 2))
    return {"kind": "scale", **({"low": low, "high": high} if random.random() < 0.7 else {"low": high, "high": low})}


def _items_rule(random, kind, some):
    choices = {name: field for name, field in kind.fields.items() if isinstance(field, ChoiceKind)}
    flags = [name for name, field in kind.fields.items() if isinstance(field, FlagKind)]
    each = some()
    if choices and random.random() < 0.4:
        name = random.choice(sorted(choices))
        each = {"field": name, "points": {value: some() for value in choices[name].values[:3]}}
    where = {}
    if flags and random.random() < 0.4:
        where[random.choice(flags)] = random.random() < 0.7
    if choices and random.random() < 0.3:
        name = random.choice(sorted(choices))
        where[name] = random.choice([random.choice(choices[name].values), list(choices[name].values[:2])])
    numbers = [name for name, field in kind.fields.items() if isinstance(field, NumberKind)]
    if numbers and random.random() < 0.3:
        where[random.choice(numbers)] = {"at_least": random.choice([1, 50, 70])}
    if where and random.random() < 0.4:
        return {"kind": "share", "where": where}
    states = random.sample(sorted(kind.fields), random.randint(0, 2)) if random.random() < 0.3 else []
    return {"kind": "items", "each": each, "where": where, "states": states}


OWN_KEYS = {
    "custom.size": {"title": "Size", "kind": {"type": "choice", "values": ["small", "large"]}, "freshness_days": 45},
    "custom.note": {"title": "Note", "kind": {"type": "text"}},
    "custom.visit": {"title": "Visit", "kind": {"type": "date"}, "freshness_days": 20},
}


def _random_framework(seed):
    random = Random(seed)  # noqa: S311 — a fixed variety, not a secret
    keys = {**{name: key.kind for name, key in CLAIM_KEYS.items()}}
    own = parse_own()
    keys |= own
    count = random.randint(1, 4)
    cuts = sorted(random.sample(range(1, 20), count - 1))
    weights = [(high - low) / 20 for low, high in zip([0, *cuts], [*cuts, 20], strict=True)]
    elements = []
    for number, weight in enumerate(weights):
        criteria = []
        for place in range(random.randint(1, 6)):
            key = random.choice(sorted(keys))
            rule, points = _rule(random, keys[key])
            criteria.append({"id": f"c{place}", "title": "C", "key": key, "points": points, "rule": rule, "ask": "Ask"})
        elements.append({"id": f"e{number}", "title": "E", "weight": weight, "criteria": criteria})
    ids = [element["id"] for element in elements]
    best = {"status": "best", "score": random.choice([10, 30, 60]), "review_days": 14}
    if random.random() < 0.5:
        best["minimums"] = {name: random.choice([5, 25, 50]) for name in random.sample(ids, random.randint(1, count))}
    if random.random() < 0.5:
        best["confidence"] = random.choice([0.05, 0.1, 0.3])
    if random.random() < 0.5:
        best["coverage"] = random.choice([0.1, 0.25, 0.5])
    middle = {"status": "middle", "score": random.choice([1, 5, 9]), "review_days": random.choice([1, 30])}
    last = {"status": "last", "review_days": 90}
    if random.random() < 0.6:
        last |= {"points_lost_over": random.choice([5, 20, 40]), "otherwise": "middle"}
    freshness = {name: random.choice([1, 7, 30, 90, None]) for name in keys if random.random() < 0.3}
    return parse_framework(
        {
            "name": f"random_{seed}",
            "title": "Random",
            "mode": random.choice(["weighted", "weakest_link"]),
            "elements": elements,
            "verdicts": [best, middle, last],
            "freshness_days": freshness,
            "trust": {
                "asserted": random.choice([0.6, 0.35]),
                "corroborated": 0.8,
                "verified": random.choice([1.0, 0.95]),
            },
            "claim_keys": OWN_KEYS,
        }
    )


_kind = TypeAdapter(Kind)


def parse_own():
    return {name: _kind.validate_python(key["kind"]) for name, key in OWN_KEYS.items()}


# Made once: reading and compiling a framework takes longer than assessing a hundred leads.
FRAMEWORKS = [*SHIPPED, *(_random_framework(seed) for seed in range(60))]
