"""Which question is worth a rep's time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qualification.strategies import (
    BANT,
    FRAMEWORKS,
    MEDDIC,
    NOW,
    all_best,
    claim,
    day,
    framework_with,
    leads,
    unhurried,
)

from oppspot.qualification.answers import possible_answers
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.implications import IMPLICATIONS
from oppspot.qualification.next_questions import list_next_questions
from oppspot.qualification.rules import assess

each_framework = pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.name)


def every_key(document):
    """Make a framework that reads every claim key there is."""
    criteria = [
        {"id": key.replace(".", "_"), "title": key, "key": key, "points": 1, "rule": {"kind": "present"}, "ask": "Ask"}
        for key in CLAIM_KEYS
    ]
    halves = {"first": criteria[:40], "second": criteria[40:]}
    elements = [{"id": name, "title": name, "weight": 0.5, "criteria": half} for name, half in halves.items()]
    document.update(name="every", elements=elements, verdicts=[{"status": "known", "review_days": 30}])


def answers(framework, key):
    question = next(each for each in compile_framework(framework).questions if each.key == key)
    return possible_answers(question.kind, question.asked, question.likely, NOW.date())


@each_framework
def test_every_answer_supposed_is_one_that_can_be_given(framework):
    for question in compile_framework(framework).questions:
        supposed = answers(framework, question.key)
        assert sum(likelihood for likelihood, _ in supposed) == pytest.approx(1)
        for _, value in supposed:
            assert validate_claim(question.key, value) == value


def test_answers_to_any_key_can_be_supposed():
    assert len(list_next_questions(framework_with(every_key), [], NOW)) == len(CLAIM_KEYS)


@each_framework
def test_the_best_answer_to_a_question_earns_all_that_its_criteria_can(framework):
    for question in compile_framework(framework).questions:
        shown = assess(framework, [claim(question.key, question.best_value(NOW.date()), days=0)], NOW)
        results = [result for element in shown.elements for result in element.criteria if result.key == question.key]
        assert {result.state for result in results} == {"met"}, question.key


def test_the_answers_are_those_that_the_rules_tell_apart():
    assert [value for _, value in answers(BANT, "budget.confirmed")] == [True, False]
    assert [value for _, value in answers(BANT, "authority.committee_size")] == [2, 5, 14]
    assert [value for _, value in answers(BANT, "need.solution_fit")] == [0, 25, 50, 75, 100]
    assert [value for _, value in answers(BANT, "timeline.decision_date")] == [
        day(days) for days in (30, 60, 90, 180, 365, 366)
    ]
    assert [len(value) for _, value in answers(BANT, "timeline.urgency_indicators")] == [1, 2, 3, 4]
    assert [len(value) for _, value in answers(BANT, "authority.decision_makers")] == [1, 2, 3, 1, 2, 3]


def value_of(framework, assessment):
    """Return what the docs call the value of a decision, from an assessment."""
    statuses = [verdict.status for verdict in framework.verdicts]
    steps = len(statuses) - 1
    points = sum(term.hundredths for term in assessment.contributions if term.criterion) / 100
    return points + 100 * (steps - statuses.index(assessment.status)) / steps


@unhurried
@given(st.sampled_from(FRAMEWORKS), leads)
def test_what_is_expected_is_the_mean_over_assessments_of_every_answer(framework, claims):
    known = {each.key for each in claims}
    known |= {implied for key in known for implied, _ in IMPLICATIONS.get(key, ())}
    before = assess(framework, claims, NOW)
    for found in list_next_questions(framework, claims, NOW):
        if found.key in known or not known.isdisjoint(implied for implied, _ in IMPLICATIONS.get(found.key, ())):
            continue
        change = chance = 0
        for likelihood, value in answers(framework, found.key):
            after = assess(framework, [*claims, claim(found.key, value, grade="verified", days=0)], NOW)
            change += likelihood * abs(value_of(framework, after) - value_of(framework, before))
            chance += likelihood * (after.status != before.status)
        assert (found.expected_change, found.chance) == (
            pytest.approx(change, abs=1e-4),
            pytest.approx(chance, abs=1e-4),
        )


@unhurried
@given(st.sampled_from(FRAMEWORKS), leads)
def test_questions_are_those_of_the_next_actions_with_the_same_gains(framework, claims):
    actions = [one for one in assess(framework, claims, NOW).next_actions if one.kind != "settle"]
    questions = list_next_questions(framework, claims, NOW)
    assert {one.key: one.gain for one in actions} == {one.key: one.gain for one in questions}
    assert [one.per_minute for one in questions] == sorted((one.per_minute for one in questions), reverse=True)
    assert all(0 <= one.chance <= 1 for one in questions)


def test_mapping_the_committee_is_worth_most_of_an_empty_meddic_but_takes_its_time():
    found = {one.key: one for one in list_next_questions(MEDDIC, [], NOW)}
    people, identified = found["authority.stakeholder_map"], found["economic_buyer.identified"]
    assert people.expected_change == max(one.expected_change for one in found.values())
    assert people.minutes == 15
    assert identified.per_minute > people.per_minute


def test_an_answer_takes_nothing_away_from_what_is_known():
    engaged = claim("authority.engagement.user", 80)
    found = {one.key: one for one in list_next_questions(BANT, [engaged], NOW)}["authority.engagement.user"]
    # Of 0, 25, 50, 75 and 100 only the last is news: a quarter of a point, one time in five.
    assert found.expected_change == 0.05


def test_what_cannot_be_improved_counts_for_no_question():
    pains = claim("need.pain_points", [{"description": "slow", "severity": "low"}])
    [found] = [one for one in list_next_questions(BANT, [pains], NOW) if one.key == "need.pain_points"]
    [action] = [one for one in assess(BANT, [pains], NOW).next_actions if one.key == "need.pain_points"]
    assert found.gain == action.gain == 500  # four more, however bad they are


def test_what_takes_longer_comes_later():
    def hurry(document):
        document["elements"][0]["criteria"][2]["minutes"] = 600

    assert list_next_questions(BANT, [], NOW)[0].key != "budget.range"
    slow = {one.key: one for one in list_next_questions(framework_with(hurry), [], NOW)}
    assert slow["budget.range"].minutes == 600
    assert list(slow)[-1] == "budget.range"


def test_a_framework_can_say_which_answers_are_likely():
    def expect(document):
        document["elements"][0]["criteria"][0]["likely"] = {"yes": 1, "no": 3}

    def change(framework):
        found = {one.key: one for one in list_next_questions(framework, [], NOW)}
        return found["budget.confirmed"].expected_change

    assert change(BANT) == 6  # 12 points as often as none
    assert change(framework_with(expect)) == 3


def test_the_chance_is_that_of_another_verdict():
    left_open = ("budget.confirmed", "budget.source", "financial.", "authority.eng", "need.u", "need.s")
    claims = [each for each in all_best() if not each.key.startswith(left_open)]
    found = {one.key: one for one in list_next_questions(BANT, claims, NOW)}
    # 62 points: 70 are reached when the budget is confirmed (12), and by nothing else alone.
    assert {key: one.chance for key, one in found.items() if one.chance} == {
        "budget.confirmed": 0.5,
        "budget.source": 0.3333,
    }
    assert found["budget.confirmed"].expected_change == 31  # 12 points and one of two steps, as often as nothing
