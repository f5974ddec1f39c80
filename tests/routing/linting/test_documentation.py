"""docs/linting.md says what the linter does."""

from collections.abc import Iterator
from pathlib import Path

from tests.routing.linting.corpus import TEAMS, World, a_member, a_rule, when

from oppspot.conditions.describe import describe
from oppspot.conditions.types import All
from oppspot.routing.linting import Kind, Severity

PAGE = Path(__file__).parents[3].joinpath("docs", "linting.md").read_text(encoding="utf-8")


def table(header: str) -> Iterator[list[str]]:
    _, _, after = PAGE.partition(f"{header}\n")
    for line in after.splitlines()[1:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_every_kind_is_described_and_no_other() -> None:
    rows = list(table("| kind | severity | what is wrong |"))
    assert {kind for kind, _, _ in rows} == set(Kind)
    assert {severity for _, severity, _ in rows} == set(Severity)


def test_the_example_is_what_the_linter_finds() -> None:
    software, large = when("company.industry", "eq", "Software"), when("company.employees", "gte", 500)
    hot = All((software, when("score.overall", "gte", 85)))
    conditions = {"Software": software, "Large": large, "Hot software": hot}
    rows = list(table("| rule | priority | when | goes to |"))
    rules = []
    for place, (name, priority, asked, target) in enumerate(rows):
        assert describe(conditions[name]) == asked
        assert TEAMS[place].label == target
        rules.append(a_rule(name, conditions[name], TEAMS[place], int(priority)))
    # "Large" is lower than "Software": ids decide among equal priorities, and the example has them the other way round.
    rules = [a_rule(f"{place}", rule.condition, rule.target, rule.priority) for place, rule in enumerate(rules)]
    names = {str(place): row[0] for place, row in enumerate(rows)}
    report = World(tuple(rules), (a_member(1, *TEAMS),)).lint()
    found = [[item.kind, item.severity, ", ".join(names[rule] for rule in item.rule_ids)] for item in report.findings]
    assert found == list(table("| kind | severity | rules |"))
    (overlap,) = (item for item in report.findings if item.kind is Kind.OVERLAP)
    assert "company industry “software”, company employees 500" in overlap.says
    assert "company industry “software”, company employees 500" in PAGE
