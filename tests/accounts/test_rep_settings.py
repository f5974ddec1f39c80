"""What routing may be told of a rep: skills with levels, limits per period, a ramp, a country with holidays."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.accounts import holiday_places
from oppspot.accounts.period_limits import Period, PeriodLimit, Window, are_well_formed, read_limits, write_limits
from oppspot.accounts.ramp import ramp_factor
from oppspot.accounts.rep_settings import RepSettings, problems_of, tidied
from oppspot.accounts.skills import merged, read_skills, write_skills

NAMES = st.text(st.characters(exclude_characters=",", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
LEVELS = st.integers(1, 5)
LIMITS = st.builds(PeriodLimit, st.integers(1, 100_000), st.sampled_from(Period), st.sampled_from(Window))


@given(st.dictionaries(NAMES, LEVELS, max_size=10).map(lambda skills: merged(skills.items())))
def test_skills_read_back_as_written(skills: dict[str, int]) -> None:
    assert read_skills(write_skills(skills)) == skills


@pytest.mark.parametrize(
    ("typed", "skills"),
    [
        ("", {}),
        ("german 4, pumps 2", {"german": 4, "pumps": 2}),
        ("german", {"german": 3}),
        ("  heat   pumps  5 ,", {"heat pumps": 5}),
        ("ISO 9001", {"ISO 9001": 3}),
        ("Pumps 2, pumps 4", {"Pumps": 4}),
        ("german 0", None),
        ("german 6", None),
        ("x" * 61, None),
        (", ".join(f"skill-{number}" for number in range(51)), None),
    ],
)
def test_skills_are_read_as_typed(typed: str, skills: dict[str, int] | None) -> None:
    assert read_skills(typed) == skills


@given(st.lists(LIMITS, max_size=8, unique_by=lambda limit: (limit.per, limit.window)).map(tuple))
def test_limits_read_back_as_written(limits: tuple[PeriodLimit, ...]) -> None:
    assert are_well_formed(limits)
    assert read_limits(write_limits(limits)) == limits


@pytest.mark.parametrize("typed", ["5/day", "5 per day", "5 a day", "5 each Day fixed", " 5 a day (fixed) ,"])
def test_a_limit_may_be_typed_in_several_ways(typed: str) -> None:
    assert read_limits(typed) == (PeriodLimit(5, Period.DAY, Window.FIXED),)


@pytest.mark.parametrize(
    "typed", ["five a day", "5", "0 a day", "-1 a day", "5 a year", "5 a day, 6 a day", "5 a dayrolling"]
)
def test_limits_that_make_no_sense_are_not_read(typed: str) -> None:
    assert read_limits(typed) is None


RAMP = [(-1, "0.5"), (0, "0.5"), (29, "0.5"), (30, "0.75"), (59, "0.75"), (60, "1"), (4000, "1")]


@pytest.mark.parametrize(("days", "factor"), RAMP)
def test_somebody_new_takes_half_a_share_then_three_quarters_then_a_full_one(days: int, factor: str) -> None:
    began = date(2026, 1, 5)
    assert ramp_factor(began, began + timedelta(days)) == Decimal(factor)


_TOLD = re.compile(
    r"`ramp_from` (\S+) and weight (\S+) that is (\S+) until (\S+), (\S+) until (\S+), (\S+) from (\S+) "
)


def test_the_ramp_of_the_documentation_is_right() -> None:
    told = _TOLD.search(" ".join(Path("docs/accounts.md").read_text(encoding="utf-8").split()))
    assert told
    began, weight, half, half_until, more, more_until, full, full_from = told.groups()
    steps = [(half, began, half_until), (more, _after(half_until), more_until), (full, _after(more_until), full_from)]
    for share, *days in steps:
        for day in map(date.fromisoformat, days):
            assert Decimal(weight) * ramp_factor(date.fromisoformat(began), day) == Decimal(share), day


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(1)).isoformat()


@given(st.dates())
def test_without_a_ramp_it_is_a_full_share(on: date) -> None:
    assert ramp_factor(None, on) == 1


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 100), st.integers(0, 100))
def test_a_ramp_never_falls(began: date, day: int, more: int) -> None:
    assert ramp_factor(began, began + timedelta(day)) <= ramp_factor(began, began + timedelta(day + more))


def test_every_country_on_offer_is_accepted_with_each_of_its_parts() -> None:
    assert {code for code, _ in holiday_places.country_choices()} >= {"GB", "DE", "US", "FR", "NL", "CH", "SE"}
    for code, name in holiday_places.country_choices():
        assert name
        for part in (None, *holiday_places.parts_of(code)):
            assert problems_of(RepSettings(country=code, subdivision=part)) == []


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (RepSettings(country="XX"), "country"),
        (RepSettings(country="DE", subdivision="SCT"), "subdivision"),
        (RepSettings(subdivision="BY"), "subdivision"),
        (RepSettings(skills={"german": 6}), "skills"),
        (RepSettings(skills={"german, pumps": 3}), "skills"),
        (RepSettings(limits=(PeriodLimit(0, Period.DAY),)), "limits"),
        (RepSettings(limits=(PeriodLimit(5, Period.DAY), PeriodLimit(6, Period.DAY))), "limits"),
    ],
)
def test_what_makes_no_sense_is_named(settings: RepSettings, path: str) -> None:
    (problem,) = problems_of(settings)
    assert problem.path == path
    assert problem.accepted


def test_two_spellings_of_a_skill_are_one_with_the_higher_level() -> None:
    assert tidied(RepSettings(skills={" Heat  Pumps ": 2, "heat pumps": 4, " ": 5})).skills == {"Heat Pumps": 4}
