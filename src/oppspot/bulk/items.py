"""Takes columns of lists apart into tables of items, where that plainly gives what reading list by list would."""

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, Final

import polars as pl

from oppspot.qualification.claims import ClaimKey
from oppspot.qualification.values import (
    MAX_ITEMS,
    ChoiceKind,
    DateKind,
    FlagKind,
    ItemsKind,
    NumberKind,
    ScalarKind,
    TextKind,
    TextsKind,
)

# Letters whose lower case is their case folding: among them lower case tells which items are the same.
SIMPLE: Final = r"[\x21-\x7e\x{a1}-\x{24f}&&[^\x{b5}\x{df}\x{149}\x{17f}\x{1f0}]]"
_IDENTITY: Final = rf"^{SIMPLE}(?:(?:{SIMPLE}| )*{SIMPLE})?$"
_TYPED: Final = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"  # no control characters but line ends and tabs
_PRINTED: Final = rf"(?s)^{_TYPED}*[\S&&{_TYPED}]{_TYPED}*$"
_DATE: Final = r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_STRING: Final = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrtu])*"'
_NUMBER: Final = r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?"
_SAYS: Final = '":'  # between a name and its value; in a text it could only follow a backslash
_ITEM: Final = "identity"


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a column, each with its row, and the rows that have to be read one by one."""

    table: pl.DataFrame
    irregular: pl.Series


def take_apart(key: ClaimKey, raw: pl.Series) -> Items:
    """Return the items of every regular list; empty lists have none, and so have rows that say nothing."""
    assert isinstance(key.kind, (ItemsKind, TextsKind))  # noqa: S101 — the caller asks about lists
    rows = pl.DataFrame({"row": pl.int_range(len(raw), dtype=pl.UInt32, eager=True), "cell": raw})
    rows = rows.filter(pl.col("cell").is_not_null())
    if isinstance(raw.dtype, pl.List):
        parts = [rows]
        left = rows.clear()
    else:
        rows = rows.with_columns(pl.col("cell").cast(pl.String)).filter(pl.col("cell").str.contains(r"\S"))
        parts, left = _decoded(key.kind, rows)
    tables = [_checked(key.kind, part) for part in parts if part.height]
    regular = [(table if table["regular"].all() else table.filter("regular")).drop("regular") for table in tables]
    odd = [left["row"], *(table.filter(~pl.col("regular"))["row"].unique() for table in tables)]
    empty = pl.DataFrame(schema={"row": pl.UInt32, **_types(key.kind)})
    return Items(pl.concat([empty, *regular], how="diagonal"), pl.concat(odd).sort())


# ── JSON ──


def _decoded(kind: ItemsKind | TextsKind, rows: pl.DataFrame) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Return the rows whose JSON has the expected shape, as lists, and the others."""
    shapes = [(_texts_shape(), pl.List(pl.String))]
    if isinstance(kind, ItemsKind):
        shapes.insert(0, (_objects_shape(kind), pl.List(pl.Struct(_types(kind)))))
    parts = []
    for shape, dtype in shapes:
        fits = rows["cell"].str.contains(shape)
        text = rows.filter(fits)
        try:
            cells = text["cell"].str.json_decode(dtype)
        except pl.exceptions.ComputeError:
            continue  # a number or an escape that is none: whoever reads it singly says which
        part = text.select("row", cells)
        if isinstance(kind, ItemsKind) and dtype.inner != pl.String:
            part = part.with_columns(_said(kind, text["cell"]).alias("said"))
        parts.append(part)
        rows = rows.filter(~fits)
    return parts, rows


def _said(kind: ItemsKind, texts: pl.Series) -> pl.Series:
    """Return how many values each text says, null where a field with an empty value may be said twice in an item.

    Of a field said twice the last counts, but Polars decodes the first: then fewer values are found than are said.
    """
    said = texts.str.count_matches(_SAYS, literal=True)
    if not texts.str.contains("null", literal=True).any():
        return said
    pairs = _pairs(kind)
    twice = "|".join(
        rf'"{name}":\s*(?:{_value_shape(field)}|null)\s*(?:,\s*(?:{pairs})\s*)*,\s*"{name}":'
        for name, field in kind.fields.items()
    )
    nothing = texts.str.count_matches(rf"{_SAYS}\s*null")
    may_repeat = (nothing > 0) & texts.str.contains(twice)
    return (said - nothing).set(may_repeat, None)


def _texts_shape() -> str:
    return rf"^\s*\[\s*(?:{_STRING}\s*(?:,\s*{_STRING}\s*)*)?\]\s*$"


def _objects_shape(kind: ItemsKind) -> str:
    pairs = _pairs(kind)
    item = rf"\{{\s*(?:{pairs})\s*(?:,\s*(?:{pairs})\s*)*\}}"
    return rf"^\s*\[\s*{item}\s*(?:,\s*{item}\s*)*\]\s*$"


