"""What the linter proves is so for every lead of a small world, tried one by one with the predicates that decide."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any as Anything

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conditions import strategies as wide
from tests.routing.linting.corpus import QUEUE, SEATED, TEAMS, a_rule
from tests.routing.world import NOW

from oppspot.conditions.predicates import compile_predicate
from oppspot.conditions.types import (
    OPS,
    All,
    Any,
    Condition,
    Field,
    FieldType,
    Leaf,
    Not,
    Op,
    Period,
    PeriodUnit,
    Shape,
    shape_of,
)
from oppspot.routing.linting import Finding, Kind, Population, lint
from oppspot.routing.linting.formulas import Wish
from oppspot.routing.linting.search import Search
from oppspot.routing.types import RoutingConfig

_DAYS = [timedelta(days=-1), timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=9)]
DOMAIN: dict[Field, list[object]] = {
    Field("lead.source", FieldType.TEXT, "source"): [None, "", "web", "Webinar", "fair", "something else"],
    Field("company.employees", FieldType.NUMBER, "employees"): [None, 0, 1, 2, 3, 4],
    Field("score.fit", FieldType.NUMBER, "fit"): [None, 0.0, 1, 1.5, 2, 3, 100],
    Field("lead.is_free_mail", FieldType.BOOLEAN, "free mail"): [None, True, False],
    Field("bant.status", FieldType.CHOICE, "verdict", choices=("a", "b")): [None, "a", "b"],
    Field("lead.status", FieldType.CHOICE, "status", choices=("new", "working", "archived")): ["new", "working"],
    Field("company.technologies", FieldType.TEXT_LIST, "technologies"): [
        None,
        [],
        ["x"],
        ["y"],
        ["x", "y"],
        ["z", "y"],
    ],
    Field("attributes.seen", FieldType.DATETIME, "seen"): [None, *(NOW - age for age in _DAYS)],
}
QUEUES = (QUEUE, *TEAMS[:2])
DEFAULTS = {"lead.status": "new"}
_OPERANDS: dict[FieldType, list[Anything]] = {
    FieldType.TEXT: ["web", "WEB", "fair", "inar", "e"],
    FieldType.NUMBER: [-1, 0, 1, 1.5, 2, 3, 101],
    FieldType.BOOLEAN: [True, False],
    FieldType.TEXT_LIST: ["x", "y", "X"],
    FieldType.DATETIME: [NOW - age for age in _DAYS],
}
_PERIODS = [Period(1, PeriodUnit.HOURS), Period(1, PeriodUnit.DAYS), Period(9, PeriodUnit.DAYS)]


@st.composite
def leaves(draw: st.DrawFn, fields: list[Field]) -> Leaf:
    field = draw(st.sampled_from(fields))
    op = draw(st.sampled_from(OPS[field.type]))
    one = st.sampled_from(field.choices or _OPERANDS[field.type])
    match shape_of(op):
        case Shape.NOTHING:
            return Leaf(field, op)
        case Shape.ONE:
            return Leaf(field, op, draw(one))
        case Shape.MANY:
            return Leaf(field, op, tuple(draw(st.lists(one, min_size=1, max_size=3))))
        case Shape.RANGE:
            return Leaf(field, op, tuple(sorted(draw(st.lists(one, min_size=2, max_size=2)))))
        case Shape.PERIOD:
            return Leaf(field, op, draw(st.sampled_from(_PERIODS)))


def conditions(fields: list[Field]) -> st.SearchStrategy[Condition]:
    def grow(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        groups = st.lists(parts, max_size=3).map(tuple)
        return groups.map(All) | groups.map(Any) | parts.map(Not)

    return st.recursive(leaves(fields), grow, max_leaves=6)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Field], list[tuple[Condition, Wish]]]:
    fields = draw(st.lists(st.sampled_from(list(DOMAIN)), min_size=1, max_size=3, unique=True))
    asked = st.tuples(conditions(fields), st.sampled_from(Wish))
    return fields, draw(st.lists(asked, min_size=1, max_size=3))


def every_lead(fields: list[Field]) -> Iterator[dict[str, object]]:
    for values in product(*(DOMAIN[field] for field in fields)):
        yield {field.name: value for field, value in zip(fields, values, strict=True)}


def comes_out(outcome: bool | None, wish: Wish) -> bool:
    return {Wish.TRUE: outcome is True, Wish.FALSE: outcome is False}.get(wish, outcome is not (wish is Wish.NOT_TRUE))


@given(questions())
@settings(max_examples=600, deadline=None)
def test_what_is_found_is_so_and_what_is_never_is_so_for_no_lead(
    question: tuple[list[Field], list[tuple[Condition, Wish]]],
) -> None:
    fields, asked = question
    search = Search(NOW)
    answer = search.find([search.formula(condition, wish) for condition, wish in asked])
    tests = [(compile_predicate(condition), wish) for condition, wish in asked]

    def meets(row: dict[str, object]) -> bool:
        return all(comes_out(predicate(row, NOW), wish) for predicate, wish in tests)

    assert not (answer.row is not None and answer.never)
    if answer.row is not None:
        assert meets(answer.row)
    if answer.never:
        assert not any(meets(row) for row in every_lead(fields))


@given(questions())
@settings(max_examples=300, deadline=None)
def test_where_every_value_is_listed_it_can_always_be_told(
    question: tuple[list[Field], list[tuple[Condition, Wish]]],
) -> None:
    fields, asked = question
    if any(field.type is FieldType.DATETIME or field.type is FieldType.TEXT for field in fields):
        return
    search = Search(NOW)
    answer = search.find([search.formula(condition, wish) for condition, wish in asked])
    assert answer.never or answer.row is not None


@given(wide.conditions(), wide.conditions(), wide.typed_rows())
@settings(max_examples=300, deadline=None)
def test_whatever_is_asked_of_whatever_field_no_lead_contradicts_a_proof(
    first: Condition, second: Condition, row: dict[str, object]
) -> None:
    search = Search(wide.NOW)
    one, other = compile_predicate(first), compile_predicate(second)
    takes, leaves_out = search.formula(first), search.formula(second, Wish.NOT_TRUE)
    within = search.find([takes, leaves_out]).never
    if within and one(row, wide.NOW):
        assert other(row, wide.NOW)
    if search.find([takes]).never:
        assert not one(row, wide.NOW)
        assert not one(row, wide.NOW + timedelta(days=40))


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[list[Field], RoutingConfig]:
    fields = draw(st.lists(st.sampled_from(list(DOMAIN)), min_size=1, max_size=2, unique=True))
    asked = draw(st.lists(conditions(fields), min_size=2, max_size=5))
    priorities = draw(st.lists(st.integers(1, 3), min_size=len(asked), max_size=len(asked)))
    rules = [
        a_rule(f"{place}", condition, QUEUES[place % 3], priority)
        for place, (condition, priority) in enumerate(zip(asked, priorities, strict=True))
    ]
    return fields, RoutingConfig(tuple(rules), "hash")


@given(rule_sets())
@settings(max_examples=400, deadline=None)
def test_what_is_said_of_whole_sets_of_rules_is_so_of_every_lead(rule_set: tuple[list[Field], RoutingConfig]) -> None:
    fields, config = rule_set
    ids = [rule.id for rule in config.live_rules]
    every = [config.index.all_matches(row, NOW) for row in every_lead(fields)]
    first = {ids[places[0]] for places in every if places}
    matched = {ids[place] for places in every for place in places}
    for finding in lint(config, (), Population(), SEATED, NOW).findings:
        match finding.kind:
            case Kind.UNREACHABLE:
                assert finding.rule_ids[0] not in matched
            case Kind.SHADOWED:
                assert finding.rule_ids[0] not in first
                takers = set(finding.rule_ids[1:])
                assert all(takers & {ids[place] for place in places} for places in every if _asks(places, ids, finding))
            case Kind.OVERLAP:
                assert finding.example is not None
                example = DEFAULTS | finding.example
                places = config.index.all_matches(example, NOW)
                assert (ids[places[0]], finding.rule_ids[1] in {ids[place] for place in places}) == (
                    finding.rule_ids[0],
                    True,
                )
            case Kind.UNCOVERED:
                assert finding.example is not None
                assert config.index.all_matches(DEFAULTS | finding.example, NOW) == []


def _asks(places: list[int], ids: list[str], finding: Finding) -> bool:
    return finding.rule_ids[0] in {ids[place] for place in places}


def test_a_proof_about_times_holds_at_every_moment() -> None:
    """Within the last day and before last week cannot be now, but could have been then: it is not called impossible."""
    seen = Field("attributes.seen", FieldType.DATETIME, "seen")
    both = All((Leaf(seen, Op.WITHIN_LAST, Period(1, PeriodUnit.DAYS)), Leaf(seen, Op.LT, NOW - timedelta(days=7))))
    search = Search(NOW)
    answer = search.find([search.formula(both)])
    assert (answer.row, answer.never) == (None, False)
    never = All(
        (Leaf(seen, Op.WITHIN_LAST, Period(1, PeriodUnit.DAYS)), Leaf(seen, Op.OLDER_THAN, Period(1, PeriodUnit.DAYS)))
    )
    assert search.find([search.formula(never)]).never


def test_a_search_that_costs_too_much_is_given_up_not_guessed() -> None:
    field = next(iter(DOMAIN))
    parts = tuple(Any((Leaf(field, Op.CONTAINS, f"a{n}"), Leaf(field, Op.CONTAINS, f"b{n}"))) for n in range(30))
    search = Search(NOW)
    answer = search.find([search.formula(All(parts))], budget=50)
    assert (answer.row, answer.never) == (None, False)
