"""What is shown of somebody's leaving is what routing settles once they have left."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from tests.routing.world import NOW, SALES, a_config, a_lead, a_rep, a_rule, rep_id, route

from oppspot.routing.departures import Departure, Leaving, depart
from oppspot.routing.fairness import LEAD, settle_departures
from oppspot.routing.lanes import pool_key
from oppspot.routing.ledger_standings import PoolId, stand
from oppspot.routing.ledger_words import list_leavers, phrase_departure
from oppspot.routing.people import Rep
from oppspot.routing.queries.departures import foresee_departure
from oppspot.routing.queries.ledgers import Books
from oppspot.routing.types import FairnessLedger

KEY = pool_key(SALES)
POOL = PoolId(UUID(str(SALES.id)))


def foreseen(
    owed: list[int], leavers: set[int], how: Leaving = Leaving.TEAM, ahead: list[int] | None = None
) -> tuple[Departure, Books]:
    """Return what is shown of a pool whose members are owed so much, in units, if some leave."""
    reps = [a_rep(number, ("Ann", "Ben", "Cleo")[number] if number < 3 else "") for number in range(len(owed))]
    ledger = FairnessLedger(
        KEY,
        {rep.id: amount for rep, amount in zip(reps, owed, strict=True)},
        {rep.id: amount for rep, amount in zip(reps, ahead or [0] * len(owed), strict=True)},
    )
    config = a_config(a_rule())
    standing = stand(POOL, config, reps, ledger, SALES, NOW)
    books = Books(config, reps, cast("Any", None), (standing,), {POOL.team_id: SALES.name}, {KEY: ledger})
    return foresee_departure(books, standing, {rep_id(each) for each in leavers}, how, NOW), books


def after_the_next_lead(books: Books, reps: list[Rep]) -> tuple[UUID | None, dict[UUID, int]]:
    """Return who gets the next lead once the reps are these, and what the ledger says then."""
    batch = route([a_lead(1)], books.config, reps, dict(books.ledgers))
    return batch.decisions[0].rep_id, {each.rep_id: each.amount for each in batch.credits}


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[int], set[int]]:
    amounts = draw(st.lists(st.integers(-5 * LEAD, 5 * LEAD), min_size=1, max_size=6))
    leavers = draw(st.sets(st.integers(0, len(amounts)), min_size=1, max_size=len(amounts)))
    return [*amounts, -sum(amounts)], leavers


@given(pools())
def test_what_is_shown_is_what_routing_settles(pool: tuple[list[int], set[int]]) -> None:
    """Of whoever leaves together: the credits shown are those from which the next lead is decided."""
    owed, leavers = pool
    shown, books = foreseen(owed, leavers)
    staying = [rep_id(each) for each in range(len(owed)) if each not in leavers]
    credits_shown = {each.member.rep.id: each.credit for each in shown.others}
    assert credits_shown == settle_departures({rep_id(n): amount for n, amount in enumerate(owed)}, staying)
    assert sum(credits_shown.values()) == 0
    left = depart(books.reps, {rep_id(each) for each in leavers}, POOL.team_id, Leaving.TEAM)
    winner, owed_then = after_the_next_lead(books, left)
    assert winner == shown.after.next[0].rep.id
    for each in shown.others:
        then = shown.after.member(each.member.rep.id)
        assert then
        paid = LEAD if then.rep.id == winner else 0
        assert owed_then.get(then.rep.id, each.member.credit) == each.credit + then.share - paid


@given(pools())
def test_whose_account_is_closed_sits_out_and_nobody_is_settled_with(pool: tuple[list[int], set[int]]) -> None:
    owed, leavers = pool
    shown, _ = foreseen(owed, leavers, Leaving.ACCOUNT)
    assert [each.credit for each in shown.others] == [each.member.credit for each in shown.others]
    assert [shown.after.members[each].credit for each in sorted(leavers)] == [owed[each] for each in sorted(leavers)]
    assert not {each.rep.id for each in shown.after.next} & {rep_id(each) for each in leavers}


def test_being_ahead_is_shown_as_settled_too() -> None:
    shown, _ = foreseen([0, 0, 0], {0}, ahead=[2, -1, -1])
    assert [(each.member.ahead, each.ahead) for each in shown.others] == [(-1, 0), (-1, 0)]
    assert list_leavers(shown) == [("Ann", "even, and preferred 2 times more")]


def test_it_is_said_in_words_what_becomes_of_it() -> None:
    half = LEAD // 2
    assert phrase_departure(foreseen([half, -half], {0})[0]).startswith("Ann is owed 0.50 leads. It is struck from")
    assert phrase_departure(foreseen([-half, half], {0})[0]).startswith("Ann is 0.50 leads ahead. It is struck from")
    assert phrase_departure(foreseen([0, half, -half], {0})[0]) == "Ann is even. So nobody else's credit changes."
    assert "waits for them" in phrase_departure(foreseen([half, -half], {0}, Leaving.ACCOUNT)[0])
    assert phrase_departure(foreseen([half, -half], {0, 1})[0]).startswith("Nobody is left")


def test_who_leaves_one_team_is_still_in_others() -> None:
    other = rep_id(99)
    both = replace(a_rep(0), team_ids=frozenset({POOL.team_id, other}))
    [gone] = depart([both], {both.id}, POOL.team_id, Leaving.TEAM)
    assert (gone.team_ids, gone.active) == (frozenset({other}), True)
