"""Which frameworks a lead is qualified by, and why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oppspot.conditions.catalogue import default_catalogue
from oppspot.core.errors import Invalid
from oppspot.qualification.selection import (
    Choice,
    DealSize,
    LargeDeals,
    Selected,
    SelectionDocument,
    SelectionRule,
    compile_selection,
    select_frameworks,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
THERE_ARE = frozenset({"bant", "meddic", "anum"})
SOFTWARE = {"field": "company.industry", "op": "eq", "value": "software"}


def selected(
    document: SelectionDocument, row: dict[str, Any] | None = None, size: DealSize | None = None, choice: Any = None
) -> Selected:
    selection = compile_selection(document, default_catalogue(), THERE_ARE)
    return select_frameworks(selection, lambda: row or {}, size or DealSize(), choice, NOW)


def by_rule(**changes: Any) -> SelectionDocument:
    rule = SelectionRule(name="Software", conditions=SOFTWARE, framework="anum", also=("meddic",))
    return SelectionDocument(rules=(rule,), **changes)


def test_without_a_reason_for_another_it_is_the_default() -> None:
    assert selected(SelectionDocument()) == Selected(("bant",), "default", "The default: no rule says otherwise.")


@pytest.mark.parametrize(
    ("size", "why"),
    [
        (DealSize(estimated_budget=100_000), "estimated budget 100,000, from 100,000 on"),
        (DealSize(employees=1_000), "employees 1,000, from 1,000 on"),
        (DealSize(committee_size=5), "buying committee 5, from 5 on"),
    ],
)
def test_a_large_deal_is_qualified_by_meddic_and_compared_by_bant(size: DealSize, why: str) -> None:
    found = selected(SelectionDocument(), size=size)
    assert (found.frameworks, found.by) == (("meddic", "bant"), "size")
    assert why in found.reason


@pytest.mark.parametrize("size", [DealSize(99_999, 999, 4), DealSize()])
def test_a_deal_that_is_small_or_of_unknown_size_is_not_large(size: DealSize) -> None:
    assert selected(SelectionDocument(), size=size).by == "default"


def test_a_rule_comes_before_size_and_may_name_several() -> None:
    found = selected(by_rule(), {"company.industry": "Software"}, DealSize(employees=5_000))
    assert found == Selected(("anum", "meddic", "bant"), "rule", "Rule “Software”.", 0)


def test_a_rule_of_which_it_is_not_known_whether_it_holds_does_not() -> None:
    assert selected(by_rule(), {}).by == "default"


def test_a_choice_by_hand_comes_before_everything() -> None:
    found = selected(by_rule(), {"company.industry": "Software"}, choice=Choice(("meddic",), "Rita"))
    assert found == Selected(("meddic", "bant"), "hand", "Chosen by Rita.")


def test_a_choice_of_what_is_gone_leaves_it_to_the_rules() -> None:
    assert selected(SelectionDocument(), choice=Choice(("gone",), "Rita")).by == "default"


def test_what_is_retired_qualifies_nobody_any_more_even_by_hand() -> None:
    retired = SelectionDocument(retired=("anum",))
    assert selected(retired, choice=Choice(("anum",), "Rita", also=("anum",))).frameworks == ("bant",)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (SelectionDocument(default="gone"), "default"),
        (SelectionDocument(large_deals=LargeDeals(framework="gone")), "large_deals.framework"),
        (SelectionDocument(retired=("bant",)), "default"),
        (by_rule(retired=("anum",)), "rules[0].framework"),
        (SelectionDocument(rules=(SelectionRule(name="x", framework="anum", conditions={"all": 1}),)), "rules[0]"),
        (
            SelectionDocument(
                rules=(
                    SelectionRule(
                        name="x",
                        framework="anum",
                        conditions={"field": "qualification.status", "op": "eq", "value": "commit"},
                    ),
                ),
            ),
            "rules[0].conditions",
        ),
    ],
)
def test_what_could_not_choose_is_refused_by_name(document: SelectionDocument, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        compile_selection(document, default_catalogue(), THERE_ARE)
    assert any(problem.path.startswith(path) for problem in refusal.value.errors)
