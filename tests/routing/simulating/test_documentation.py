"""docs/simulator.md says what the simulator does."""

from dataclasses import replace
from pathlib import Path

from tests.routing.simulating.test_running import Lived, settled
from tests.routing.world import ANN, BEN, SUPPORT, a_config, a_lead, a_rep, a_rule, industry_is, leads, to_rep

from oppspot.routing.policies import RuleSettings, SkillMatching, SkillNeed
from oppspot.routing.services.simulating import KEPT, MOST_WEEKS
from oppspot.routing.simulating.report import FEWEST_RESPONSES, report_of
from oppspot.routing.simulating.world import RETRY

PAGE = Path(__file__).parents[3].joinpath("docs", "simulator.md").read_text(encoding="utf-8")


def test_the_worked_example_is_what_comes_out() -> None:
    rows = [line.strip("| \n").split(" | ") for line in PAGE.splitlines() if line.startswith(("| Ann", "| Ben"))][:2]
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


def test_the_worked_example_tells_what_was_published_meanwhile_apart() -> None:
    rows = [
        line.strip("| \n").split(" | ") for line in PAGE.splitlines() if line.startswith(("| Ann", "| Ben", "| Cleo"))
    ]
    cleo = a_rep(3, "Cleo", teams=[SUPPORT])
    lived = Lived(a_config(a_rule()), settled([ANN, replace(BEN, skills={"German": 3}), cleo]))
    for start in range(1, 9, 2):
        about = "Energy" if start == 1 else "Retail"
        lived.come([a_lead(number, {"company.industry": about}) for number in (start, start + 1)])
    energy = a_rule(to_rep(cleo), id="e", name="Energy", priority=1, condition=industry_is("Energy"))
    lived.configs.append(replace(a_config(energy, a_rule(priority=2)), version_hash="live"))
    german = RuleSettings(skill_matching=SkillMatching(required=(SkillNeed(skill="German"),)))
    drafted = a_config(energy, a_rule(priority=2, algorithm="skill_based", settings=german))
    run = lived.run(replace(drafted, version_hash="draft"))
    report = report_of(run, lived.before)
    given = {
        rep.name: [run.then.routed[rep.id], run.live.routed[rep.id], run.draft.routed[rep.id]]
        for rep in lived.reps.values()
    }
    assert [[name, *map(str, counts)] for name, counts in given.items()] == rows[2:]
    assert (report["since"]["leads_moved"], report["leads_moved"]) == (2, 3)
    assert {(lead["from"]["name"], lead["to"]["name"]) for lead in report["moved"]} == {("Ann", "Ben")}


def test_the_numbers_it_names_are_those_of_the_code() -> None:
    assert f"last 1 to {MOST_WEEKS} weeks" in PAGE
    assert KEPT == 20
    assert "newest twenty" in PAGE
    assert f"at least {FEWEST_RESPONSES}" in PAGE
    assert RETRY.total_seconds() == 15 * 60
