"""docs/redistribution.md says what the code does."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.routing.redistribution.situations import OF_SALES, a_held, situation
from tests.routing.world import NOW, a_config, a_rep, a_rule

from oppspot.routing.people import Rep
from oppspot.routing.policies import DEFAULT_POLICIES, RuleSettings, SkillMatching, SkillNeed
from oppspot.routing.redistribution.evenness import gap_of, imbalance
from oppspot.routing.redistribution.rules import plan_redistribution
from oppspot.routing.redistribution.types import HeldLead, Plan, ScopeKind, StayReason
from oppspot.routing.services.rebalancing import KEPT, SELDOM

PAGE = Path(__file__).parents[3].joinpath("docs", "redistribution.md").read_text(encoding="utf-8")


def table_after(heading: str) -> Iterator[list[str]]:
    """Yield the rows of the first table after a heading."""
    _, _, after = PAGE.partition(heading)
    lines = after[after.index("\n|") + 1 :].splitlines()
    for line in lines[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def the_example() -> Plan:
    """Plan what the page tells of."""
    team = [
        a_rep(1, "Ann", skills={"German": 3}),
        a_rep(2, "Ben"),
        a_rep(3, "Cleo", weight=Decimal("0.5"), skills={"German": 2}),
    ]
    german = RuleSettings(skill_matching=SkillMatching(required=(SkillNeed(skill="German", level=2),)))
    config = a_config(
        a_rule(id="r1", name="Everything"),
        a_rule(id="r2", name="German", priority=0, algorithm="skill_based", settings=german),
    )
    ann, ben, _ = team
    held: list[HeldLead] = []

    def hold(rep: Rep, number: int, rule: str, status: str = "assigned") -> None:
        held.extend(a_held(len(held) + each, rep, rule=rule, status=status) for each in range(1, number + 1))

    hold(ann, 7, "r2")
    hold(ann, 2, "r1")
    hold(ann, 1, "r1", "accepted")
    hold(ben, 2, "r1")
    return plan_redistribution(OF_SALES, situation(team, held), config, NOW)


def test_the_worked_example_is_what_planning_gives() -> None:
    plan = the_example()
    rows = [
        [each.name, f"{each.weight.normalize()}", str(each.units_before), str(each.units_after)]
        for each in plan.standings
    ]
    assert [row[:4] for row in table_after("### A worked example")] == rows
    level = [Decimal(row[4]) for row in table_after("### A worked example")]
    assert level == [each.units_after / each.weight for each in plan.standings]


def test_the_moves_of_the_worked_example_are_told_as_they_are() -> None:
    plan = the_example()
    names = {each.rep_id: each.name for each in plan.standings}
    moves = sorted(
        {(names[move.from_id], names[move.to_id], move.because.partition(" and ")[0]) for move in plan.moves}
    )
    counted = [
        [
            giver,
            taker,
            str(sum((names[m.to_id], m.because.partition(" and ")[0]) == (taker, rule) for m in plan.moves)),
            rule,
        ]
        for giver, taker, rule in moves
    ]
    assert list(table_after("Four leads move")) == counted
    assert len(plan.moves) == 4
    assert [(stay.reason, len(stay.lead_ids)) for stay in plan.stays] == [(StayReason.ACCEPTED, 1)]
    assert (plan.before.gap, plan.after.gap) == (10, 2)


@pytest.mark.parametrize("row", list(table_after("## By itself")), ids=lambda row: row[0])
def test_the_imbalance_is_as_the_page_says(row: list[str]) -> None:
    loads = [int(each) for each in row[0].split(", ")]
    weights = [Decimal(each) for each in row[1].split(", ")]
    assert gap_of(loads, weights) == Decimal(row[2])
    assert f"{imbalance(loads, weights):.0f} %" == row[3]
    assert (imbalance(loads, weights) > DEFAULT_POLICIES.balancing.rebalance_threshold) == (row[4] == "yes")


def test_every_kind_and_every_reason_is_on_the_page() -> None:
    assert [row[0] for row in table_after("## What can be asked for")] == list(ScopeKind)
    assert [row[0] for row in table_after("### What stays")] == list(StayReason)


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    assert SELDOM.total_seconds() == 3600
    assert "once an hour" in PAGE
    assert KEPT.days == 1
    assert "kept for a day" in PAGE
