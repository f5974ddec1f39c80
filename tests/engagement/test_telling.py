"""What a source tells again with every export is counted once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oppspot.engagement.telling import acts_not_known
from oppspot.engagement.types import EngagementEvent, EventKind, ToldActs

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
VIEW, OPEN = EventKind.PAGE_VIEW, EventKind.EMAIL_OPEN


def total(times: int, at: datetime = NOW, kind: EventKind = VIEW) -> ToldActs:
    return ToldActs(kind, at, times)


def test_of_a_total_counts_what_is_not_known_yet() -> None:
    known = [EngagementEvent(VIEW, NOW - timedelta(days=3), 5), EngagementEvent(OPEN, NOW - timedelta(days=3), 9)]
    assert acts_not_known([total(7)], known) == [EngagementEvent(VIEW, NOW, 2)]
    assert acts_not_known([total(5)], known) == []
    assert acts_not_known([total(3)], known) == []


def test_what_happened_after_the_total_was_taken_is_none_of_it() -> None:
    known = [EngagementEvent(VIEW, NOW, 5)]
    assert acts_not_known([total(2, NOW - timedelta(days=1))], known)[0].quantity == 2


def test_the_last_act_with_its_own_date_is_one_of_those_counted() -> None:
    last = ToldActs(VIEW, NOW, is_total=False)
    assert acts_not_known([last, total(5)], []) == [EngagementEvent(VIEW, NOW, 5)]
    assert acts_not_known([last], []) == [EngagementEvent(VIEW, NOW)]


def test_two_columns_about_one_kind_are_not_added_up() -> None:
    assert acts_not_known([total(1), total(5)], []) == [EngagementEvent(VIEW, NOW, 5)]


ACTS = st.builds(
    ToldActs,
    st.sampled_from([VIEW, OPEN]),
    st.integers(0, 3).map(lambda days: NOW - timedelta(days=days)),
    st.integers(1, 9),
    st.booleans(),
)


@given(st.lists(ACTS, max_size=6))
def test_telling_the_same_again_adds_nothing(told: list[ToldActs]) -> None:
    known = acts_not_known(told, [])
    assert acts_not_known(told, known) == []
