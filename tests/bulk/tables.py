"""Tables of leads, and the claims their rows make."""

import json
from uuid import UUID

import polars as pl
from tests.bulk.cells import part_of, value_of
from tests.qualification.strategies import NOW

from oppspot.bulk.columns import PARTS
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import validate_claim
from oppspot.qualification.compiled import claim_keys_of, compile_framework
from oppspot.qualification.types import Claim
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, NumberKind, TextsKind

_PART_DTYPES = {
    "observed_at": pl.Datetime("us", "UTC"),
    "grade": pl.String,
    "confidence": pl.Float64,
    "expires_at": pl.Datetime("us", "UTC"),
}


def claim_table(framework, random, rows):
    """Return rows of claims about the framework's keys and others, each key with some companions or none at all."""
    keys = claim_keys_of(framework)
    relevant = compile_framework(framework).reading.relevant
    share, companions = random.choice([0.3, 0.9]), random.choice([0, 0.35])
    columns = {"id": pl.Series(range(rows))}
    for name, key in keys.items():
        if random.random() < (share if name in relevant else 0.02):
            columns[name] = _series(
                key.kind, _cells(random, rows, lambda kind=key.kind: value_of(kind, random)), random
            )
            columns |= {f"{name}@{part}": _part(part, random, rows) for part in PARTS if random.random() < companions}
    return pl.DataFrame(
        columns | {f"@{part}": _part(part, random, rows) for part in PARTS if random.random() < companions}
    )


def _cells(random, rows, make):
    known = random.choice([0.4, 0.8])
    return [make() if random.random() < known else None for _ in range(rows)]


def _part(part, random, rows):
    return pl.Series(_cells(random, rows, lambda: part_of(part, random)), dtype=_PART_DTYPES[part])


def _series(kind, cells, random):
    """Return the column as it may come: as text, in its own type, lists as JSON or as lists."""
    as_text = random.random() < 0.4
    match kind:
        case ItemsKind():
            return list_series(kind, cells) if random.random() < 0.5 else json_series(cells)
        case TextsKind():
            return pl.Series(cells, dtype=pl.List(pl.String)) if random.random() < 0.5 else json_series(cells)
        case NumberKind() | FlagKind():
            series = pl.Series(cells, dtype=_dtype_of(kind), strict=False)
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


def json_series(cells):
    return pl.Series([None if cell is None else json.dumps(cell) for cell in cells], dtype=pl.String)


def list_series(kind, cells):
    """Return lists of objects; texts among them become objects, since Arrow's lists have one type."""
    inner = pl.Struct({name: _dtype_of(field) for name, field in kind.fields.items()})
    objects = [cell and [each if isinstance(each, dict) else {kind.identity: each} for each in cell] for cell in cells]
    return pl.Series(objects, dtype=pl.List(inner), strict=False)


def _dtype_of(kind):
    match kind:
        case NumberKind():
            return pl.Float64
        case FlagKind():
            return pl.Boolean
        case _:
            return pl.String


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
        columns["company.technologies"] = json_series(columns["company.technologies"].to_list())
        for event in (event for history in events for event in history):
            event["occurred_at"] = event["occurred_at"].isoformat()
        columns["events"] = json_series(events)
    spared = [name for name, cells in columns.items() if cells.null_count() < len(cells) or random.random() < 0.5]
    return pl.DataFrame({name: columns[name] for name in spared}, height=len(batch))
