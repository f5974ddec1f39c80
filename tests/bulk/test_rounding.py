"""Division and rounding are Python's, to the last bit."""

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from oppspot.bulk.rounding import divided, rounded_to_4

# 0.03125 sits on a half of the fourth place; the others beside one, where a product in floats may come to sit on it.
shares = st.floats(0, 1) | st.integers(0, 20_000).map(lambda halves: halves / 20_000)


@given(st.lists(shares, min_size=1, max_size=50))
@example([0.03125, 0.09375, 0.00005, 0.00015, 0.28125, 0.99995])
def test_shares_are_rounded_as_python_rounds(values):
    rounded = pl.DataFrame({"share": values}).select(rounded_to_4(pl.col("share")))["share"]
    assert rounded.to_list() == [round(value, 4) for value in values]


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=50), st.integers(1, 100_000))
def test_quotients_by_a_number_are_rounded_correctly(values, by):
    quotients = pl.DataFrame({"value": values}).select(divided(pl.col("value"), by))["value"]
    assert quotients.to_list() == [value / by for value in values]
