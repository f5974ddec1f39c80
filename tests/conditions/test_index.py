"""What the index must get right beyond agreeing on small random rules."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conditions.strategies import NOW, conditions, messy_rows

from oppspot.conditions import dimensions, ordered_dimensions
from oppspot.conditions.branches import MAX_BRANCHES, unfold
from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.parse import parse
from oppspot.conditions.rules import evaluate
from oppspot.conditions.types import Any, Condition

SOURCE = {"field": "lead.source", "op": "eq", "value": "Web"}
BIG = {"field": "company.employees", "op": "gte", "value": 1000}


def indexed(*documents: object) -> RuleIndex:
    return RuleIndex([parse(document, default_catalogue()) for document in documents])


@given(conditions(), messy_rows(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_some_branch_is_met_exactly_when_the_condition_comes_out_as_wanted(
    condition: Condition, row: dict[str, object], wanted: bool
) -> None:
    branches = unfold(condition, wanted=wanted)
    met = any(all(evaluate(goal.condition, row, NOW) is goal.wanted for goal in branch) for branch in branches)
    assert met is (evaluate(condition, row, NOW) is wanted)
    assert len(branches) <= MAX_BRANCHES


def test_no_rules_match_nothing() -> None:
    assert RuleIndex([]).first_match([{"lead.source": "Web"}], NOW) == [None]


def test_no_rows_have_no_matches() -> None:
    assert indexed(SOURCE).first_match([], NOW) == []


def test_the_first_of_several_true_rules_wins() -> None:
    row = {"lead.source": "Web", "company.employees": 5000}
    assert indexed(BIG, SOURCE).first_match([row], NOW) == [0]
    assert indexed(BIG, SOURCE).all_matches(row, NOW) == [0, 1]


def test_a_rule_without_conditions_catches_the_rest() -> None:
    rows = [{"lead.source": "Web"}, {"lead.source": "Chat"}, {}]
    assert indexed(SOURCE, {"all": []}).first_match(rows, NOW) == [0, 1, 1]


def test_a_rule_that_can_never_be_true_is_passed_over() -> None:
    assert RuleIndex([Any(())]).first_match([{}], NOW) == [None]


def test_an_unknown_value_matches_no_rule_about_it() -> None:
    assert indexed({"not": SOURCE}).first_match([{}, {"lead.source": None}], NOW) == [None, None]


def test_a_true_flag_is_not_remembered_as_the_number_one() -> None:
    index = indexed({"field": "engagement.events_7d", "op": "gte", "value": 1})
    rows = [{"engagement.events_7d": value} for value in (1, True, 1.0, False, 0, True)]
    assert index.first_match(rows, NOW) == [0, None, 0, None, None, None]


def test_one_row_with_an_odd_value_does_not_disturb_the_others() -> None:
    rows = [{"lead.source": "Web"}, {"lead.source": ["Web"]}, {"lead.source": {"a": 1}}, {"lead.source": "web"}]
    assert indexed(SOURCE, {"all": []}).first_match(rows, NOW) == [0, 1, 1, 0]


def test_now_moves_without_a_new_index() -> None:
    index = indexed({"field": "lead.created_at", "op": "within_last", "value": {"days": 1}})
    row = {"lead.created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    days = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (1, 2)]
    assert [index.first_match([row], day) for day in days] == [[0], [None]]


def test_more_alternatives_than_unfold_are_still_right() -> None:
    either = [{"any": [SOURCE, {"field": "lead.title", "op": "contains", "value": str(i)}]} for i in range(9)]
    index = indexed({"all": either})
    assert index.first_match([{"lead.title": "012345678"}, {"lead.title": "01234567"}], NOW) == [0, None]


def test_one_long_alternative_stays_folded() -> None:
    either = parse({"any": [{**SOURCE, "value": str(i)} for i in range(40)]}, default_catalogue())
    assert len(unfold(either)) <= MAX_BRANCHES
    assert RuleIndex([either]).first_match([{"lead.source": "39"}, {"lead.source": "40"}], NOW) == [0, None]


def test_a_long_list_of_numbers_is_still_right() -> None:
    index = indexed({"field": "company.employees", "op": "in", "value": list(range(0, 200, 2))})
    assert index.first_match([{"company.employees": 198}, {"company.employees": 199}], NOW) == [0, None]


def test_two_demands_on_one_text_are_both_made() -> None:
    demands = [{"field": "lead.source", "op": "in", "value": ["Web", name]} for name in ("Chat", "Fair")]
    rows = [{"lead.source": source} for source in ("Chat", "Web", "Fair")]
    assert indexed({"all": demands}).first_match(rows, NOW) == [None, 0, None]


def test_two_demands_on_one_list_are_both_made() -> None:
    demands = [{"field": "company.technologies", "op": "has_any", "value": [name]} for name in ("SAP", "AWS")]
    rows = [{"company.technologies": list_} for list_ in (["sap"], ["sap", "aws"])]
    assert indexed({"all": demands}).first_match(rows, NOW) == [None, 0]


def test_what_is_remembered_is_bounded_and_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dimensions, "REMEMBERED", 3)
    monkeypatch.setattr(ordered_dimensions, "MOST_REMEMBERED", 3)
    index = indexed(SOURCE, BIG)
    rows = [{"lead.source": f"x{i}", "company.employees": 990 + i} for i in range(20)]
    assert index.first_match(rows * 2, NOW) == ([None] * 10 + [1] * 10) * 2
    assert all(len(each._remembered) <= 3 for each in index._dimensions.values())


def test_many_rules_over_many_rows_match_as_one_by_one() -> None:
    chance = random.Random(7)  # noqa: S311 - not about secrets
    documents = [
        {"all": [{**SOURCE, "value": chance.choice("abcde")}, {**BIG, "value": chance.randrange(100)}]}
        for _ in range(300)
    ]
    rules = [parse(document, default_catalogue()) for document in documents]
    rows = [{"lead.source": chance.choice("abcdef"), "company.employees": chance.randrange(120)} for _ in range(600)]
    expected = [next((i for i, rule in enumerate(rules) if evaluate(rule, row, NOW)), None) for row in rows[:40]]
    assert RuleIndex(rules).first_match(rows, NOW)[:40] == expected
