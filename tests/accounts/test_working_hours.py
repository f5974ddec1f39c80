"""Which working hours are well formed, and how a day is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.accounts import working_hours

TIMES = st.integers(0, 24 * 60).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@given(st.lists(TIMES, unique=True, max_size=12).map(sorted))
def test_blocks_in_order_are_well_formed_and_read_back_as_typed(times: list[str]) -> None:
    blocks = [list(pair) for pair in zip(times[::2], times[1::2], strict=False)]
    assert working_hours.problems_of({"mon": blocks}) == []
    assert working_hours.read_day(working_hours.write_day(blocks)) == blocks


@pytest.mark.parametrize(
    ("blocks", "wrong"),
    [
        ([["17:00", "09:00"]], "ends before it starts"),
        ([["22:00", "06:00"]], "a night is 22:00-24:00, and 00:00-06:00 on the day after"),
        ([["17:00", "00:00"]], "midnight at the end of a day is 24:00"),
        ([["09:00", "09:00"]], "ends before it starts"),
        ([["09:00", "13:00"], ["12:00", "17:00"]], "overlap"),
        ([["13:00", "17:00"], ["09:00", "12:00"]], "out of order"),
        ([["9:00", "17:00"]], "not two times"),
        ([["09:00", "25:00"]], "not two times"),
        ([["09:00"]], "not two times"),
        ([["00:00", "01:00"]] * 7, "more than 6"),
    ],
)
def test_blocks_that_make_no_sense_are_named(blocks: list[list[str]], wrong: str) -> None:
    (problem,) = working_hours.problems_of({"tue": blocks})
    assert problem.path == "working_hours.tue"
    assert wrong in problem.message


def test_a_day_that_does_not_exist_is_named() -> None:
    assert working_hours.problems_of({"someday": []})[0].message == "is not a day"


@pytest.mark.parametrize(
    ("typed", "blocks"),
    [
        ("", []),
        ("9:00-17:30", [["09:00", "17:30"]]),
        (" 9:00 - 12:00 , 13:00 \N{EN DASH} 17:00", [["09:00", "12:00"], ["13:00", "17:00"]]),
        ("nine to five", None),
        ("9:00-12:00,", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, blocks: list[list[str]] | None) -> None:
    assert working_hours.read_day(typed) == blocks
