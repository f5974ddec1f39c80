"""docs/fairness.md says what the code does."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from tests.routing.test_departures import foreseen
from tests.routing.test_fairness_measures import STREAMS, routed
from tests.routing.test_forecast import TODAY, forecast, week, worker
from tests.routing.world import rep_id

from oppspot.routing.calibration import (
    MOST_LEADS,
    SHOWN_TURNS,
    Kind,
    Seat,
    Wish,
    changes_for,
    preview,
    suggested_leads,
)
from oppspot.routing.departures import Leaving
from oppspot.routing.fairness import LEAD, shares_of
from oppspot.routing.fairness_measures import by_weight, count_gap, gini_index, jain_index
from oppspot.routing.forecast import HORIZON_DAYS, LEAST_DAYS, LEAST_LEADS, SPREAD, Answer
from oppspot.routing.queries.forecasts import WEEKS
from oppspot.routing.queries.ledgers import WINDOW
from oppspot.routing.upcoming import phrase_place, places_of

PAGE = Path(__file__).parents[2].joinpath("docs", "fairness.md").read_text(encoding="utf-8")


def table_after(heading: str, first_cells: str) -> Iterator[list[str]]:
    """Yield the rows of the first table after a heading that starts with these cells."""
    _, _, after = PAGE.partition(heading)
    _, _, rows = after.partition(f"| {first_cells} |")
    assert rows, first_cells
    for line in rows.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_the_places_are_those_of_the_turns() -> None:
    rows = list(table_after("### Places", "member"))
    owed = [int(Fraction(row[1]) * LEAD) for row in rows]
    places = places_of(owed, shares_of([int(row[2]) for row in rows]))
    assert [[str(place.rank), str(place.lead)] for place in places] == [row[3:] for row in rows]
    assert phrase_place(places[2]) in PAGE


def test_the_calibration_is_what_the_preview_shows() -> None:
    names = ("Ann", "Ben", "Cleo")
    leads = suggested_leads(12, weight=1, whole=3)
    assert leads == 4
    changes = changes_for(Wish(rep_id(2), Kind.CATCH_UP, leads), [Seat(rep_id(n), 0, 1) for n in range(3)])
    moved = [changes[rep_id(n)] for n in range(3)]
    shown = preview([0, 0, 0], moved, shares_of([1, 1, 1]), 2)
    rows = {row[0]: row[1:] for row in table_after("### A worked example", "| Ann")}
    assert rows["owed after"] == [str(Fraction(each, LEAD)) for each in moved]
    assert rows["leads more until it is worked off"] == [str(gain) for gain in shown.gains]
    turns = {row[0]: row[1].split() for row in table_after("### A worked example", "| next turns")}
    assert turns["without"] == [names[each] for each in shown.before[:9]]
    assert turns["with"] == [names[each] for each in shown.after[:9]]
    assert f"worked off after {shown.burst} leads" in PAGE
    assert f"more than {MOST_LEADS} leads" in PAGE
    assert f"the next {SHOWN_TURNS} turns" in PAGE


def test_what_comes_of_leaving_is_what_is_shown() -> None:
    names = ("Ann", "Ben", "Cleo", "Dan")
    rows = {row[0]: row[1:] for row in table_after("### Somebody leaves", "| Ann")}
    turns = {row[0]: row[1].split() for row in table_after("### Somebody leaves", "| turns of everybody")}
    owed = [int(Fraction(each) * LEAD) for each in rows["owed now"]]
    for how, said in ((Leaving.TEAM, "once Cleo is out of the team"), (Leaving.ACCOUNT, "once Cleo is deactivated")):
        shown, _ = foreseen(owed, {names.index("Cleo")}, how)
        then = {each.rep.id: str(Fraction(each.credit, LEAD)) for each in shown.after.members}
        assert [then.get(rep_id(n), "gone") for n in range(4)] == rows[said]
        assert [names[shown.before.members.index(each)] for each in shown.before.next] == turns["now"]
        assert [names[each.rep.id.int - rep_id(0).int] for each in shown.after.next] == turns[said]
        assert len(shown.after.next) == 10
    assert "the next ten turns" in PAGE
    assert f"how={Leaving.ACCOUNT}" in PAGE


@pytest.mark.parametrize("row", list(table_after("## How even", "given")), ids=lambda row: row[0])
def test_the_measures_are_those_of_the_formulas(row: list[str]) -> None:
    given, weights = [int(each) for each in row[0].split()], [int(each) for each in row[1].split()]
    each = by_weight(given, weights)
    assert [f"{jain_index(each):.3f}", f"{gini_index(each):.3f}"] == row[2:4]
    assert count_gap(given, weights) == pytest.approx(float(row[4]))


@pytest.mark.parametrize("row", list(table_after("**Leads or value.**", "band")), ids=lambda row: f"band {row[0]}")
def test_the_band_trades_leads_for_value_as_it_says(row: list[str]) -> None:
    found = [routed(int(row[0]), "value_balanced", stream) for stream in STREAMS]
    assert f"{fmean(each.jain for each in found):.2f}" == row[1]
    assert max(count_gap(each.counts, [1] * 5) for each in found) == pytest.approx(float(row[2]))


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "none": ({}, {}),
    "each finishes 1 on each weekday": ({"finishes": week(1)}, {"finishes": week(1)}),
    "one is away": ({}, {"away": frozenset(TODAY + timedelta(days=day) for day in range(HORIZON_DAYS + 1))}),
}


@pytest.mark.parametrize("row", list(table_after("Two reps with 30 places", "change")), ids=lambda row: row[0])
def test_the_forecasts_are_those_of_the_rules(row: list[str]) -> None:
    first, second = CHANGES[row[0]]
    found = forecast(worker(1, **first), worker(2, **second))
    assert [found.expected, found.earliest, found.latest] == [date.fromisoformat(each) for each in row[1:]]


def test_every_answer_and_every_number_is_named() -> None:
    assert {row[0] for row in table_after("## When a team is full", "answer")} == set(Answer)
    assert {row[0] for row in table_after("## Calibration", "kind")} == set(Kind)
    for said in (
        f"within {HORIZON_DAYS} days",
        f"fewer than {LEAST_DAYS} days or {LEAST_LEADS} units",
        f"{SPREAD} / √n",
        f"the last {WEEKS} weeks",
        f"leads of the last {WINDOW.days} days",
    ):
        assert said in PAGE, said
