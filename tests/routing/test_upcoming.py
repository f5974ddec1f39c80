"""Who comes next, and why somebody stands where they do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppspot.routing.fairness import LEAD, shares_of
from oppspot.routing.upcoming import FURTHEST, Before, Place, next_turns, ordinal, phrase_place, places_of

SIXTH = LEAD // 6


def test_turns_come_in_the_order_they_are_taken() -> None:
    assert next_turns([0, 0, 0], shares_of([2, 1, 1]), 8) == [0, 1, 2, 0, 0, 1, 2, 0]
    assert next_turns([], (), 8) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 9)), min_size=1, max_size=7))
def test_a_place_is_the_lead_that_is_theirs(members: list[tuple[int, int]]) -> None:
    owed, shares = [sixths * SIXTH for sixths, _ in members], shares_of([weight for _, weight in members])
    places, turns = places_of(owed, shares), next_turns(owed, shares, 200)
    for position, place in enumerate(places):
        assert place.lead == turns.index(position) + 1
        assert len(place.before) == place.rank - 1
        assert all(places[each].rank < place.rank for each, _ in place.before)
    assert sorted(place.rank for place in places) == list(range(1, len(members) + 1))


def test_a_place_says_who_comes_before_and_why() -> None:
    places = places_of([LEAD // 2, 0, -LEAD // 2], shares_of([1, 1, 1]))
    assert [place.rank for place in places] == [1, 2, 3]
    assert places[2].before == ((0, Before.OWED_MORE), (1, Before.OWED_MORE))
    assert phrase_place(places[2]).startswith("You are 3rd in turn: two colleagues are owed more.")
    assert phrase_place(places[0]) == "You are next in turn."
    assert phrase_place(places[1], "Ben") == "Ben is 2nd in turn: one colleague is owed more."


def test_equal_ones_and_larger_shares_are_told_apart() -> None:
    larger = places_of([0, 0, 0], shares_of([4, 1, 1]))[2]
    assert larger.before == ((0, Before.LARGER_SHARE), (1, Before.EVEN))
    assert phrase_place(larger).startswith(
        "You are 3rd in turn: one colleague has a larger share and one stands level and comes first by id."
    )
    assert larger.lead is not None
    assert larger.lead > larger.rank
    assert f"The {ordinal(larger.lead)} lead from now is yours." in phrase_place(larger)


def test_a_share_too_small_to_see_is_said_to_be() -> None:
    place = places_of([0, 0], shares_of([1_000_000, 1]))[1]
    assert place.lead is None or place.lead > FURTHEST // 4
    assert phrase_place(Place(2, None, ((0, Before.LARGER_SHARE),))).endswith("no turn is in sight.")


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")]
)
def test_places_are_said_in_words(number: int, word: str) -> None:
    assert ordinal(number) == word
