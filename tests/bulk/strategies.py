"""Tables of leads and frameworks to put to both paths: the one for tables and the one for single leads."""

import json
from datetime import timedelta
from random import Random
from uuid import UUID

import polars as pl
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.qualification.strategies import FRAMEWORKS as SHIPPED
from tests.qualification.strategies import GRADES, NOW, _kinds, _values

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.qualification.compiled import claim_keys_of, compile_framework
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.types import Claim
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, Kind, NumberKind, TextsKind

_microseconds = st.integers(-5 * 86_400, 420 * 86_400).map(lambda seconds: seconds * 1_000_000 + seconds % 7)
moments = st.one_of(
    st.integers(-5, 420).map(lambda days: NOW - timedelta(days=days)),
    _microseconds.map(lambda age: NOW - timedelta(microseconds=age)),
)
parts = {
    "observed_at": moments,
    "grade": st.sampled_from(GRADES),
    "confidence": st.sampled_from([0.0, 0.3, 0.85, 0.9, 1.0]) | st.floats(0, 1),
    "expires_at": st.one_of(st.integers(-50, 400).map(lambda days: NOW + timedelta(days=days)), moments),
}
PART_DTYPES = {
    "observed_at": pl.Datetime("us", "UTC"),
    "grade": pl.String,
    "confidence": pl.Float64,
    "expires_at": pl.Datetime("us", "UTC"),
}


def values_of(name, key):
    values = _kinds[name] if name in CLAIM_KEYS else _values(key.kind)
    if isinstance(key.kind, NumberKind) and not key.kind.whole:
        values |= st.floats(key.kind.minimum, min(key.kind.maximum, 2e7))
        values |= st.sampled_from([0, 10_000, 50_000, 100_000.5, 500_000]).filter(
            lambda value: value <= key.kind.maximum
        )
    return values


def cells_of(name, key):
    """Return cells of a column, now and then empty; each strategy is made once, which takes longer than a draw."""
    if name not in _cells:
        _cells[name] = st.none() | values_of(name, key)
    return _cells[name]


_cells = {}
_part_cells = {part: st.none() | values for part, values in parts.items()}


def dtype_of(kind):
    match kind:
        case NumberKind():
            return pl.Float64
        case FlagKind():
            return pl.Boolean
        case _:
            return pl.String


@st.composite
def tables(draw, framework):
    """Draw some rows of claims about the framework's keys and others, each with some companions."""
    keys = claim_keys_of(framework)
    height = draw(st.integers(1, 6))
    random = Random(draw(st.integers(0, 2**32)))  # noqa: S311 — which columns there are
    relevant = compile_framework(framework).reading.relevant
    named = [name for name in keys if random.random() < (0.6 if name in relevant else 0.02)]
    columns = {}
    for name in named:
        key = keys[name]
        column = [draw(cells_of(name, key)) for _ in range(height)]
        columns[name] = _series(key.kind, column, random)
        for part in [part for part in parts if random.random() < 0.35]:
            columns[f"{name}@{part}"] = _companion(draw, part, height)
    for part in [part for part in parts if random.random() < 0.3]:
        columns[f"@{part}"] = _companion(draw, part, height)
    return pl.DataFrame(columns, height=height) if columns else pl.DataFrame({"id": range(height)})


def _companion(draw, part, height):
    cells = [draw(_part_cells[part]) for _ in range(height)]
    return pl.Series(cells, dtype=PART_DTYPES[part])


def _series(kind, cells, random):
    """Return the column as it may come: as text, in its own type, lists as JSON or as lists."""
    as_text = random.random() < 0.4
    match kind:
        case ItemsKind():
            return _items(kind, cells) if random.random() < 0.5 else _json(cells)
        case TextsKind():
            return pl.Series(cells, dtype=pl.List(pl.String)) if random.random() < 0.5 else _json(cells)
        case NumberKind() | FlagKind():
            series = pl.Series(cells, dtype=dtype_of(kind), strict=False)
            return (
                pl.Series([None if cell is None else repr(cell) for cell in series], dtype=pl.String)
                if as_text
                else series
            )
        case DateKind():
            series = pl.Series(cells, dtype=pl.String)
            return series if as_text else series.str.to_date()
        case ChoiceKind():
            texts = [cell and (cell.upper().replace("_", " ") if as_text else cell) for cell in cells]
            return pl.Series(texts, dtype=pl.String)
        case _:
            return pl.Series(cells, dtype=pl.String)


