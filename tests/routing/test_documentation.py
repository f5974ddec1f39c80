"""docs/routing.md says what the code does."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from oppspot.routing.algorithms import ALGORITHMS
from oppspot.routing.fairness import LEAD, Turns, shares_of
from oppspot.routing.outcomes import FOLLOW_UPS, Outcome
from oppspot.routing.priority import priority_of
from oppspot.routing.sla import LADDER

PAGE = Path(__file__).parents[2].joinpath("docs", "routing.md").read_text(encoding="utf-8")
WEIGHTS = {"Ann": 2, "Ben": 1, "Cleo": 1}


def table(first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the table that starts with this column."""
    _, _, after = PAGE.partition(f"| {first_column} |")
    for line in after.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("row", list(table("lead")), ids=lambda row: f"lead {row[0]}")
def test_the_worked_example_is_what_turns_give(row: list[str]) -> None:
    _, eligible, *cells = row
    before, winner, after = cells[:3], cells[3], cells[4:]
    names = eligible.split()
    owed = {name: int(Fraction(cell) * LEAD) for name, cell in zip(WEIGHTS, before, strict=True)}
    turns = Turns([owed[name] for name in names], shares_of([WEIGHTS[name] for name in names]))
    assert names[turns.take().position] == winner
    gains = dict(zip(names, turns.gains(), strict=True))
    assert [Fraction(owed[name] + gains.get(name, 0), LEAD) for name in WEIGHTS] == [Fraction(cell) for cell in after]


def test_each_line_of_the_worked_example_starts_where_the_one_before_ended() -> None:
    rows = list(table("lead"))
    assert len(rows) == 8
    assert [row[2:5] for row in rows[1:]] == [row[6:] for row in rows[:-1]]


def test_the_table_of_outcomes_is_complete_and_true() -> None:
    spans = {"24 h": timedelta(days=1), "15 min": timedelta(minutes=15)}
    rows = {outcome: (actor, span) for outcome, _, actor, span in table("outcome")}
    assert rows.keys() == set(Outcome)
    for outcome, (actor, span) in rows.items():
        assert FOLLOW_UPS[Outcome(outcome)].acts_next == actor
        assert span == "SLA" or FOLLOW_UPS[Outcome(outcome)].recheck_after == spans[span]


def test_the_priorities_are_as_described() -> None:
    described = dict(table("overall score"))
    assert priority_of(None) == described.pop("unknown")
    assert priority_of(0) == described.pop("below")
    assert {priority_of(float(text.split()[0])): priority for text, priority in described.items()} == {
        priority: priority for priority in described.values()
    }


def test_the_ladder_is_as_described() -> None:
    rows = list(table("of the time to the due moment"))
    assert rows == [[f"{step.at_percent} %", step.action.value] for step in LADDER]


def test_the_unit_of_credit_and_every_algorithm_are_named() -> None:
    assert f"{LEAD:,}" in PAGE
    assert all(f"`{name}`" in PAGE for name in ALGORITHMS)
