"""Answers questions about lists for whole columns.

Lists that are plainly regular (no item twice, every value as it would be kept) are taken apart into one table of items,
on which the rules are expressions. All others, and what follows from lists, go through the rules for single claims.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import and_

import polars as pl

from oppspot.bulk.distinct import by_distinct
from oppspot.bulk.errors import InvalidTable, refusal
from oppspot.bulk.items import Items, take_apart
from oppspot.bulk.packing import Packer
from oppspot.bulk.tabulating import Question, tabulate
from oppspot.qualification.criteria import hundredths
from oppspot.qualification.framework import AtLeast, FieldPoints, ItemsRule, PresentRule, ShareRule, Wanted
from oppspot.qualification.titles import seniority_of_title
from oppspot.qualification.values import ItemsKind, TextKind


def answer_lists(raw: pl.Series, questions: Sequence[Question], today: date) -> list[pl.Series]:
    """Return the columns that answer the questions about a column of lists; null where nothing is said."""
    about_items = [question for question in questions if question.follow is None and _is_plain(question)]
    others = [question for question in questions if question not in about_items]
    made = tabulate(raw, others, today) if others else []
    if about_items:
        made += _answers(raw, about_items, today)
    return list({series.name: series for series in made}.values())


def _is_plain(question: Question) -> bool:
    """Tell whether its criteria can be expressed: text is kept in another form than it comes in."""
    kind = question.source.kind
    fields = kind.fields if isinstance(kind, ItemsKind) else {}
    wheres = [packer.rule.where for _, packer in question.answers if isinstance(packer.rule, (ItemsRule, ShareRule))]
    return not any(isinstance(fields.get(name), TextKind) for where in wheres for name in where)


def _answers(raw: pl.Series, questions: Sequence[Question], today: date) -> list[pl.Series]:
    items = take_apart(questions[0].source, raw)
    found = _counted(items, questions)
    rows = pl.DataFrame({"row": pl.int_range(len(raw), dtype=pl.UInt32, eager=True)})
    answers = rows.join(found, on="row", how="left", maintain_order="left").drop("row")
    if len(items.irregular):
        odd = _read_singly(raw, items.irregular, questions, today)
        answers = answers.with_columns(answers[series.name].scatter(items.irregular, series) for series in odd)
    return answers.get_columns()


def _read_singly(raw: pl.Series, rows: pl.Series, questions: Sequence[Question], today: date) -> list[pl.Series]:
    try:
        return tabulate(raw.gather(rows), questions, today)
    except InvalidTable as fault:
        raise refusal(*fault.errors, row=rows[(fault.row or 1) - 1] + 1) from None


def _counted(items: Items, questions: Sequence[Question]) -> pl.DataFrame:
    """Return the answers for each row whose items were taken apart."""
    asked = {name: packer for question in questions for name, packer in question.answers}
    table = items.table
    if "seniority" in table.columns and "title" in table.columns:
        titles = by_distinct(table["title"], seniority_of_title, pl.String)
        table = table.with_columns(pl.coalesce("seniority", titles).alias("seniority"))
    sums = [
        expression.alias(f"{name}\x1f{what}") for name, packer in asked.items() for what, expression in _sums(packer)
    ]
    counted = table.group_by("row").agg(pl.len().cast(pl.Int64).alias("items"), *sums)
    return counted.select(
        "row",
        *(pl.lit(value=True).alias(exists) for exists in {question.exists for question in questions}),
        *(_packed(packer, name).alias(name) for name, packer in asked.items()),
    )


def _sums(packer: Packer) -> list[tuple[str, pl.Expr]]:
    """Return what has to be summed up over a row's items."""
    rule = packer.rule
    if not isinstance(rule, (ItemsRule, ShareRule)):
        return []
    fields = _fields(packer)
    # "row" is always there: of a literal, a sum would have one row.
    is_stated = reduce(and_, [pl.col(name).is_not_null() for name in ["row", *fields]])
    counts = reduce(and_, [_is_wanted(name, wanted) for name, wanted in rule.where.items()], is_stated)
    worth = _worth(rule) if isinstance(rule, ItemsRule) else pl.lit(1, pl.Int64)
    sums = [("earned", pl.when(counts).then(worth).otherwise(0).sum())]
    return [*sums, ("stated", is_stated.any())] if fields else sums


def _fields(packer: Packer) -> list[str]:
    """Return the fields an item has to state to count."""
    rule = packer.rule
    if isinstance(rule, ShareRule):
        return [*rule.where]
    if isinstance(rule, ItemsRule):
        return [*rule.where, *rule.states, *([rule.each.field] if isinstance(rule.each, FieldPoints) else ())]
    return []


def _is_wanted(name: str, wanted: Wanted) -> pl.Expr:
    match wanted:
        case AtLeast():
            return pl.col(name) >= float(wanted.at_least)
        case tuple():
            return pl.col(name).is_in(list(wanted))
        case _:
            return pl.col(name) == wanted


def _worth(rule: ItemsRule) -> pl.Expr:
    if not isinstance(rule.each, FieldPoints):
        return pl.lit(hundredths(rule.each), pl.Int64)
    worth: pl.Expr = pl.lit(0, pl.Int64)
    for value, amount in rule.each.points.items():
        worth = pl.when(pl.col(rule.each.field) == value).then(pl.lit(hundredths(amount), pl.Int64)).otherwise(worth)
    return worth


def _packed(packer: Packer, name: str) -> pl.Expr:
    rule, points = packer.rule, packer.criterion.points
    if isinstance(rule, PresentRule):
        return pl.lit(packer.pack(points), pl.Int64)
    earned = pl.col(f"{name}\x1fearned")
    if isinstance(rule, ShareRule):
        items = pl.col("items")
        earned = (earned * (2 * points) + items) // (items * 2)
    packed = packer.pack(pl.min_horizontal(earned, pl.lit(points, pl.Int64)))
    return pl.when(pl.col(f"{name}\x1fstated")).then(packed).otherwise(0) if _fields(packer) else packed
