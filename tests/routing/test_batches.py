"""A batch is its leads one by one: same owners, limits kept, fairness carried across batches."""

from collections import Counter
from dataclasses import replace
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.strategies import BAND, CONFIG, OFFICE, TEAMS, streams, teams_of_reps
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
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
)

from oppspot.routing.candidates import candidates_of
from oppspot.routing.outcomes import FOLLOW_UPS, Outcome
from oppspot.routing.people import Rep
from oppspot.routing.policies import RuleSettings
from oppspot.routing.priority import Priority
from oppspot.routing.types import FairnessLedger, RoutableLead

UNITS = {Priority.URGENT: 3, Priority.HIGH: 2, Priority.MEDIUM: 1, Priority.LOW: 0}


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams(), st.integers(1, 6))
def test_a_batch_decides_what_smaller_batches_decide(reps: list[Rep], stream: list[RoutableLead], size: int) -> None:
    whole = route(stream, CONFIG, reps, office=OFFICE)
    parts, now_reps, ledgers = [], reps, {}
    for start in range(0, len(stream), size):
        part = stream[start : start + size]
        batch = route(part, CONFIG, now_reps, ledgers, OFFICE)
        now_reps, ledgers = applied(batch, now_reps, ledgers, part)
        parts += batch.decisions
    assert [(d.outcome, d.rep_id, d.reason, d.tie_break) for d in whole.decisions] == [
        (d.outcome, d.rep_id, d.reason, d.tie_break) for d in parts
    ]
    assert [candidates_of(d) for d in whole.decisions] == [candidates_of(d) for d in parts]
    saved_reps, saved = applied(whole, reps, {}, stream)
    assert saved_reps == now_reps
    assert {key: _standing(ledger) for key, ledger in saved.items()} == {
        key: _standing(ledger) for key, ledger in ledgers.items()
    }


def _standing(ledger: FairnessLedger) -> tuple[dict, dict]:
    """Return what is not 0 in a ledger."""
    return (
        {rep: credit for rep, credit in ledger.credits.items() if credit},
        {rep: ahead for rep, ahead in ledger.ahead.items() if ahead},
    )


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams())
def test_no_limit_is_passed_whichever_pools_the_leads_come_through(reps: list[Rep], stream: list[RoutableLead]) -> None:
    """But by urgent leads, which this organisation lets pass, and by rules that plan no capacity."""
    batch = route(stream, CONFIG, reps, office=OFFICE)
    by_id, given_out, open_units = {rep.id: rep for rep in reps}, Counter(), {rep.id: rep.open_count for rep in reps}
    for lead, decision in zip(stream, batch.decisions, strict=True):
        rep = by_id.get(decision.rep_id)
        if decision.outcome is not Outcome.ASSIGNED or rep is None:
            continue
        open_units[rep.id] += decision.units
        if decision.priority is not Priority.URGENT and decision.rule_id != "r7":
            assert rep.max_open is None or open_units[rep.id] <= rep.max_open
            assert all(used + given_out[rep.id] < limit.leads for used, limit in zip(rep.used, rep.limits, strict=True))
        given_out[rep.id] += 1
        assert rep.active
        assert rep.joined
        assert rep.available
        assert rep.weight or decision.asked
        assert lead.score is None or decision.units == UNITS[decision.priority]
    assert {rep_id: open_units[rep_id] - by_id[rep_id].open_count for rep_id in batch.open_count_changes} == (
        batch.open_count_changes
    )


@settings(max_examples=50, deadline=None)
@given(teams_of_reps(), streams())
def test_every_lead_ends_once_with_somebody_to_act_and_a_next_look(reps: list[Rep], stream: list[RoutableLead]) -> None:
    decisions = route(stream, CONFIG, reps, office=OFFICE).decisions
    assert [decision.lead_id for decision in decisions] == [lead.id for lead in stream]
    for decision, lead in zip(decisions, stream, strict=True):
        assert decision.outcome in FOLLOW_UPS
        assert decision.next_check_at > NOW
        assert decision.reason.endswith(".")
        assert (decision.rep_id is not None) == (decision.outcome in (Outcome.ASSIGNED, Outcome.KEPT_OWNER))
        assert decision.outcome is Outcome.KEPT_OWNER or decision.rep_id not in lead.previous_rep_ids


@settings(max_examples=40, deadline=None)
@given(teams_of_reps(), streams())
def test_each_decision_went_to_whoevers_turn_it_was_or_to_somebody_preferred_within_the_band(
    reps: list[Rep],
    stream: list[RoutableLead],
) -> None:
    batch = route(stream, CONFIG, reps, office=OFFICE)
    for decision in batch.decisions:
        candidates = [each for each in candidates_of(decision) if not each.by_name]
        ranks = [each.rank for each in candidates if each.eligible]
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
        assert all(each.rank is None and each.failed_test for each in candidates if not each.eligible)
        if decision.stretch and ranks:
            winner = next(each for each in candidates if each.rep_id == decision.rep_id)
            assert winner.rank == 1 or (winner.eligible and winner.ahead < BAND)
            assert sum(each.credit_before for each in candidates) == sum(each.ahead for each in candidates) == 0
    assert all(abs(credit.ahead) <= BAND for credit in batch.credits)


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

    def hot_per_rep(scope: Literal["team", "rule"]) -> Counter:
        hot = a_rule(SALES, industry_is("hot"), id="hot", settings=RuleSettings(fairness_scope=scope))
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
