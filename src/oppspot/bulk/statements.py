"""What the claims of a table's columns say, as expressions: known yet, fresh, how far trusted, until when.

Moments are microseconds, days are days since 1970. The same rules for single claims are in qualification/evidence.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

import polars as pl

from oppspot.bulk.columns import ClaimColumn, Part, part_column, temporary
from oppspot.bulk.reading import DAY, microseconds
from oppspot.bulk.rounding import divided
from oppspot.qualification.evidence import Reading
from oppspot.qualification.types import GRADE_RANK


@dataclass(frozen=True, slots=True)
class Told:
    """One column's claims as one framework reads them; null nowhere but in `last_day` (does not expire)."""

    column: ClaimColumn
    is_there: pl.Expr
    is_fresh: pl.Expr
    trust: pl.Expr  # none where not fresh
    grade: pl.Expr
    observed: pl.Expr
    last_day: pl.Expr


def value_of(column: ClaimColumn) -> pl.Expr:
    return pl.col(temporary(column.key.name))


def part_of(column: ClaimColumn, part: Part) -> pl.Expr:
    return pl.col(part_column(part, column.companions[part]))


def tell(column: ClaimColumn, reading: Reading, lifetime: timedelta | None, now: datetime) -> Told:
    """Return how a framework reads a column's claims, or what follows from them, which may hold for less long."""
    moment, said = microseconds(now), column.companions
    life = None if lifetime is None else lifetime.days * DAY
    is_there = value_of(column).is_not_null()
    observed = pl.lit(moment, pl.Int64)
    if "observed_at" in said:
        observed = part_of(column, "observed_at")
        is_there &= observed <= moment
    stated = part_of(column, "expires_at") if "expires_at" in said else None
    expires = _expires(stated, observed, life)
    is_fresh = is_there if expires is None else is_there & (expires > moment).fill_null(value=True)
    return Told(
        column=column,
        is_there=is_there,
        is_fresh=is_fresh,
        trust=pl.when(is_fresh).then(_trust(column, reading, observed, expires, stated, life, moment)).otherwise(0.0),
        grade=part_of(column, "grade") if "grade" in said else pl.lit(0, pl.UInt8),
        observed=observed,
        last_day=pl.lit(None, pl.Int32) if expires is None else (expires // DAY).cast(pl.Int32),
    )


def _expires(stated: pl.Expr | None, observed: pl.Expr, life: int | None) -> pl.Expr | None:
    aged = None if life is None else observed + life
    if stated is None or aged is None:
        return aged if stated is None else stated
    return pl.coalesce(stated, aged)


def _trust(
    column: ClaimColumn,
    reading: Reading,
    observed: pl.Expr,
    expires: pl.Expr | None,
    stated: pl.Expr | None,
    life: int | None,
    moment: int,
) -> pl.Expr:
    """Return grade times confidence, whole until half of its life, fading to a half at its end."""
    by_grade = [reading.trust[grade] for grade in GRADE_RANK]
    trust = pl.lit(by_grade[0])
    if "grade" in column.companions:
        trust = pl.lit(pl.Series(by_grade, dtype=pl.Float64)).gather(part_of(column, "grade"))
    if "confidence" in column.companions:
        trust = trust * part_of(column, "confidence")
    if expires is None or not {"observed_at", "expires_at"} & column.companions.keys():
        return trust
    age = (moment - observed) // DAY
    if stated is None and life is not None:
        days = life // DAY
        return pl.when(age * 2 <= days).then(trust).otherwise(trust * (1.5 - divided(age, days)))
    span = (expires - observed) // DAY
    return pl.when((age * 2 <= span).fill_null(value=True)).then(trust).otherwise(trust * (1.5 - age / span))


def counting(candidates: Sequence[Told], exists: Sequence[pl.Expr]) -> pl.Expr:
    """Return which of several statements about one key counts, by place: fresh, then grade, then recency, then first.

    `exists` says where each of them is made at all.
    """
    best = pl.lit(0, pl.UInt8), exists[0], _standing(candidates[0]), candidates[0].observed
    for place, (told, is_there) in enumerate(zip(candidates[1:], exists[1:], strict=True), 1):
        standing = _standing(told)
        wins = is_there & (~best[1] | (standing > best[2]) | ((standing == best[2]) & (told.observed > best[3])))
        mine = pl.lit(place, pl.UInt8), pl.lit(value=True), standing, told.observed
        best = tuple(  # type: ignore[assignment]
            pl.when(wins).then(new).otherwise(old) for new, old in zip(mine, best, strict=True)
        )
    return best[0]


def _standing(told: Told) -> pl.Expr:
    return told.is_fresh.cast(pl.UInt8) * 4 + told.grade


def choose(which: pl.Expr, options: Sequence[pl.Expr]) -> pl.Expr:
    """Return of each row the option that counts there."""
    *others, last = options
    return reduce(
        lambda rest, option: pl.when(which == option[0]).then(option[1]).otherwise(rest),
        reversed(list(enumerate(others))),
        last,
    )
