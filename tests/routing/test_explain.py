"""Why her, and why not me."""

from dataclasses import replace

import pytest
from tests.routing.world import (
    ANN,
    BEN,
    a_lead,
    leads,
    route,
)

from oppspot.routing.algorithms.round_robin import TIE_BREAK
from oppspot.routing.explain import why, why_not


def test_why_gives_the_reason_and_what_broke_a_tie() -> None:
    (first,) = route(a_lead()).decisions
    assert why(first) == f"{first.reason} {TIE_BREAK}"


def test_why_without_a_tie_is_the_reason() -> None:
    *_, third = route(leads(3)).decisions
    assert why(third) == third.reason


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"active": False}, "Ben is no longer active."),
        ({"weight": 0}, "Ben has a weight of 0, so routing gives them nothing."),
        ({"available": False}, "Ben was unavailable."),
        ({"max_open": 20, "open_count": 20}, "Ben was at capacity, with 20 of 20 leads open."),
    ],
)
def test_why_not_names_the_test_that_failed(change: dict, sentence: str) -> None:
    (decision,) = route(a_lead(), reps=[ANN, replace(BEN, **change)]).decisions
    assert why_not(decision, BEN.id) == f"{sentence} {decision.reason}"


def test_why_not_after_a_rejection() -> None:
    (decision,) = route(a_lead(previous_rep_ids=frozenset({ANN.id}))).decisions
    assert why_not(decision, ANN.id).startswith("Ann has had this lead before. ")


def test_why_not_compares_turns_of_the_eligible() -> None:
    *_, third = route(leads(3)).decisions
    assert why_not(third, BEN.id) == (
        "Ben was eligible and number 3 of 3 in turn, owed nothing; Cleo was number 1, owed 1.00 of a lead."
    )