def _json(cells):
    return pl.Series([None if cell is None else json.dumps(cell) for cell in cells], dtype=pl.String)


def _items(kind, cells):
    inner = pl.Struct({name: dtype_of(field) for name, field in kind.fields.items()})
    return pl.Series(cells, dtype=pl.List(inner), strict=False)


def claims_of(table, framework):
    """Return the claims that the rows of a table make, by the contract of docs/bulk.md."""
    keys = claim_keys_of(framework)
    return [
        [
            Claim(
                id=UUID(int=number),
                key=name,
                value=_value(keys[name], row[name]),
                source="crm",
                observed_at=_said(row, name, "observed_at", NOW),
                grade=_said(row, name, "grade", "asserted"),
                confidence=_said(row, name, "confidence", 1.0),
                expires_at=_said(row, name, "expires_at", None),
            )
            for number, name in enumerate(keys)
            if name in row and row[name] is not None
        ]
        for row in table.iter_rows(named=True)
    ]


def _said(row, name, part, default):
    own, of_row = row.get(f"{name}@{part}"), row.get(f"@{part}")
    return own if own is not None else of_row if of_row is not None else default


def _value(key, cell):
    if isinstance(cell, str):
        match key.kind:
            case NumberKind():
                cell = float(cell)
            case FlagKind():
                cell = cell.lower() == "true"
            case ItemsKind() | TextsKind():
                cell = json.loads(cell)
    value = validate_claim(key.name, cell, {key.name: key})
    assert not isinstance(value, FieldProblem), value
    return value


# ── frameworks ──


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
frameworks = st.sampled_from(FRAMEWORKS)


# ── the lead score ──

_COMPANY = {
    "industry": pl.String,
    "sic_code": pl.String,
    "country": pl.String,
    "employees": pl.Int64,
    "annual_revenue": pl.Float64,
    "growth_rate": pl.Float64,
    "funding_stage": pl.String,
    "credit_score": pl.Float64,
    "technologies": pl.List(pl.String),
}
_LEAD = {"email_domain": pl.String, "is_free_mail": pl.Boolean, "is_student": pl.Boolean, "title": pl.String}
_EVENT = pl.Struct({"kind": pl.String, "occurred_at": pl.Datetime("us", "UTC"), "quantity": pl.Int64, "id": pl.String})


def score_table(batch, random):
    """Return leads with their events as a table, lists and events now and then as JSON."""
    columns = {
        f"company.{name}": pl.Series([getattr(facts.company, name) for facts, _ in batch], dtype=dtype)
        for name, dtype in _COMPANY.items()
    }
    columns |= {
        f"lead.{name}": pl.Series([getattr(facts, name) for facts, _ in batch], dtype=dtype)
        for name, dtype in _LEAD.items()
    }
    events = [
        [{"kind": e.kind.value, "occurred_at": e.occurred_at, "quantity": e.quantity, "id": e.id} for e in history]
        for _, history in batch
    ]
    columns["events"] = pl.Series(events, dtype=pl.List(_EVENT))
    if random.random() < 0.3:
        columns["company.technologies"] = _json(columns["company.technologies"].to_list())
        for event in (event for history in events for event in history):
            event["occurred_at"] = event["occurred_at"].isoformat()
        columns["events"] = _json(events)
    spared = [name for name, cells in columns.items() if cells.null_count() < len(cells) or random.random() < 0.5]
    return pl.DataFrame({name: columns[name] for name in spared}, height=len(batch))
