"""docs/optimised-routing.md says what the code does."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from oppspot.routing.bandit import choose, seed_of, usable
from oppspot.routing.off_policy import Logged, estimate
from oppspot.routing.people import Outcomes
from oppspot.routing.policies import OptimisationPolicy
from oppspot.routing.shrinkage import arms_of

PAGE = Path(__file__).parents[3].joinpath("docs", "optimised-routing.md").read_text(encoding="utf-8")
POLICY = OptimisationPolicy()


def table(first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the table that starts with this column."""
    _, _, after = PAGE.partition(f"\n| {first_column} |")
    for line in after.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def histories() -> dict[str, dict[str, Outcomes]]:
    return {
        name: {"high": Outcomes(int(cells[0]), int(cells[1])), "low": Outcomes(int(cells[2]), int(cells[3]))}
        for name, *cells in table("rep")
    }


def test_the_reasons_are_those_that_are_given() -> None:
    told = list(histories().values())
    given = [
        usable(told, OptimisationPolicy(enabled=False)),
        usable([{"high": Outcomes(100, 10)}], POLICY),
        usable([{"high": Outcomes(200, 0)}], POLICY),
    ]
    assert given == [reason for reason, _ in table("reason")]
    assert usable(told, POLICY) is None


def test_the_beliefs_are_as_worked_out() -> None:
    arms = arms_of(list(histories().values()), "high")
    rows = [cells[4:] for _, *cells in table("rep")]
    assert [[f"{arm.alpha:.3f}", f"{arm.beta:.3f}", f"{100 * arm.rate:.1f} %"] for arm in arms] == rows


def test_the_leads_go_where_they_are_said_to_go() -> None:
    arms, names = arms_of(list(histories().values()), "high"), list(histories())
    rows = list(table("lead"))
    assert len(rows) == 5
    for number, *likely, winner in rows:
        choice = choose(arms, range(3), seed=seed_of(UUID(int=int(number)), "v1"), policy=POLICY)
        assert [f"{100 * each:.1f} %" for each in choice.propensities] == likely
        assert names[choice.position] == winner
        if number == "3":
            assert f"“Ben is {choice.because}”" in PAGE


def test_the_estimates_are_as_worked_out() -> None:
    rows, target = list(table("given to")), (0.75, 0.25)
    log = [Logged(["first", "second"].index(who), float(won), (0.5, 0.5), (0.5, 0.25)) for who, won, *_ in rows]
    for entry, (_, _, weight, weighted, corrected) in zip(log, rows, strict=True):
        w = target[entry.position] / 0.5
        base = sum(t * q for t, q in zip(target, entry.expected, strict=True))
        assert (w, w * entry.reward) == (float(weight), float(weighted))
        assert base + w * (entry.reward - entry.expected[entry.position]) == float(corrected)
    found = estimate(log, lambda _: target)
    assert found is not None
    assert {name: float(value) for name, value in table("estimate")} == {
        "IPS": pytest.approx(found.ips.value),
        "SNIPS": pytest.approx(found.snips.value),
        "DR": pytest.approx(found.dr.value),
    }
