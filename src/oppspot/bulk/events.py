"""Measures the engagement of every row from its list of events: the same as `engagement.measure_engagement`.

Decay is a sum of powers here and Horner's rule there; each kind is rounded to tenths in the same way, which hides the
last bits in which the two differ. Rows in which a booked meeting was cancelled go through the single path.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from oppspot.bulk.columns import temporary
from oppspot.bulk.errors import refusal
from oppspot.bulk.reading import DAY, microseconds, read_part
from oppspot.core.errors import FieldProblem
from oppspot.engagement import CompiledEngagement, measure_engagement
from oppspot.engagement.types import GROUP_OF, SETBACKS, EngagementEvent, EventKind, SetbackRule

EVENTS: Final = "events"
ACCEPTED: Final = "a list of objects with kind, occurred_at and optionally quantity and id, or such a list as JSON text"
_FIELDS: Final = {"kind": pl.String, "occurred_at": pl.String, "quantity": pl.Int64, "id": pl.String}
_KINDS: Final = pl.Enum([kind.value for kind in EventKind])
_FULL: Final = 1000
_LIFT: Final = 0.5 + 1e-6  # rounds half up, past the noise of floats
_BOOKED, _CANCELLED, _JOB_PAGE = EventKind.MEETING_BOOKED, EventKind.MEETING_CANCELLED, EventKind.JOB_PAGE_VIEW


def measure_events(column: pl.Series, model: CompiledEngagement, now: datetime) -> list[pl.Series]:
    """Return what is earned and lost in tenths of a point, and whether anything was seen."""
    events = _past_events(column, now)
    kinds = events.group_by("row", "kind").agg(pl.col("at").max(), pl.col("quantity").sum())
    annulling = _rows_with(kinds, _BOOKED).join(_rows_with(kinds, _CANCELLED), on="row")
    one_by_one = _measured_singly(events.join(annulling, on="row", how="semi"), model, now)
    earned = _earned(events, model, now)
    lost = _lost(kinds, model, now)
    measured = (
        events.select(pl.col("row").unique())
        .join(earned, on="row", how="left")
        .join(lost, on="row", how="left")
        .with_columns(pl.col("earned", "lost").fill_null(0))
    )
    measured = measured.update(one_by_one, on="row") if one_by_one.height else measured
    rows = pl.DataFrame({"row": pl.int_range(len(column), dtype=pl.UInt32, eager=True)})
    found = rows.join(measured, on="row", how="left", maintain_order="left")
    return [
        found["earned"].fill_null(0).alias(temporary(EVENTS, "earned")),
        found["lost"].fill_null(0).alias(temporary(EVENTS, "lost")),
        found["earned"].is_not_null().alias(temporary(EVENTS, "observed")),
    ]


def _rows_with(kinds: pl.DataFrame, kind: EventKind) -> pl.DataFrame:
    return kinds.filter(pl.col("kind") == kind.value).select("row")


def _past_events(column: pl.Series, now: datetime) -> pl.DataFrame:
    """Return the events up to now, one a row, each delivery of one event but the first left out."""
    flat = _flattened(column)
    kind = flat["kind"].cast(pl.String)
    kinds = kind.cast(_KINDS, strict=False)
    if kinds.null_count():
        odd = kind.filter(kinds.is_null())[0]
        raise refusal(FieldProblem(EVENTS, f"{odd!r} is not a kind of event", ", ".join(EventKind)))
    moments = read_part("observed_at", flat["occurred_at"].alias(EVENTS))
    if moments.null_count():
        raise refusal(FieldProblem(EVENTS, "occurred_at is missing", ACCEPTED))
    quantities = flat["quantity"].cast(pl.Int64).fill_null(1)
    if not quantities.is_between(1, 10_000).all():
        raise refusal(FieldProblem(EVENTS, "quantity is out of range", "a whole number from 1 to 10000"))
    events = flat.select("row", "id").with_columns(kinds, moments.alias("at"), quantities)
    events = events.filter(pl.col("at") <= microseconds(now))
    if events["id"].null_count() < events.height:
        events = events.filter(pl.col("id").is_null() | pl.struct("row", "id").is_first_distinct())
    return events


def _flattened(column: pl.Series) -> pl.DataFrame:
    if not column.dtype.is_nested():
        column = _decoded(column.cast(pl.String))
    rows = pl.DataFrame({"row": pl.int_range(len(column), dtype=pl.UInt32, eager=True), "event": column})
    flat = rows.filter(pl.col("event").list.len() > 0).explode("event").unnest("event")
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in _FIELDS.items() if name not in flat.columns]
    return flat.with_columns(absent)


def _decoded(texts: pl.Series) -> pl.Series:
    try:
        return texts.set(~texts.str.contains(r"\S"), None).str.json_decode(pl.List(pl.Struct(_FIELDS)))
    except pl.exceptions.ComputeError:
        raise refusal(FieldProblem(EVENTS, "holds text that is no list of events", ACCEPTED)) from None


def _earned(events: pl.DataFrame, model: CompiledEngagement, now: datetime) -> pl.DataFrame:
    rules = pl.DataFrame(
        {
            "kind": pl.Series([rule.kind.value for rule in model.kinds], dtype=_KINDS),
            "worth": pl.Series([float(rule.points) for rule in model.kinds]),
            "half_life": pl.Series([rule.half_life_days for rule in model.kinds]),
            "share": pl.Series([rule.repeat_share for rule in model.kinds]),
            "group": pl.Series([GROUP_OF[rule.kind].value for rule in model.kinds]),
        }
    )
    age = (microseconds(now) - pl.col("at")) / float(DAY)
    newer = pl.col("quantity").sum().over("row", "kind") - pl.col("quantity").cum_sum().over("row", "kind")
    repeats = (1 - pl.col("share").pow(pl.col("quantity"))) / (1 - pl.col("share"))
    term = repeats * pl.col("share").pow(newer) * pl.lit(2.0).pow(-age / pl.col("half_life"))
    caps = pl.DataFrame(
        {
            "group": [group.value for group, _ in model.caps],
            "cap": pl.Series([cap for _, cap in model.caps], dtype=pl.Int64),
        }
    )
    by_kind = (
        events.join(rules, on="kind")
        .sort("row", "kind", "at", "quantity")
        .with_columns(term.alias("term"))
        .group_by("row", "kind")
        .agg((pl.col("worth").first() * pl.col("term").sum()).alias("points"), pl.col("group").first())
        .with_columns((pl.col("points") * 10 + _LIFT).floor().cast(pl.Int64).alias("tenths"))
    )
    by_group = by_kind.group_by("row", "group").agg(pl.col("tenths").sum()).join(caps, on="group", how="left")
    capped = pl.min_horizontal("tenths", "cap").sum()
    return by_group.group_by("row").agg(pl.min_horizontal(capped, pl.lit(_FULL, pl.Int64)).alias("earned"))


def _lost(kinds: pl.DataFrame, model: CompiledEngagement, now: datetime) -> pl.DataFrame:
    """Return what is taken off once for the latest setback of each kind."""
    idle = [_JOB_PAGE.value, *(kind.value for kind in SETBACKS)]
    only_jobs = pl.col("kind").is_in(pl.Series(idle, dtype=_KINDS).implode()).all().over("row")
    causes = {kind.value: (pl.col("kind") == kind.value, model.setbacks[kind.value]) for kind in SETBACKS}
    causes["job_page_only"] = (pl.col("kind") == _JOB_PAGE.value) & only_jobs, model.setbacks["job_page_only"]
    lost = pl.sum_horizontal(
        [pl.when(holds).then(_tenths_off(rule, now)).otherwise(0) for holds, rule in causes.values()]
    )
    return kinds.with_columns(lost.alias("lost")).group_by("row").agg(pl.col("lost").sum())


def _tenths_off(rule: SetbackRule, now: datetime) -> pl.Expr:
    if rule.half_life_days is None:
        return pl.lit(rule.points * 10, pl.Int64)
    age = (microseconds(now) - pl.col("at")) / float(DAY)
    return (rule.points * pl.lit(2.0).pow(-age / rule.half_life_days) * 10 + _LIFT).floor().cast(pl.Int64)


def _measured_singly(events: pl.DataFrame, model: CompiledEngagement, now: datetime) -> pl.DataFrame:
    by_row: dict[int, list[EngagementEvent]] = {}
    for row, kind, at, quantity in events.select("row", "kind", "at", "quantity").iter_rows():
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        by_row.setdefault(row, []).append(EngagementEvent(EventKind(kind), moment, quantity))
    measured = {row: measure_engagement(history, model, now) for row, history in by_row.items()}
    return pl.DataFrame(
        {
            "row": pl.Series(list(measured), dtype=pl.UInt32),
            "earned": pl.Series([each.earned for each in measured.values()], dtype=pl.Int64),
            "lost": pl.Series([each.lost for each in measured.values()], dtype=pl.Int64),
        }
    )
