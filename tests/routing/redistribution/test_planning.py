"""Who gives what to whom, by example."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.routing.redistribution.situations import OF_SALES, a_held, applied, loads_of, situation
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    EVERYTHING_TO_SALES,
    HELD,
    NOW,
    SUPPORT,
    a_config,
    a_rep,
    a_rule,
    industry_is,
    lead_id,
    to_rep,
)

from oppspot.calendars.types import ALWAYS_OPEN, Absence
from oppspot.routing.fairness import LEAD
from oppspot.routing.people import Rep
from oppspot.routing.policies import CapacityPolicy, Policies, RuleSettings, SkillMatching, SkillNeed
from oppspot.routing.redistribution.rules import plan_redistribution
from oppspot.routing.redistribution.types import HeldLead, Plan, Scope, ScopeKind, StayReason
from oppspot.routing.types import AccountOwner, FairnessLedger, RoutingConfig

TEAM = (ANN, BEN, CLEO)
AWAY = replace(ALWAYS_OPEN, absences=(Absence(NOW - timedelta(days=1), NOW + timedelta(days=9)),))


def held_by(*counts: tuple[Rep, int], **more: object) -> list[HeldLead]:
    holders = [rep for rep, count in counts for _ in range(count)]
    return [a_held(number, rep, **more) for number, rep in enumerate(holders, start=1)]


def plan(
    held: list[HeldLead],
    reps: tuple[Rep, ...] = TEAM,
    config: RoutingConfig = EVERYTHING_TO_SALES,
    scope: Scope = OF_SALES,
    **more: object,
) -> Plan:
    return plan_redistribution(scope, situation(reps, held, **more), config, NOW)


def leaving(rep: Rep, kind: ScopeKind = ScopeKind.LEAVES, **more: object) -> Scope:
    return Scope(kind, rep_ids=(rep.id,), **more)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 12), min_size=2, max_size=6))
def test_only_as_many_leads_move_as_are_too_many(counts: list[int]) -> None:
    reps = tuple(a_rep(number) for number in range(1, len(counts) + 1))
    made = plan(held_by(*zip(reps, counts, strict=True)), reps)
    after = [load for _, load in loads_of(made).values()]
    assert max(after) - min(after) <= 1
    assert len(made.moves) == sum(max(before - load, 0) for before, load in loads_of(made).values())
    assert sum(after) == sum(counts)


def test_a_balanced_team_moves_nothing() -> None:
    made = plan(held_by((ANN, 4), (BEN, 3), (CLEO, 4)))
    assert made.moves == ()
    assert made.before == made.after


def test_loads_are_even_relative_to_weight() -> None:
    half = a_rep(1, "Ann", weight=Decimal("0.5"))
    made = plan(held_by((half, 9)), (half, BEN, CLEO))
    assert loads_of(made) == {"Ann": (9, 2), "Ben": (0, 4), "Cleo": (0, 3)}
    assert made.after.gap == 1
    said = {move.because for move in made.moves if move.to_id == BEN.id}
    assert said == {"Rule “Everything” and Ben may have it; Ann had 9 open at weight 0.5, Ben 0 at weight 1."}


def test_what_stays_says_what_keeps_the_others_not_that_its_holder_has_it() -> None:
    [stay] = plan(held_by((ANN, 1)), (ANN, replace(BEN, active=False)), scope=leaving(ANN)).stays
    assert stay.because == "Rule “Everything”; nobody can take it now: 1 inactive."
    [stay] = plan(held_by((ANN, 1)), (ANN,), scope=leaving(ANN)).stays
    assert stay.because == "Rule “Everything”; nobody else is in it."


def test_what_is_due_last_moves_and_what_is_due_first_stays() -> None:
    held = [a_held(n, ANN, due_at=None if n == 4 else NOW + timedelta(hours=n)) for n in range(1, 5)]
    assert {move.lead_id for move in plan(held, (ANN, BEN)).moves} == {lead_id(3), lead_id(4)}


def test_what_was_taken_up_stays_unless_asked_for() -> None:
    held = held_by((ANN, 4), status="accepted")
    made = plan(held, (ANN, BEN))
    assert made.moves == ()
    assert [(stay.reason, len(stay.lead_ids)) for stay in made.stays] == [(StayReason.ACCEPTED, 4)]
    assert len(plan(held, (ANN, BEN), scope=replace(OF_SALES, with_accepted=True)).moves) == 2


def test_a_lead_does_not_go_to_somebody_who_had_it() -> None:
    held = held_by((ANN, 4), previous_rep_ids=frozenset({BEN.id}))
    assert loads_of(plan(held)) == {"Ann": (4, 2), "Ben": (0, 0), "Cleo": (0, 2)}


def test_a_limit_is_not_passed_though_units_differ() -> None:
    config = replace(EVERYTHING_TO_SALES, policies=Policies(capacity=CapacityPolicy(high=2)))
    full = a_rep(2, "Ben", max_open=3)
    made = plan(held_by((ANN, 5), units=2, score=75.0), (ANN, full), config)
    assert loads_of(made) == {"Ann": (10, 8), "Ben": (0, 2)}


@pytest.mark.parametrize(
    "unable",
    [
        {"active": False},
        {"joined": False},
        {"available": False},
        {"calendar": AWAY},
        {"weight": 0},
        {"max_open": 0},
    ],
)
def test_who_could_not_be_routed_a_lead_is_not_given_one(unable: dict[str, object]) -> None:
    made = plan(held_by((ANN, 6)), (ANN, a_rep(2, "Ben", **unable)))
    assert made.moves == ()


def test_a_rule_with_skills_is_heeded_and_says_why_a_lead_stays() -> None:
    german = RuleSettings(skill_matching=SkillMatching(required=(SkillNeed(skill="German", level=3),)))
    config = a_config(a_rule(algorithm="skill_based", settings=german))
    speaks = a_rep(3, "Cleo", skills={"german": 4})
    made = plan(held_by((ANN, 4)), (ANN, BEN, speaks), config)
    assert loads_of(made) == {"Ann": (4, 2), "Ben": (0, 0), "Cleo": (0, 2)}
    alone = plan(held_by((ANN, 4)), (ANN, BEN), config)
    [stay] = alone.stays
    assert stay.reason is StayReason.NOBODY
    assert "1 without the skills" in stay.because


def test_a_lead_by_name_by_account_or_of_another_team_stays() -> None:
    config = a_config(
        a_rule(to_rep(ANN), id="named", name="Ann's"),
        a_rule(id="account", name="Accounts", algorithm="account_based"),
        a_rule(SUPPORT, id="other", name="Support"),
    )
    held = [
        a_held(1, ANN, rule="named"),
        a_held(2, ANN, rule="account", account_owners=(AccountOwner(ANN.id, "the owner of the account"),)),
        a_held(3, ANN, rule="other"),
    ]
    made = plan(held, config=config)
    assert made.moves == ()
    assert {stay.reason for stay in made.stays} == {StayReason.NAMED, StayReason.ACCOUNT, StayReason.OTHER_TEAM}


def test_a_lead_by_hand_or_from_a_queue_may_go_to_anybody_of_the_team() -> None:
    config = a_config(a_rule(HELD, industry_is("x")))
    held = [a_held(n, ANN, rule="r1" if n < 3 else None) for n in range(1, 5)]
    assert loads_of(plan(held, config=config)) == {"Ann": (4, 2), "Ben": (0, 1), "Cleo": (0, 1)}


def test_of_equally_full_ones_whoever_is_owed_more_gets_it() -> None:
    ledgers = {"team": FairnessLedger("team", {BEN.id: -LEAD, CLEO.id: LEAD})}
    [move] = plan(held_by((ANN, 2)), ledgers=ledgers).moves
    assert move.to_id == CLEO.id


def test_some_reps_are_evened_out_among_themselves() -> None:
    scope = Scope(ScopeKind.REPS, rep_ids=(ANN.id, BEN.id))
    assert loads_of(plan(held_by((ANN, 4)), scope=scope)) == {"Ann": (4, 2), "Ben": (0, 2)}


def test_who_leaves_gives_all_to_whoever_has_least() -> None:
    held = [*held_by((ANN, 3)), a_held(9, BEN)]
    gone = replace(ANN, active=False)
    made = plan([each for each in held if each.holder_id == ANN.id], (gone, BEN, CLEO), scope=leaving(gone))
    assert loads_of(made)["Ann"] == (3, 0)
    assert sorted(load for _, load in loads_of(made).values()) == [0, 1, 2]
    assert all("least open" in move.because for move in made.moves)


def test_who_covers_gets_the_leads_first_and_the_rest_goes_to_the_team() -> None:
    cover = a_rep(7, "Dan", teams=(SUPPORT,), max_open=2, weight=0)
    made = plan(held_by((ANN, 5)), (*TEAM, cover), scope=leaving(ANN, ScopeKind.AWAY, cover_id=cover.id))
    assert loads_of(made) == {"Ann": (5, 0), "Ben": (0, 2), "Cleo": (0, 1), "Dan": (0, 2)}
    assert "Dan covers for Ann." in {move.because for move in made.moves}


def test_what_nobody_can_take_stays_with_who_leaves_and_says_why() -> None:
    reps = (ANN, a_rep(2, "Ben", max_open=1), a_rep(3, "Cleo", available=False))
    made = plan(held_by((ANN, 3)), reps, scope=leaving(ANN))
    assert len(made.moves) == 1
    [stay] = made.stays
    assert len(stay.lead_ids) == 2
    assert "1 unavailable" in stay.because
    assert "1 at capacity" in stay.because


def test_value_is_carried_along() -> None:
    held = held_by((ANN, 4), value=Decimal(250))
    made = plan(held, (ANN, BEN))
    assert [(each.before.value, each.after.value) for each in made.standings] == [(1000, 500), (None, 500)]
    assert (made.before.value_fairness, made.after.value_fairness) == (0.5, 1.0)


def test_what_was_moved_may_be_moved_on_but_not_back() -> None:
    first = plan(held_by((ANN, 4)), (ANN, BEN))
    there = applied(situation((ANN, BEN), held_by((ANN, 4))), first)
    back = plan_redistribution(leaving(BEN), replace(there, leads=[x for x in there.leads if x.holder_id == BEN.id]),
                               EVERYTHING_TO_SALES, NOW)  # fmt: skip
    assert back.moves == ()


def test_five_thousand_leads_of_a_hundred_reps_are_planned_in_seconds() -> None:
    reps = tuple(a_rep(number, weight=1 + number % 3) for number in range(1, 101))
    made = plan(held_by(*[(rep, 100) for rep in reps[:50]]), reps)
    assert len(made.moves) > 2000
    assert made.after.gap <= 1
