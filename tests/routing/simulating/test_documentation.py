"""docs/simulator.md says what the simulator does."""

from dataclasses import replace
from pathlib import Path

from tests.routing.simulating.test_running import Lived, settled
from tests.routing.world import ANN, BEN, a_config, a_rule, leads

from oppspot.routing.policies import RuleSettings, SkillMatching, SkillNeed
from oppspot.routing.services.simulating import KEPT, MOST_WEEKS
from oppspot.routing.simulating.report import FEWEST_RESPONSES
from oppspot.routing.simulating.world import RETRY

PAGE = Path(__file__).parents[3].joinpath("docs", "simulator.md").read_text(encoding="utf-8")


def test_the_worked_example_is_what_comes_out() -> None:
    rows = [line.strip("| \n").split(" | ") for line in PAGE.splitlines() if line.startswith(("| Ann", "| Ben"))]
    lived = Lived(a_config(a_rule()), settled([ANN, replace(BEN, skills={"German": 3})]))
    for start in range(1, 9, 2):
        lived.come(leads(2, start))
    german = SkillMatching(required=(SkillNeed(skill="German"),))
    draft = a_config(a_rule(algorithm="skill_based", settings=RuleSettings(skill_matching=german)))
    report = lived.report(replace(draft, version_hash="draft"))
    found = [[rep["name"], str(rep["live"]["given"]), str(rep["draft"]["given"])] for rep in report["reps"]]
    assert found == rows
    assert len(report["moved"]) == 4
    [pool] = report["pools"]
    assert [(pool[course]["even"], pool[course]["gap"]) for course in ("live", "draft")] == [(1.0, 0.0), (0.5, 8.0)]


def test_the_numbers_it_names_are_those_of_the_code() -> None:
    assert f"last 1 to {MOST_WEEKS} weeks" in PAGE
    assert KEPT == 20
    assert "newest twenty" in PAGE
    assert f"at least {FEWEST_RESPONSES}" in PAGE
    assert RETRY.total_seconds() == 15 * 60
