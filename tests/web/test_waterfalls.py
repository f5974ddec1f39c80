import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.web.waterfalls import Reason, waterfall

points = st.none() | st.floats(-100, 100).map(lambda value: round(value, 2))
reasons = st.lists(points.map(lambda value: Reason("r", value)), max_size=12)


@given(reasons)
def test_bars_stay_on_the_scale_and_join_end_to_end(listed):
    bars = waterfall(listed)
    assert len(bars) == len(listed)
    for bar in bars:
        assert -1e-6 <= bar.start <= bar.start + bar.width <= 100 + 1e-6
    for before, after in itertools.pairwise(bars):
        end = before.start + (before.width if before.kind == "up" else 0)
        begin = after.start + (after.width if after.kind == "down" else 0)
        assert end == pytest.approx(begin, abs=1e-6)


@given(reasons)
def test_bars_are_as_long_as_their_points(listed):
    known = [(bar.width, abs(bar.reason.points)) for bar in waterfall(listed) if bar.reason.points]
    for width, size in known:
        assert width * known[0][1] == pytest.approx(size * known[0][0], abs=1e-3)


def test_what_is_unknown_is_not_drawn_as_nothing():
    kinds = [bar.kind for bar in waterfall([Reason("a", 5), Reason("b", None), Reason("c", 0), Reason("d", -2)])]
    assert kinds == ["up", "unknown", "none", "down"]


def test_no_reasons_draw_no_bars():
    assert waterfall([]) == ()
