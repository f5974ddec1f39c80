"""A batch is its leads one by one: same owners, limits kept, fairness carried across batches."""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    HELD,
    NOW,
    SALES,
    SUPPORT,
    a_config,
    a_lead,
    a_rep,
    a_rule,
    applied,
    industry_is,
    leads,
    owners,
    rep_id,
    route,
    to_rep,
)

from oppspot.routing.candidates import candidates_of
from oppspot.routing.outcomes import FOLLOW_UPS, Outcome
from oppspot.routing.types import FairnessLedger, Rep, RoutableLead

TEAMS = (SALES, SUPPORT)
CONFIG = a_config(
    a_rule(SALES, industry_is("a", "b"), id="r1", priority=1),
    a_rule(SUPPORT, industry_is("c"), id="r2", priority=2),
    a_rule(SALES, industry_is("d"), id="r3", priority=3, settings={"fairness_scope": "rule"}),
    a_rule(to_rep(BEN), industry_is("e"), id="r4", priority=4),
    a_rule(HELD, industry_is("f"), id="r5", priority=5),
)


@st.composite
def teams_of_reps(draw: st.DrawFn) -> list[Rep]:
    def one(number: int) -> Rep:
        return a_rep(
            number,
            teams=draw(st.sets(st.sampled_from(TEAMS), min_size=1)),
            weight=draw(st.sampled_from([0, 1, 1, 2, 7])),
            max_open=draw(st.sampled_from([None, 0, 2, 5])),
            open_count=draw(st.integers(0, 3)),
            available=draw(st.sampled_from([True, True, True, False])),
            active=draw(st.sampled_from([True, True, True, False])),
        )

    return [one(number) for number in range(1, draw(st.integers(1, 6)) + 1)]


@st.composite
def streams(draw: st.DrawFn) -> list[RoutableLead]:
    def one(number: int) -> RoutableLead:
        more: dict[str, Any] = {}
        if draw(st.integers(0, 4)) == 0:
            more["previous_rep_ids"] = draw(st.frozensets(st.builds(rep_id, st.integers(1, 6)), max_size=3))
        if draw(st.integers(0, 9)) == 0:
            more["current_owner_id"] = rep_id(draw(st.integers(1, 8)))
        return a_lead(number, {"company.industry": draw(st.sampled_from("aabcdefg"))}, **more)

    return [one(number) for number in range(draw(st.integers(0, 25)))]


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams(), st.integers(1, 6))
def test_a_batch_decides_what_smaller_batches_decide(reps: list[Rep], stream: list[RoutableLead], size: int) -> None:
    whole = route(stream, CONFIG, reps)
    parts, now_reps, ledgers = [], reps, {}
    for start in range(0, len(stream), size):
        batch = route(stream[start : start + size], CONFIG, now_reps, ledgers)
        now_reps, ledgers = applied(batch, now_reps, ledgers)
        parts += batch.decisions
    assert [(d.outcome, d.rep_id, d.reason, d.tie_break) for d in whole.decisions] == [
        (d.outcome, d.rep_id, d.reason, d.tie_break) for d in parts
    ]
    assert [candidates_of(d) for d in whole.decisions] == [candidates_of(d) for d in parts]
    saved_reps, saved = applied(whole, reps, {})
    assert saved_reps == now_reps
    assert {key: {r: c for r, c in led.credits.items() if c} for key, led in saved.items()} == {
        key: {r: c for r, c in led.credits.items() if c} for key, led in ledgers.items()
    }


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams())
def test_no_limit_is_passed_whichever_pools_the_leads_come_through(reps: list[Rep], stream: list[RoutableLead]) -> None:
    batch = route(stream, CONFIG, reps)
    given_out = Counter(d.rep_id for d in batch.decisions if d.outcome is Outcome.ASSIGNED)
    for rep in reps:
        assert batch.open_count_changes.get(rep.id, 0) == given_out[rep.id]
        if given_out[rep.id]:
            assert rep.max_open is None or rep.open_count + given_out[rep.id] <= rep.max_open
            assert rep.active
            assert rep.available
            assert rep.weight


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams())
def test_every_lead_ends_once_with_somebody_to_act_and_a_next_look(reps: list[Rep], stream: list[RoutableLead]) -> None:
    decisions = route(stream, CONFIG, reps).decisions
    assert [decision.lead_id for decision in decisions] == [lead.id for lead in stream]
    for decision, lead in zip(decisions, stream, strict=True):
        assert decision.outcome in FOLLOW_UPS
        assert decision.next_check_at > NOW
        assert decision.reason.endswith(".")
        assert (decision.rep_id is not None) == (decision.outcome in (Outcome.ASSIGNED, Outcome.KEPT_OWNER))
        assert decision.outcome is Outcome.KEPT_OWNER or decision.rep_id not in lead.previous_rep_ids


