"""What docs/qualification.md says is what the code does."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from tests.qualification.strategies import BANT, MEDDIC, bant, claim

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.framework import Rule
from oppspot.qualification.next_questions import list_next_questions
from oppspot.qualification.rules import assess
from oppspot.qualification.types import points, rounded

PAGE = Path(__file__).parents[2].joinpath("docs", "qualification.md").read_text(encoding="utf-8")


def table(first_heading):
    """Return the rows of the table whose heading line starts so."""
    lines = PAGE.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(first_heading)) + 2
    end = next(number for number, line in enumerate(lines[start:], start) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]


def at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


TODAY = at(date(2026, 11, 20))


def example_claims():
    stated = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])
    return [claim(**{**each, "observed_at": at(each["observed_at"])}) for each in stated]


def meddic_example():
    stated = yaml.safe_load(PAGE.split("```yaml\n")[2].partition("```")[0])
    claims = [claim(**{**each, "observed_at": at(each["observed_at"])}) for each in stated]
    return assess(MEDDIC, claims, TODAY)


def example():
    return bant(*example_claims(), now=TODAY)


def test_the_worked_example_asks_the_questions_computed():
    questions = list_next_questions(BANT, example_claims(), TODAY)
    rows = table("| key | ask |")
    assert rows == [
        [f"`{one.key}`", one.ask, f"{one.minutes:g}", f"{one.expected_change:.2f}", f"{one.per_minute:.2f}"]
        for one in questions[: len(rows)]
    ]
    assert {one.chance for one in questions} == {0}


EXAMPLES = pytest.mark.parametrize(
    ("example", "heading"),
    [(example, "| element | criterion |"), (meddic_example, "| letter | criterion |")],
    ids=["bant", "meddic"],
)


@EXAMPLES
def test_a_worked_example_lists_every_term_of_the_score(example, heading):
    shown = example()
    results = [result for element in shown.elements for result in element.criteria if result.statement]
    computed = [
        [each.element, each.criterion, each.state, *map(points, (each.points, each.max_points, each.contribution))]
        for each in results
    ]
    *rows, rounding = table(heading)
    assert computed == [[*row[:3], *map(Decimal, row[3:6])] for row in rows]
    assert Decimal(rounding[5]) == shown.contributions[-1].points
    assert sum(Decimal(row[5]) for row in [*rows, rounding]) == shown.overall_score


def test_the_worked_example_of_meddic_gives_the_numbers_computed():
    shown = meddic_example()
    stated = {row[0]: row[1:] for row in table("| | metrics | economic buyer |")}
    assert [*map(int, stated["score"])] == [*(each.score for each in shown.elements), shown.overall_score]
    assert [*map(int, stated["best case"])] == [*(each.best_case for each in shown.elements), shown.best_case]
    coverage = [*(each.coverage for each in shown.elements), shown.coverage]
    assert [*map(float, stated["coverage"])] == [round(each, 2) for each in coverage]
    *parts, total = table("| evidence | of the framework |")
    assert [Decimal(row[1]) * Decimal(row[2]) for row in parts] == [Decimal(row[3]) for row in parts]
    assert sum(Decimal(row[3]) for row in parts) == Decimal(total[3].strip("*")) == Decimal(str(shown.confidence))
    assert (shown.status, shown.next_review_date) == ("pipeline", date(2026, 12, 10))
    assert (60 - shown.overall_score, 67 - shown.elements[-1].score) == (18, 11)


def test_the_worked_example_gives_the_scores_and_coverage_computed():
    shown = example()
    stated = {row[0]: row[1:] for row in table("| | budget | authority |")}
    assert [*map(int, stated["score"])] == [*(each.score for each in shown.elements), shown.overall_score]
    assert [*map(int, stated["best case"])] == [*(each.best_case for each in shown.elements), shown.best_case]
    assert [*map(float, stated["coverage"])] == [*(each.coverage for each in shown.elements), shown.coverage]


def test_the_worked_example_gives_the_confidence_verdict_and_review_computed():
    shown = example()
    *parts, total = [Decimal(row[3].strip("*")) for row in table("| part | share |")]
    assert sum(parts) == total == Decimal(str(shown.confidence))
    assert f"**{shown.status}**" in PAGE
    assert f"**{shown.next_review_date}**" in PAGE
    assert f"= {points(shown.lost)}\npoints" in PAGE
    assert rounded(10_000 - shown.lost) == shown.best_case


def test_the_table_of_claim_keys_is_the_registry():
    documented = [[row[0].strip("`"), row[1], int(row[2])] for row in table("| claim key | accepts |")]
    assert documented == [[key.name, key.kind.accepted, key.freshness_days] for key in CLAIM_KEYS.values()]


def test_the_table_of_verdicts_is_the_shipped_one():
    documented = [[row[0], int(row[2].removesuffix(" days"))] for row in table("| verdict | takes |")]
    assert documented == [[verdict.status, verdict.review_days] for verdict in BANT.verdicts]
    assert {verdict.score for verdict in BANT.verdicts} == {70, 40, None}
    assert set(BANT.verdicts[0].minimums.values()) == {25}
    assert BANT.verdicts[-1].points_lost_over == 30


def test_the_table_of_forecast_categories_is_the_shipped_one():
    documented = [[row[0], int(row[2].removesuffix(" days"))] for row in table("| category | takes |")]
    assert documented == [[verdict.status, verdict.review_days] for verdict in MEDDIC.verdicts]
    conditions = [(each.score, each.confidence, each.minimums) for each in MEDDIC.verdicts]
    assert conditions == [
        (80, 0.8, {"economic_buyer": 67, "champion": 67}),
        (60, 0.6, {}),
        (40, None, {}),
        (None, None, {}),
    ]


def test_every_rule_is_documented():
    kinds = {shape.model_fields["kind"].annotation.__args__[0] for shape in Rule.__origin__.__args__}
    assert {row[0].strip("`") for row in table("| rule | scores |")} == kinds
