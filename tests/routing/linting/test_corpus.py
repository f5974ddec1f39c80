"""Planted faults are found with the rules they are about; rules that are in order have none."""

# ruff: noqa: S311 - a seed makes the corpus the same each time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.linting.corpus import PLANTS, TEAMS, World, a_clean_world, a_member, a_rule, when

from oppspot.conditions.types import ALWAYS, All, Any
from oppspot.routing.linting import Severity

SEEDS = range(40)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_found_with_its_rules(plant: str) -> None:
    for seed in SEEDS:
        random = Random(f"{plant}{seed}")
        planted = PLANTS[plant](random, a_clean_world(random))
        found = [(item.kind, item.rule_ids, item.severity) for item in planted.world.lint().findings]
        assert (planted.kind, planted.rule_ids, planted.severity) in found, (plant, seed, found)


@pytest.mark.parametrize("plant", [name for name in PLANTS if name not in {"shadowed_by_all", "below_inflow"}])
def test_beside_a_planted_fault_nothing_else_is_called_wrong(plant: str) -> None:
    for seed in SEEDS:
        random = Random(f"{plant}{seed}")
        planted = PLANTS[plant](random, a_clean_world(random))
        wrong = planted.world.lint().of(Severity.ERROR, Severity.WARNING)
        others = [item for item in wrong if (item.kind, item.rule_ids) != (planted.kind, planted.rule_ids)]
        assert not others, (plant, seed, others)


@given(st.integers())
@settings(max_examples=400, deadline=None)
def test_rules_that_are_in_order_have_no_fault(seed: int) -> None:
    report = a_clean_world(Random(seed)).lint()
    assert not report.of(Severity.ERROR, Severity.WARNING)
    assert not report.unsettled


GERMANY = when("company.country", "eq", "DE")
LARGE_GERMAN = All((GERMANY, when("company.employees", "gte", 500)))


def _of(*rules: tuple[str, object, int]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what is found of rules with these names, conditions and priorities, each with a team of its own."""
    written = [a_rule(name, asked, TEAMS[place], priority) for place, (name, asked, priority) in enumerate(rules)]  # type: ignore[arg-type]
    world = World((*written, a_rule("rest", ALWAYS, TEAMS[0], 99)), (a_member(1, *TEAMS),))
    return [(item.kind, item.severity, item.rule_ids) for item in world.lint().findings]


def test_the_specific_before_the_general_is_no_fault() -> None:
    assert _of(("large", LARGE_GERMAN, 1), ("german", GERMANY, 2)) == []


def test_the_general_before_the_specific_is_one_fault_not_two() -> None:
    shadowed = ("shadowed", "warning", ("large", "german"))
    assert _of(("german", GERMANY, 1), ("large", LARGE_GERMAN, 2)) == [shadowed]
    assert _of(("german", GERMANY, 1), ("large", LARGE_GERMAN, 1)) == [shadowed]


def test_a_refinement_that_only_its_id_puts_first_is_remarked_on() -> None:
    assert _of(("a", LARGE_GERMAN, 1), ("b", GERMANY, 1)) == [("overlap", "info", ("a", "b"))]


def test_a_fallback_that_its_refinements_leave_nothing_to_is_remarked_on_and_a_net_below_all_is_not() -> None:
    new = All((GERMANY, when("lead.created_at", "within_last", {"days": 7})))
    old = All((GERMANY, when("lead.created_at", "older_than", {"days": 7})))
    found = _of(("new", new, 1), ("old", old, 2), ("german", GERMANY, 3))
    assert found == [("shadowed", "info", ("german", "new", "old"))]
    split = ("new", new.parts[1], 1), ("old", old.parts[1], 2)
    assert _of(*split) == []


def test_what_no_one_field_rules_out_is_an_overlap_only_where_such_a_lead_can_be() -> None:
    """Score and fit say something of each other: no lead is made up of both; title and industry do not."""
    fit, score = when("score.fit", "gte", 90), when("score.overall", "lt", 10)
    assert _of(("fit", fit, 1), ("score", score, 1)) == []
    title = when("lead.title", "contains", "buyer")
    assert _of(("fit", fit, 1), ("title", title, 1)) == [("overlap", "warning", ("fit", "title"))]


def test_an_example_has_what_every_lead_has() -> None:
    """That the stage is unknown is true of no lead: an example may not live on it."""
    odd = Any((when("lead.source", "eq", "web"), when("lead.stage", "is_unknown")))
    overlap = ("overlap", "warning", ("a", "b"))
    assert _of(("a", odd, 1), ("b", when("company.employees", "gte", 5), 1)) == [overlap]
    world = World((a_rule("a", odd, TEAMS[0], 1),), (a_member(1, *TEAMS),))
    (finding,) = world.lint().findings
    assert finding.example is not None
    assert finding.example["lead.stage"] == "lead"


def test_always_in_other_words_is_always() -> None:
    always = All((ALWAYS, Any((ALWAYS, when("lead.source", "eq", "web")))))
    found = _of(("all", always, 1), ("german", GERMANY, 2))
    assert found == [("shadowed", "warning", ("german", "rest", "all"))]
