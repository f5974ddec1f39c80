"""docs/routing.md says what the code does."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.routing.strategies import ON_LEAVE
from tests.routing.test_fairness import after_one
from tests.routing.test_ledger_survival import present_at
from tests.routing.world import ANN, BEN, CLEO, NOW, SALES, a_config, a_lead, a_rep, a_rule, applied, leads, route

from oppspot.conditions.catalogue import default_catalogue
from oppspot.routing import algorithms
from oppspot.routing.algorithms import ALGORITHMS, Algorithm, Option, Preference, Question
from oppspot.routing.documents import RoutingDocument, compile_config
from oppspot.routing.explain import why_not
from oppspot.routing.fairness import LEAD, Turns, shares_of
from oppspot.routing.lanes import pool_key
from oppspot.routing.outcomes import FOLLOW_UPS, Outcome
from oppspot.routing.pages import words
from oppspot.routing.pages.simulator_form import deeds
from oppspot.routing.people import Outcomes, Rep
from oppspot.routing.policies import OwnerUnavailable, RuleSettings, SkillMatching, SkillNeed, Territory
from oppspot.routing.priority import priority_of
from oppspot.routing.records import differences, records_of, replay
from oppspot.routing.schemas import RuleBody
from oppspot.routing.shares import BY_SENIORITY, conversion_factor
from oppspot.routing.stretches import NO_REPS
from oppspot.routing.territories import Atlas
from oppspot.routing.types import NO_OFFICE, AccountOwner, FairnessLedger

PAGE = Path(__file__).parents[2].joinpath("docs", "routing.md").read_text(encoding="utf-8")
WEIGHTS = {"Ann": 2, "Ben": 1, "Cleo": 1}


def table(first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the table that starts with this column."""
    _, _, after = PAGE.partition(f"| {first_column} |")
    for line in after.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def table_after(heading: str, first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the first such table after a heading."""
    _, _, after = PAGE.partition(heading)
    _, _, rows = after.partition(f"| {first_column} |")
    for line in rows.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("row", list(table_after("### A worked example", "lead")), ids=lambda row: f"lead {row[0]}")
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
    rows = list(table_after("### A worked example", "lead"))
    assert len(rows) == 8
    assert [row[2:5] for row in rows[1:]] == [row[6:] for row in rows[:-1]]


def routed(algorithm: str, team: list[Rep], eligible: list[list[str]]) -> Iterator[tuple[str, list[Fraction]]]:
    """Yield who is given each lead and what everybody is owed then; who is not eligible is away, or has yet to join."""
    config, ledgers = a_config(a_rule(algorithm=algorithm)), dict[str, FairnessLedger]()
    for number, names in enumerate(eligible):
        there = {name for before in eligible[: number + 1] for name in before}
        reps = [replace(rep, available=rep.name in names) for rep in team if rep.name in there]
        batch = route(a_lead(number), config, reps, ledgers)
        _, ledgers = applied(batch, reps, ledgers)
        [winner] = [rep.name for rep in reps if rep.id == batch.decisions[0].rep_id]
        owed = ledgers[pool_key(SALES)].credits
        yield winner, [Fraction(owed.get(rep.id, 0), LEAD) for rep in reps]


def test_the_worked_example_is_what_routing_by_weight_gives() -> None:
    rows = list(table_after("### A worked example", "lead"))
    team = [replace(rep, weight=WEIGHTS[rep.name]) for rep in (ANN, BEN, CLEO)]
    found = list(routed("weighted", team, [row[1].split() for row in rows]))
    assert found == [(row[5], [Fraction(cell) for cell in row[6:]]) for row in rows]


def test_the_example_of_equal_shares_is_what_routing_in_turn_gives() -> None:
    rows = list(table_after("### Turns in equal shares", "lead"))
    team = [replace(ANN, weight=2), BEN, replace(CLEO, weight=7), a_rep(4, "Dan")]
    found = list(routed("round_robin", team, [row[1].split() for row in rows]))
    assert len(found) == 11
    assert found == [(row[2], [Fraction(cell) for cell in row[3:] if cell != "not there yet"]) for row in rows]


def largest_credits(seed: int, members: int, count: int) -> list[float]:
    """Return the largest credit there has been after each of so many leads, for each of which 60 % are present."""
    chance, owed, largest = Random(seed), [0] * members, []  # noqa: S311
    for _ in range(count):
        owed = after_one(owed, present_at(chance, members) or [0], [1] * members)
        largest.append(max(map(abs, owed)) / LEAD)
    return list(accumulate(largest, max))


def test_the_credits_of_the_simulation_are_as_described() -> None:
    said = PAGE.partition("In simulation (10 equal members, each present for 60 % of the leads, three streams)")[2]
    described = re.findall(r"([\d.]+) to ([\d.]+)\s+after ([\d,]+)", said.partition("Proof:")[0])
    streams = [largest_credits(seed, 10, 20_000) for seed in range(3)]
    assert len(described) == 3
    for least, most, after in described:
        found = sorted(stream[int(after.replace(",", "")) - 1] for stream in streams)
        assert [f"{found[0]:.2f}", f"{found[-1]:.2f}"] == [least, most]


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


def test_the_unit_of_credit_and_every_algorithm_are_named() -> None:
    assert f"{LEAD:,}" in PAGE
    assert all(f"`{name}`" in PAGE for name in ALGORITHMS)


def test_the_factors_of_the_fairness_policies_are_as_described() -> None:
    rows = dict(table("fairness"))
    described = dict(part.split() for part in rows["seniority_based"].split(", "))
    assert {name: Decimal(factor) for name, factor in described.items()} == BY_SENIORITY
    assert [conversion_factor(Outcomes(30, wins), 1 / 3) for wins in (15, 5)] == [Decimal("1.30"), Decimal("0.70")]


def test_the_bounds_of_the_factor_of_conversion_are_as_described() -> None:
    described = re.search(r"from ([\d.]+) to ([\d.]+); ", dict(table("fairness"))["performance_weighted"])
    assert described
    found = [conversion_factor(Outcomes(1000, wins), 1 / 3) for wins in (0, 1000)]
    assert found == [Decimal(bound) for bound in described.groups()]


def test_the_worked_example_of_the_band_is_what_routing_decides() -> None:
    rows = list(table_after("Ann and Ben, band 2", "lead"))
    ben = replace(BEN, skills={"French": 3})
    settings = RuleSettings(band=2, skill_matching=SkillMatching(preferred=(SkillNeed(skill="french"),)))
    batch = route(leads(6), a_config(a_rule(algorithm="skill_based", settings=settings)), [ANN, ben])
    names = {ANN.id: "Ann", BEN.id: "Ben"}
    found = []
    for number, decision in enumerate(batch.decisions, start=1):
        ahead = sum((taken.member == 1) - (taken.turn_of == 1) for taken in decision.stretch.turns[: decision.turn + 1])
        turn_of = decision.stretch.turns[decision.turn].turn_of
        found.append([str(number), ["Ann", "Ben"][turn_of], names[decision.rep_id], str(ahead)])
    assert found == rows


def test_the_territories_of_the_example_are_what_counts() -> None:
    territories = [
        Territory(name="DACH", countries=("DE", "AT", "CH")),
        Territory(name="Berlin", countries=("DE",), postcodes=("10-14",)),
        Territory(name="Francophone", countries=("FR", "BE")),
        Territory(name="Western Europe", countries=("FR", "NL")),
    ]
    counted = {}
    for lead, _, counts in table_after("### Territories", "lead"):
        country, _, postcode = lead.partition(", ")
        facts = {"company.country": country, "company.postcode": postcode or None}
        counted[lead] = (counts, ", ".join(Atlas(territories).territories_of(facts)) or "nobody is eligible")
    assert len(counted) == 4
    assert all(described == found for described, found in counted.values()), counted


def test_the_owners_of_the_example_are_asked_as_described() -> None:
    team = [replace(ANN, calendar=ON_LEAVE, cover_id=CLEO.id), BEN, CLEO]
    hows = ((ANN, "the owner of the account"), (BEN, "the owner of its parent company"))
    lead = a_lead(account_owners=tuple(AccountOwner(rep.id, how) for rep, how in hows))
    rows = list(table_after("### Account owners", "while an owner is away"))
    assert len(rows) == 4
    for said, owner, because in rows:
        policy, _, hours = said.replace("`", "").partition(" up to ")
        given = {"policy": policy} | ({"wait_hours": float(hours.removesuffix(" h"))} if hours else {})
        settings = RuleSettings(owner_unavailable=OwnerUnavailable.model_validate(given))
        [decision] = route(lead, a_config(a_rule(algorithm="account_based", settings=settings)), team).decisions
        assert decision.reason == f"Rule “Everything” sends it to team Sales; {owner} {because}."


def test_every_reason_why_an_owner_cannot_be_asked_is_described() -> None:
    assert {row[0] for row in table_after("### Account owners", "failed test")} == NO_REPS


@pytest.fixture
def least_busy(monkeypatch: pytest.MonkeyPatch) -> Algorithm:
    """The algorithm of the walk-through as it stands there; for one test it is one more of those there are."""
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {each.__name__: each for each in (Algorithm, Option, Preference, Question, Sequence)}
    exec(code, names)  # noqa: S102 — our own page
    algorithm: Algorithm = names["LEAST_BUSY"]
    monkeypatch.setitem(algorithms._BY_NAME, algorithm.name, algorithm)
    return algorithm


def test_the_algorithm_of_the_walk_through_works_as_it_stands_there(least_busy: Algorithm) -> None:
    options = [Option(0, ANN, Decimal(0), 4), Option(1, BEN, Decimal(0), 2)]
    assert least_busy.prefer(None, options) == Preference(1, "the one with the fewest open leads")
    assert least_busy.prefer(None, options[::-1]) is None


@pytest.mark.parametrize("band", [0, 1, 3])
@pytest.mark.parametrize(("busy", "farthest", "sign"), [((ANN, CLEO), BEN, 1), ((ANN,), ANN, -1)], ids=["one", "two"])
def test_the_algorithm_of_the_walk_through_prefers_the_least_busy_as_far_as_the_band_goes(
    least_busy: Algorithm, band: int, busy: tuple[Rep, ...], farthest: Rep, sign: int
) -> None:
    """Whether one is idle or two are, nobody gets farther from their turns than the band, and somebody that far."""
    rule = a_rule(algorithm=least_busy.name, settings=RuleSettings(band=band))
    team = [replace(rep, open_count=50 if rep in busy else 0) for rep in (ANN, BEN, CLEO)]
    batch = route(leads(21), a_config(rule), team)
    ahead = {credit.rep_id: credit.ahead for credit in batch.credits}
    assert Counter(decision.rep_id for decision in batch.decisions) == {each: 7 + more for each, more in ahead.items()}
    assert ahead[farthest.id] == sign * band
    assert max(map(abs, ahead.values())) == band
    if band:
        said = "Ben is the one with the fewest open leads; it was Ann's turn"
        assert said in batch.decisions[0].reason
        assert why_not(batch.decisions[0], ANN.id).startswith("Ann was eligible, but Ben was preferred")


def test_the_algorithm_of_the_walk_through_follows_loads_as_they_even_out(least_busy: Algorithm) -> None:
    team = [replace(ANN, open_count=4), replace(BEN, open_count=3), CLEO]
    rule = a_rule(algorithm=least_busy.name, settings=RuleSettings(band=100))
    busy = {rep.id: rep.open_count for rep in team}
    for decision in route(leads(20), a_config(rule), team).decisions:
        assert busy[decision.rep_id] == min(busy.values())
        busy[decision.rep_id] += 1
    assert sorted(busy.values()) == [9, 9, 9]


def test_the_form_the_api_the_simulator_and_replays_take_the_algorithm_of_the_walk_through(
    least_busy: Algorithm,
) -> None:
    target = {"type": "team", "id": str(SALES.id)}
    body = RuleBody(name="All", routing_algorithm=least_busy.name, assignment_target=target)
    document = RoutingDocument(rules=[{"id": "all", **body.model_dump()}])
    config = compile_config(document, "hash-1", default_catalogue(), {target["id"]: "Sales"})
    assert ("least_busy", "Least busy") in words.algorithms()
    assert deeds()["least_busy"] == "picks least busy"
    stream = leads(5)
    batch = route(stream, config, [replace(ANN, open_count=9), BEN])
    records = records_of(stream, batch, [lead.id for lead in stream], NOW, NO_OFFICE)
    again = [replay(record, config, records[0]["stretch"]) for record in records]
    assert list(map(differences, batch.decisions, again)) == [()] * 5


def test_every_algorithm_says_what_the_page_says_of_its_shares() -> None:
    rows = {name: shares for name, _, shares, _ in table("algorithm")}
    assert rows.keys() == ALGORITHMS.keys()
    for name, algorithm in ALGORITHMS.items():
        assert (rows[name] == "equal") is not algorithm.by_weight
