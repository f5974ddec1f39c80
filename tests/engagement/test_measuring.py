"""What events are worth now."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engagement.strategies import COMPILED, MODEL, NOW, POSITIVE, ago, events, histories, unhurried

from oppspot.engagement import count_windows, measure_engagement
from oppspot.engagement.types import GROUP_OF, Engagement, EngagementEvent, EventKind

K = EventKind
RULES = {rule.kind: rule for rule in MODEL.kinds}


def measure(*events: EngagementEvent, now=NOW) -> Engagement:
    return measure_engagement(events, COMPILED, now)


def event(kind: EventKind, days: float = 0, quantity: int = 1, id: str | None = None) -> EngagementEvent:  # noqa: A002
    return EngagementEvent(kind, ago(days), quantity, id)


def test_no_event_is_no_engagement_and_not_observed():
    assert measure() == Engagement(earned=0, lost=0, shown=0, observed=False)


def test_one_page_view_is_worth_two_points_of_a_hundred():
    assert measure(event(K.PAGE_VIEW)).shown == 20


def test_a_booked_meeting_alone_is_far_from_full_engagement():
    assert measure(event(K.MEETING_BOOKED)).shown == 250


def test_a_cancelled_meeting_earns_nothing():
    assert measure(event(K.MEETING_BOOKED, 5), event(K.MEETING_CANCELLED, 1)).shown == 0


def test_a_cancellation_annuls_only_the_latest_booking_before_it():
    booked = [event(K.MEETING_BOOKED, 9), event(K.MEETING_BOOKED, 6), event(K.MEETING_BOOKED, 1)]
    (tally,) = measure(*booked, event(K.MEETING_CANCELLED, 3)).kinds
    (without,) = measure(booked[0], booked[2]).kinds
    assert (tally.times, tally.annulled, tally.tenths) == (3, 1, without.tenths)


def test_a_cancellation_without_a_booking_annuls_no_later_one():
    assert measure(event(K.MEETING_CANCELLED, 3), event(K.MEETING_BOOKED, 1)).kinds[0].annulled == 0


def test_cancelling_two_of_three_meetings_booked_at_once_leaves_one():
    cancelled = measure(event(K.MEETING_BOOKED, 4, 3), event(K.MEETING_CANCELLED, 4, 2))
    assert cancelled.kinds[0].tenths == measure(event(K.MEETING_BOOKED, 4)).kinds[0].tenths


def test_an_event_is_worth_half_after_its_half_life():
    assert measure(event(K.DEMO_REQUEST, 90)).shown == 200


def test_each_repeat_counts_its_share_of_the_next():
    fresh = measure(event(K.PRICING_VIEW), event(K.PRICING_VIEW), event(K.PRICING_VIEW))
    assert fresh.shown == 80 + 40 + 20


def test_a_quantity_is_that_many_events_at_once():
    assert measure(event(K.PAGE_VIEW, 3, 4)) == measure(*[event(K.PAGE_VIEW, 3)] * 4)


def test_a_group_never_exceeds_its_cap():
    web = measure(*[event(kind, 0, 50) for kind in (K.PAGE_VIEW, K.PRICING_VIEW)])
    assert (web.earned, web.caps[0].group) == (250, "web")


def test_everything_at_once_never_exceeds_a_hundred():
    assert measure(*[event(kind, 0, 50) for kind in POSITIVE]).earned == 1000


def test_future_events_are_ignored():
    assert measure(event(K.DEMO_REQUEST, -0.001)) == measure()


def test_an_event_happening_now_counts():
    assert measure(event(K.DEMO_REQUEST, 0)).shown == 400


def test_an_event_delivered_twice_counts_once():
    assert measure(event(K.PAGE_VIEW, 1, id="e1"), event(K.PAGE_VIEW, 1, id="e1")) == measure(
        event(K.PAGE_VIEW, 1, id="e1")
    )


def test_a_second_bounce_costs_no_more_than_the_first():
    history = [event(K.DEMO_REQUEST), event(K.MEETING_HELD)]
    once, twice = measure(*history, event(K.HARD_BOUNCE)), measure(*history, event(K.HARD_BOUNCE, 0, 3))
    assert once.shown == twice.shown == 700 - 500


def test_a_setback_with_a_half_life_fades():
    (setback,) = measure(event(K.JOB_PAGE_VIEW, 90)).setbacks
    assert (setback.name, setback.tenths) == ("job_page_only", 150)


def test_job_pages_cost_nothing_once_anything_else_was_seen():
    assert measure(event(K.JOB_PAGE_VIEW), event(K.PAGE_VIEW)).setbacks == ()


def test_an_unsubscribe_does_not_fade():
    assert measure(event(K.UNSUBSCRIBE, 390)).lost == 200


def test_an_event_that_never_happened_is_refused():
    with pytest.raises(ValueError, match="quantity is 0"):
        EngagementEvent(K.PAGE_VIEW, NOW, 0)


def test_windows_count_acts_and_not_setbacks():
    windows = count_windows(
        [event(K.PAGE_VIEW, 2, 3), event(K.DEMO_REQUEST, 20), event(K.HARD_BOUNCE, 1), event(K.PAGE_VIEW, -1)], NOW
    )
    assert (windows.events_7d, windows.events_30d, windows.last_event_at) == (3, 4, ago(2))


def test_windows_are_open_at_their_far_end():
    windows = count_windows([event(K.PAGE_VIEW, 7), event(K.PAGE_VIEW, 30)], NOW)
    assert (windows.events_7d, windows.events_30d) == (0, 1)


def test_windows_of_nobody_are_empty():
    assert count_windows([], NOW).last_event_at is None


@unhurried
@given(
    st.sampled_from([K.PAGE_VIEW, K.EMAIL_CLICK, K.MEETING_HELD]), st.lists(st.integers(0, 120), min_size=1, max_size=8)
)
def test_a_kind_is_worth_the_sum_over_ranks_of_share_and_decay(kind, ages):
    rule = RULES[kind]
    oracle = sum(rule.repeat_share**rank * 0.5 ** (age / rule.half_life_days) for rank, age in enumerate(sorted(ages)))
    (tally,) = measure(*[event(kind, age) for age in ages]).kinds
    assert tally.tenths == pytest.approx(10 * rule.points * oracle, abs=0.51)


@unhurried
@given(histories, events(kinds=POSITIVE))
def test_one_more_positive_event_never_lowers_engagement(history, added):
    assert measure(*history, added).shown >= measure(*history).shown
    assert measure(*history, added).earned >= measure(*history).earned


@unhurried
@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(history, random):
    shuffled = random.sample(history, len(history))
    assert measure(*shuffled) == measure(*history)


@unhurried
@given(histories)
def test_engagement_and_every_group_stay_within_their_caps(history):
    measured = measure(*history)
    caps = {cap.group: cap.points * 10 for cap in MODEL.group_caps}
    assert 0 <= measured.shown <= measured.earned <= 1000
    for group, cap in caps.items():
        earned = sum(kind.tenths for kind in measured.kinds if GROUP_OF[kind.rule.kind] is group)
        assert earned - sum(over.tenths for over in measured.caps if over.group is group) <= cap


@unhurried
@given(st.lists(events(kinds=POSITIVE, newest=0), max_size=8), st.floats(0, 300))
def test_silence_never_raises_engagement(history, days):
    assert measure(*history, now=NOW + timedelta(days=days)).shown <= measure(*history).shown


@unhurried
@given(histories)
def test_tallies_sum_exactly_to_what_is_shown(history):
    measured = measure(*history)
    assert measured.earned == sum(kind.tenths for kind in measured.kinds) - sum(cap.tenths for cap in measured.caps)
    assert measured.shown == max(0, measured.earned - sum(setback.tenths for setback in measured.setbacks))