def _pairs(kind: ItemsKind) -> str:
    return "|".join(rf'"{name}":\s*(?:{_value_shape(field)}|null)' for name, field in kind.fields.items())


def _value_shape(kind: ScalarKind) -> str:
    match kind:
        case FlagKind():
            return "true|false"
        case NumberKind():
            return _NUMBER
        case _:
            return _STRING


def _types(kind: ItemsKind | TextsKind) -> dict[str, Any]:
    if isinstance(kind, TextsKind):
        return {_ITEM: pl.String}
    return {name: _type(field) for name, field in kind.fields.items()}


def _type(kind: ScalarKind) -> Any:
    return pl.Boolean if isinstance(kind, FlagKind) else pl.Float64 if isinstance(kind, NumberKind) else pl.String


# ── checking ──


def _checked(kind: ItemsKind | TextsKind, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the items of lists, in one type a field, and whether they can be taken as they are."""
    flat = rows.filter(pl.col("cell").list.len() > 0).with_columns(pl.col("cell").list.len().alias("length"))
    flat = flat.explode("cell")
    identity = kind.identity if isinstance(kind, ItemsKind) else _ITEM
    flat = flat.unnest("cell") if isinstance(flat.schema["cell"], pl.Struct) else flat.rename({"cell": identity})
    fields = kind.fields if isinstance(kind, ItemsKind) else {_ITEM: TextKind(max_length=kind.max_length)}
    given = [name for name in fields if name in flat.columns]
    kept = flat.with_columns(_as_kept(name, flat.schema[name], fields[name]) for name in given)
    fit = [_fits(pl.col(name), fields[name]) | flat[name].is_null() for name in given]
    is_named = pl.col(identity).str.contains(_IDENTITY).fill_null(value=False)
    kept = kept.with_columns(
        regular=reduce(and_, [*fit, is_named, pl.col("length") <= MAX_ITEMS]).fill_null(value=False),
        same=pl.col(identity).str.to_lowercase().hash() ^ (pl.col("row").cast(pl.UInt64) * _ODD),
        counted=pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.UInt32) for name in given),
    )
    return _with_repeats_marked(kept, rows).select("row", *given, "regular")


def _with_repeats_marked(items: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Mark all items of a list as irregular when one is, when two are the same, or when one has a field twice."""
    repeated = _repeats(items)
    is_whole = "said" not in rows.columns or bool(
        rows["said"].null_count() == 0 and rows["said"].sum() == items["counted"].sum()
    )  # no list has more values than it says, so equal sums are equal throughout
    if items["regular"].all() and not repeated.any() and is_whole:
        return items
    items = items.with_columns(pl.col("regular") & ~repeated)
    regular = pl.col("regular")
    if not is_whole:
        regular &= (pl.col("counted").sum().over("row") == pl.col("said")).fill_null(value=False)
    return items.with_columns(regular.all().over("row").alias("regular"))


def _repeats(items: pl.DataFrame) -> pl.Series:
    """Return which items may be the same as another of their list; mostly the lists are short."""
    longest = items["length"].max() or 0
    same = items["same"]
    if not isinstance(longest, int) or longest > _SHORT:
        return same.is_duplicated()
    repeated = pl.repeat(value=False, n=len(same), eager=True)
    for distance in range(1, longest):
        repeated |= (same == same.shift(distance)).fill_null(value=False)
    return repeated


_ODD: Final = 0x1E3779B97F4A7C15
_SHORT: Final = 6


def _as_kept(name: str, dtype: pl.DataType, kind: ScalarKind) -> pl.Expr:
    """Return a field in the form it is kept in; null where it has another type, which is not accepted."""
    column, base = pl.col(name), dtype.base_type()
    match kind:
        case NumberKind():
            accepted = dtype.is_numeric()
        case FlagKind():
            accepted = base is pl.Boolean
        case DateKind() if base in (pl.Date, pl.Datetime):
            return column.dt.to_string("%Y-%m-%d").alias(name)
        case _:
            accepted = base in (pl.String, pl.Categorical, pl.Enum)
    return (column if accepted else pl.lit(None)).cast(_type(kind)).alias(name)


def _fits(value: pl.Expr, kind: ScalarKind) -> pl.Expr:
    """Return whether a value would be kept as it is."""
    match kind:
        case TextKind():
            return value.str.contains(_PRINTED) & (value.str.len_chars() <= kind.max_length)
        case ChoiceKind():
            return value.is_in(list(kind.values))
        case DateKind():
            return value.str.contains(_DATE) & value.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        case NumberKind():
            in_range = value.is_between(kind.minimum, kind.maximum)
            return in_range & (value == value.floor()) if kind.whole else in_range
        case FlagKind():
            return value.is_not_null()
