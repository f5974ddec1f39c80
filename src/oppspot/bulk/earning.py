"""What a criterion earns, as expressions over a column of values: packed numbers, null or anything where unknown."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from oppspot.bulk.packing import Packer
from oppspot.bulk.reading import day_number
from oppspot.bulk.rounding import divided
from oppspot.qualification.criteria import CompiledCriterion, hundredths
from oppspot.qualification.framework import BandsRule, DaysUntilRule, PresentRule, ScaleRule

Value = Any


def packed_answer(packer: Packer, value: Value, today: date) -> int:
    """Return the packed numbers of one value; 0 where it leaves the criterion unknown."""
    earned, _ = packer.criterion.earn(value, today)
    return 0 if earned is None else packer.pack(earned)


def look_up(answers: Iterable[int], place: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(answers, dtype=pl.Int64)).gather(place)


def by_formula(packer: Packer, column: pl.Expr, today: date) -> pl.Expr:
    """Return what a number or a date (in days since 1970) earns, or anything that is there."""
    criterion, rule = packer.criterion, packer.rule
    match rule:
        case BandsRule():
            return _by_band(packer, rule, column)
        case ScaleRule():
            low, high = float(rule.low), float(rule.high)
            share = divided(column - low, high - low).clip(0.0, 1.0)
            return packer.pack((share * criterion.points + 0.5).cast(pl.Int64))
        case DaysUntilRule():
            return _by_days_until(packer, rule, column - day_number(today))
        case PresentRule():
            return pl.lit(packer.pack(criterion.points), pl.Int64)
        case _:
            raise TypeError(f"{rule.kind} scores no column of numbers, dates or texts.")  # parsing refuses it


def _by_band(packer: Packer, rule: BandsRule, value: pl.Expr) -> pl.Expr:
    limits = sorted(
        (float(_limit_of(band)), band.at_least is not None, _capped(band.points, packer.criterion))
        for band in rule.bands
    )
    steps = [
        ((value >= limit) if is_reached_at else (value > limit), packer.pack(worth))
        for limit, is_reached_at, worth in limits
    ]
    return _last_that_holds(steps, packer.pack(0))


def _limit_of(band: Any) -> Any:
    return band.above if band.at_least is None else band.at_least


def _capped(points: Any, criterion: CompiledCriterion) -> int:
    return min(hundredths(points), criterion.points)


def _by_days_until(packer: Packer, rule: DaysUntilRule, days: pl.Expr) -> pl.Expr:
    within = sorted(((step.days, _capped(step.points, packer.criterion)) for step in rule.within), reverse=True)
    steps = [(days <= limit, packer.pack(worth)) for limit, worth in within]
    past = (days < 0, packer.pack(0))
    return _last_that_holds([*steps, past], packer.pack(_capped(rule.later, packer.criterion)))


def _last_that_holds(steps: Iterable[tuple[pl.Expr, int]], otherwise: int) -> pl.Expr:
    start = pl.lit(otherwise, pl.Int64)
    return reduce(lambda rest, step: pl.when(step[0]).then(pl.lit(step[1], pl.Int64)).otherwise(rest), steps, start)