@settings(max_examples=40, deadline=None)
@given(teams_of_reps(), streams())
def test_each_decision_went_to_the_candidate_ranked_first_among_the_eligible(
    reps: list[Rep],
    stream: list[RoutableLead],
) -> None:
    for decision in route(stream, CONFIG, reps).decisions:
        candidates = candidates_of(decision)
        ranks = [each.rank for each in candidates if each.eligible]
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
        assert all(each.rank is None and each.failed_test for each in candidates if not each.eligible)
        if decision.stretch:
            assert [each.rep_id for each in candidates if each.rank == 1] == ([decision.rep_id] if ranks else [])
            assert sum(each.credit_before for each in candidates) == 0


def test_whoever_comes_first_gets_the_room_that_is_left() -> None:
    decisions = route(leads(3), reps=[replace(ANN, max_open=2, open_count=1), replace(BEN, max_open=1)]).decisions
    assert [decision.rep_id for decision in decisions] == [ANN.id, BEN.id, None]
    assert decisions[2].outcome is Outcome.AT_CAPACITY


def test_a_rep_who_fills_up_through_one_team_gets_nothing_through_another() -> None:
    config = a_config(a_rule(SALES, industry_is("a"), id="r1"), a_rule(SUPPORT, id="r2", priority=2))
    both = a_rep(1, teams=TEAMS, max_open=2)
    stream = [a_lead(n, {"company.industry": "a" if n % 2 else "b"}) for n in range(4)]
    assert [str(d.outcome) for d in route(stream, config, [both]).decisions] == ["assigned"] * 2 + ["at_capacity"] * 2


def test_counts_stay_even_across_many_small_batches() -> None:
    reps, ledgers, counts = [ANN, BEN, CLEO, a_rep(4), a_rep(5)], {}, Counter()
    for first in range(1, 100, 3):
        batch = route(leads(3, first), reps=reps, ledgers=ledgers)
        reps, ledgers = applied(batch, reps, ledgers)
        counts.update(owners(batch))
        assert max(counts.values()) - min(counts[rep.id] for rep in reps) <= 1


def test_someone_back_from_an_absence_gets_no_burst_of_leads() -> None:
    away = replace(CLEO, available=False)
    absent = route(leads(60), reps=[ANN, BEN, away])
    _, ledgers = applied(absent, [], {})
    back = owners(route(leads(9, 61), reps=[ANN, BEN, CLEO], ledgers=ledgers))
    assert Counter(back) == {ANN.id: 3, BEN.id: 3, CLEO.id: 3}


def test_a_newcomer_starts_even_with_the_rest() -> None:
    _, ledgers = applied(route(leads(61)), [], {})
    joined = owners(route(leads(8, 62), reps=[ANN, BEN, CLEO, a_rep(4)], ledgers=ledgers))
    assert joined.count(rep_id(4)) == 2


def test_a_leavers_credit_is_settled_and_their_entry_ends_at_zero() -> None:
    _, ledgers = applied(route(leads(1)), [], {})
    batch = route(leads(2, 2), reps=[BEN, CLEO], ledgers=ledgers)
    after = {credit.rep_id: credit.amount for credit in batch.credits}
    assert after[ANN.id] == 0
    assert sum(after.values()) == 0


def test_what_each_member_was_given_is_counted_even_when_credit_ends_where_it_began() -> None:
    changes = [(credit.rep_id, credit.amount, credit.given) for credit in route(leads(3)).credits]
    assert changes == [(ANN.id, 0, 1), (BEN.id, 0, 1), (CLEO.id, 0, 1)]


def test_one_team_ledger_can_put_all_hot_leads_on_one_rep_and_a_rule_ledger_does_not() -> None:
    """Hot and cold leads that alternate: the team's totals are even either way, who gets the hot ones is not."""
    stream = [a_lead(n, {"company.industry": "hot" if n % 2 else "cold"}) for n in range(1, 13)]

    def hot_per_rep(scope: str) -> Counter:
        hot = a_rule(SALES, industry_is("hot"), id="hot", settings={"fairness_scope": scope})
        batch = route(stream, a_config(hot, a_rule(SALES, id="cold", priority=2)), [ANN, BEN])
        return Counter(decision.rep_id for decision in batch.decisions if decision.rule_id == "hot")

    assert hot_per_rep("team") == {ANN.id: 6}
    assert hot_per_rep("rule") == {ANN.id: 3, BEN.id: 3}


def test_a_stored_credit_is_honoured() -> None:
    pool = f"team:{SALES.id}"
    owed = route(leads(2)).credits
    ledger = FairnessLedger(pool, {credit.rep_id: credit.amount for credit in owed})
    assert owners(route(a_lead(3), ledgers={pool: ledger})) == [CLEO.id]


def test_an_empty_batch_changes_nothing() -> None:
    batch = route([])
    assert (batch.decisions, batch.credits, dict(batch.open_count_changes)) == ((), (), {})
