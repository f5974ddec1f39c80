"""Why her, and why not me."""

from dataclasses import replace

import pytest
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    HELD,
    SALES,
    SUPPORT,
    a_config,
    a_lead,
    a_rep,
    a_rule,
    industry_is,
    leads,
    rep_id,
    route,
)

from oppspot.routing.candidates import candidates_of
from oppspot.routing.explain import why, why_not
from oppspot.routing.fairness import LEAD
from oppspot.routing.picking import TIE_BREAK


def test_why_gives_the_reason_and_what_broke_a_tie() -> None:
    (first,) = route(a_lead()).decisions
    assert why(first) == f"{first.reason} {TIE_BREAK}"


def test_why_without_a_tie_is_the_reason() -> None:
    *_, third = route(leads(3)).decisions
    assert why(third) == third.reason


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"active": False}, "Ben no longer works leads."),
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


def test_why_not_mentions_the_tie_break() -> None:
    (first,) = route(a_lead()).decisions
    assert why_not(first, CLEO.id).endswith(TIE_BREAK)


def test_why_not_for_the_winner_a_stranger_and_a_queue() -> None:
    (won,) = route(a_lead()).decisions
    (queued,) = route(a_lead(), a_config(a_rule(HELD))).decisions
    assert why_not(won, ANN.id).startswith("They did get it. Rule")
    assert why_not(won, rep_id(99)).startswith("They are not in the pool it went to. Rule")
    assert why_not(queued, ANN.id).startswith("No reps were compared. Rule")


def test_when_nobody_was_eligible_every_candidate_has_the_test_it_failed() -> None:
    (decision,) = route(a_lead(), reps=[replace(ANN, max_open=0), replace(BEN, active=False)]).decisions
    assert why_not(decision, BEN.id).startswith("Ben no longer works leads.")
    assert [(each.rank, each.eligible) for each in candidates_of(decision)] == [(None, False), (None, False)]


def test_candidates_show_credit_and_load_as_they_were_at_each_decision() -> None:
    *_, third = route(leads(3)).decisions
    ann, ben, cleo = candidates_of(third)
    assert (ann.credit_before, ben.credit_before, cleo.credit_before) == (-LEAD // 3, -LEAD // 3, 2 * LEAD // 3)
    assert (ann.open_count, cleo.open_count, cleo.rank) == (1, 0, 1)


def test_leads_that_came_through_another_team_count_in_the_load_shown() -> None:
    both = a_rep(1, teams=[SALES, SUPPORT])
    config = a_config(a_rule(SALES, industry_is("a"), id="r1"), a_rule(SUPPORT, id="r2", priority=2))
    stream = [a_lead(n, {"company.industry": industry}) for n, industry in enumerate("abab")]
    loads = [candidates_of(decision)[0].open_count for decision in route(stream, config, [both]).decisions]
    assert loads == [0, 1, 2, 3]


def test_a_queue_has_no_candidates() -> None:
    (queued,) = route(a_lead(), a_config(a_rule(HELD))).decisions
    assert candidates_of(queued) == ()


def test_why_not_says_when_a_larger_claim_was_due_later() -> None:
    """Cleo is owed the most, but Ann, with eight times the weight, gains so fast that hers is due first."""
    reps = [replace(ANN, weight=8), BEN, CLEO]
    told = [
        why_not(each, rep.id)
        for each in route(leads(30), a_config(a_rule(algorithm="weighted")), reps).decisions
        for rep in (BEN, CLEO)
    ]
    assert any(text.endswith("Ann gains faster, so Ann's next lead was due sooner.") for text in told)
