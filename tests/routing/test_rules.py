"""Each lead ends in exactly one outcome, with an owner, a reason and a next look."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    EMPLOYEES,
    HELD,
    INDUSTRY,
    NOW,
    SALES,
    SUPPORT,
    a_config,
    a_lead,
    a_rep,
    a_rule,
    industry_is,
    lead_id,
    leads,
    owners,
    rep_id,
    route,
    to_rep,
)

from oppspot.conditions.types import All, Leaf, Op
from oppspot.routing.outcomes import ActsNext, Outcome
from oppspot.routing.people import Seat
from oppspot.routing.policies import RuleSettings
from oppspot.routing.priority import Priority
from oppspot.routing.rules import pool_keys
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import Office, RoutableLead

TEAM = (ANN, BEN, CLEO)
AWAY = [replace(rep, available=False) for rep in TEAM]
FULL = [replace(rep, max_open=2, open_count=2) for rep in TEAM]
EVERYBODY = frozenset(rep.id for rep in TEAM)


def the_decision(lead: RoutableLead, *args, **kwargs):
    (decision,) = route(lead, *args, **kwargs).decisions
    return decision


def test_the_first_matching_rule_by_priority_decides() -> None:
    late = a_rule(to_rep(BEN), id="late", priority=2)
    early = a_rule(to_rep(ANN), industry_is("software"), id="early", priority=1)
    config = a_config(late, early)
    assert the_decision(a_lead(facts={"company.industry": "Software"}), config).rule_id == "early"
    assert the_decision(a_lead(facts={"company.industry": "Retail"}), config).rule_id == "late"


def test_rules_of_equal_priority_are_asked_by_id() -> None:
    config = a_config(a_rule(to_rep(BEN), id="b"), a_rule(to_rep(ANN), id="a"))
    assert the_decision(a_lead(), config).rule_id == "a"


def test_a_disabled_rule_is_not_asked() -> None:
    config = a_config(a_rule(to_rep(ANN), enabled=False), a_rule(HELD, id="r2", priority=2))
    assert the_decision(a_lead(), config).rule_id == "r2"


def test_a_team_takes_turns() -> None:
    assert owners(route(leads(6))) == [ANN.id, BEN.id, CLEO.id] * 2


def test_a_weight_of_two_gets_two_leads_in_every_four() -> None:
    given = owners(route(leads(12), a_config(a_rule(algorithm="weighted")), [replace(ANN, weight=2), BEN, CLEO]))
    assert [given[start : start + 4].count(ANN.id) for start in (0, 4, 8)] == [2, 2, 2]


def test_a_rule_can_name_one_person() -> None:
    batch = route(leads(2), a_config(a_rule(to_rep(BEN))))
    assert owners(batch) == [BEN.id, BEN.id]
    assert batch.decisions[0].reason == "Rule “Everything” sends it to Ben; Ben is the one it names (1 of 1 eligible)."
    assert batch.credits == ()


def test_a_queue_gets_a_clock_and_no_rep() -> None:
    decision = the_decision(a_lead(), a_config(a_rule(HELD, sla_hours=2)))
    assert (decision.outcome, decision.queue, decision.rep_id) == (Outcome.QUEUED, "Review", None)
    assert decision.sla_due_at == decision.next_check_at == NOW + timedelta(hours=2)


def test_an_assignment_is_due_after_the_hours_of_its_rule_around_the_clock() -> None:
    decision = the_decision(a_lead(), a_config(a_rule(sla_hours=0.5)))
    assert decision.sla_due_at == decision.next_check_at == NOW + timedelta(minutes=30)
    assert decision.acts_next is ActsNext.REP


def test_the_reason_of_a_turn_names_rule_team_rep_and_claim() -> None:
    expected = "Rule “Everything” sends it to team Sales; Ann is next in turn, owed 0.33 of a lead (3 of 3 eligible)."
    assert the_decision(a_lead()).reason == expected


def test_without_a_match_the_default_target_takes_over() -> None:
    decision = the_decision(a_lead(), a_config(default=SALES))
    assert (decision.outcome, decision.rep_id, decision.rule_id) == (Outcome.ASSIGNED, ANN.id, None)
    assert decision.reason.startswith("No rule matched, so it goes to the default, team Sales; Ann is")


def test_without_a_match_or_a_default_nobody_is_picked_silently() -> None:
    decision = the_decision(a_lead(), a_config())
    assert (decision.outcome, decision.acts_next) == (Outcome.NO_RULE_MATCHED, ActsNext.REVOPS)
    assert decision.next_check_at == NOW + timedelta(minutes=15)
    assert decision.sla_due_at is None


def test_an_unknown_fact_is_no_match_and_is_named() -> None:
    config = a_config(a_rule(condition=All((industry_is("software"), Leaf(EMPLOYEES, Op.GTE, 50.0)))))
    only_size = the_decision(a_lead(facts={"company.industry": "Software"}), config)
    assert only_size.reason == (
        "No rule matched and there is no default target (it might have, but this is not known: company employees)."
    )
    assert "not known: company industry, company employees" in the_decision(a_lead(), config).reason


def test_missing_facts_are_gathered_from_every_rule_that_is_left_open() -> None:
    config = a_config(a_rule(condition=industry_is("a")), a_rule(condition=Leaf(EMPLOYEES, Op.GTE, 50.0), id="r2"))
    assert "not known: company industry, company employees" in the_decision(a_lead(), config).reason


def test_a_missing_fact_that_could_not_have_helped_is_not_named() -> None:
    config = a_config(a_rule(condition=All((industry_is("software"), Leaf(EMPLOYEES, Op.GTE, 50.0)))))
    decision = the_decision(a_lead(facts={"company.industry": "Retail"}), config)
    assert decision.reason == "No rule matched and there is no default target."


def test_the_default_target_also_says_what_was_missing() -> None:
    decision = the_decision(a_lead(), a_config(a_rule(condition=Leaf(INDUSTRY, Op.EQ, "software")), default=HELD))
    assert decision.reason.endswith("queue Review (it might have, but this is not known: company industry).")


@pytest.mark.parametrize(
    ("reps", "previous", "outcome", "phrase"),
    [
        ((), frozenset(), Outcome.NO_ELIGIBLE_REP, "nobody is in it"),
        (AWAY, frozenset(), Outcome.NO_ELIGIBLE_REP, "nobody can take it now: 3 unavailable"),
        (FULL, frozenset(), Outcome.AT_CAPACITY, "it waits for room: 3 at capacity"),
        (
            (ANN, BEN, CLEO),
            EVERYBODY,
            Outcome.POOL_EXHAUSTED,
            "everybody who could take it has had it: 3 had it before",
        ),
        ((ANN, FULL[1]), {ANN.id}, Outcome.AT_CAPACITY, "it waits for room: 1 had it before, 1 at capacity"),
        ((ANN, AWAY[1]), {ANN.id}, Outcome.NO_ELIGIBLE_REP, "nobody can take it now: 1 had it before, 1 unavailable"),
    ],
)
def test_when_nobody_is_eligible_the_outcome_says_what_would_change_that(reps, previous, outcome, phrase) -> None:
    decision = the_decision(a_lead(previous_rep_ids=frozenset(previous)), reps=reps)
    assert decision.outcome is outcome
    assert decision.reason == f"Rule “Everything” sends it to team Sales; {phrase}."
    assert (decision.rep_id, decision.acts_next) == (None, ActsNext.MANAGER)
    assert decision.next_check_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("failing", [{"active": False}, {"available": False}, {"weight": 0}, {"max_open": 0}])
def test_reps_who_fail_a_test_are_passed_over(failing) -> None:
    assert owners(route(leads(3), reps=[replace(ANN, **failing), BEN, CLEO])) == [BEN.id, CLEO.id, BEN.id]


def test_a_lead_is_never_given_again_to_somebody_who_had_it() -> None:
    """Reassigned over and over it visits everybody once and then ends with the manager, not in a loop."""
    visited = []
    while (decision := the_decision(a_lead(previous_rep_ids=frozenset(visited)))).rep_id:
        visited.append(decision.rep_id)
    assert sorted(visited) == [ANN.id, BEN.id, CLEO.id]
    assert (decision.outcome, decision.acts_next) == (Outcome.POOL_EXHAUSTED, ActsNext.MANAGER)


@pytest.mark.parametrize(
    ("more", "owner"),
    [({}, rep_id(9)), ({"may_stay": True}, None), ({"previous_rep_ids": EVERYBODY | {rep_id(9)}}, None)],
)
def test_what_everybody_had_ends_at_the_seat_unless_somebody_keeps_it_or_the_seat_had_it_too(more, owner) -> None:
    lead = a_lead(**{"previous_rep_ids": frozenset(EVERYBODY)} | more)
    [decision] = route(lead, office=Office(seat=Seat(rep_id(9), "Sue"))).decisions
    assert (decision.rep_id, decision.outcome is Outcome.POOL_EXHAUSTED) == (owner, owner is None)
    if owner:
        assert decision.reason.endswith("had it: 3 had it before, so it goes to Sue, who has the seat.")


def test_an_active_owner_keeps_the_lead_even_while_paused() -> None:
    decision = the_decision(a_lead(current_owner_id=BEN.id), reps=[ANN, replace(BEN, available=False)])
    assert (decision.outcome, decision.rep_id) == (Outcome.KEPT_OWNER, BEN.id)
    assert decision.reason == "Ben already owns this lead."


def test_an_owner_outside_every_pool_keeps_the_lead() -> None:
    decision = the_decision(a_lead(current_owner_id=rep_id(99)))
    assert (decision.outcome, decision.rep_id) == (Outcome.KEPT_OWNER, rep_id(99))


def test_the_lead_of_a_closed_account_is_routed_again() -> None:
    decision = the_decision(a_lead(current_owner_id=ANN.id), reps=[replace(ANN, active=False), BEN])
    assert (decision.outcome, decision.rep_id) == (Outcome.ASSIGNED, BEN.id)
    assert decision.reason.startswith("Ann, who owned it, no longer works leads. Rule “Everything” sends")


def test_duplicates_and_blocked_leads_end_in_the_same_list() -> None:
    duplicate, blocked = route(
        [a_lead(1, duplicate_of=lead_id(7)), a_lead(2, blocked_by="the company is on the do-not-route list")],
    ).decisions
    assert (duplicate.outcome, blocked.outcome) == (Outcome.DUPLICATE_OF, Outcome.BLOCKED)
    assert blocked.reason == "Blocked: the company is on the do-not-route list."
    assert duplicate.reason == f"This is the same lead as {lead_id(7)}."


def test_priority_comes_from_the_score() -> None:
    assert the_decision(a_lead(score=91)).priority is Priority.URGENT
    assert the_decision(a_lead()).priority is Priority.MEDIUM


def test_a_lead_twice_in_a_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="in the batch more than once"):
        route([a_lead(1), a_lead(2), a_lead(1)])


def test_an_algorithm_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="no routing algorithm 'dice'; there are: account_based, ai_optimized, round_"):
        route(a_lead(), a_config(a_rule(algorithm="dice")))


def test_members_of_other_teams_are_not_candidates() -> None:
    dana = a_rep(4, "Dana", teams=[SUPPORT])
    assert dana.id not in owners(route(leads(8), reps=[ANN, dana]))


def test_conditions_are_compiled_once_per_version() -> None:
    config = a_config(a_rule())
    assert config.index is config.index


def test_pool_keys_name_every_ledger_a_service_must_lock() -> None:
    config = a_config(
        a_rule(SUPPORT, settings=RuleSettings(fairness_scope="rule")),
        a_rule(to_rep(ANN), id="r2"),
        a_rule(HELD, id="r3"),
        a_rule(SUPPORT, id="r4", enabled=False),
        default=SALES,
    )
    assert pool_keys(config) == (f"team:{SALES.id}", f"team:{SUPPORT.id}/rule:r1")


@pytest.mark.parametrize("weight", [-1, 1001, 0.0001])
def test_a_weight_outside_its_range_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="it must be 0 or from"):
        replace(ANN, weight=weight)


def test_tests_are_made_in_the_order_they_are_listed() -> None:
    every = replace(ANN, active=False, weight=0, available=False, max_open=0)
    found = []
    for mended in ({}, {"active": True}, {"weight": 1}):
        every = replace(every, **mended)
        found.append(
            the_decision(a_lead(previous_rep_ids=frozenset({ANN.id})), reps=[every]).stretch.masks[0].failed[0]
        )
    assert found == [FailedTest.INACTIVE, FailedTest.NO_WEIGHT, FailedTest.ALREADY_TRIED]
    found = [
        the_decision(a_lead(), reps=[rep]).stretch.masks[0].failed[0] for rep in (every, replace(every, available=True))
    ]
    assert found == [FailedTest.UNAVAILABLE, FailedTest.AT_CAPACITY]
