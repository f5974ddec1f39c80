"""What BANT makes of what is known of a lead."""

from datetime import timedelta

import pytest
from tests.qualification.answers import WORST
from tests.qualification.strategies import (
    BEST,
    NOW,
    ago,
    all_best,
    bant,
    claim,
    criterion,
    day,
    framework_with,
    score_of,
)


def test_an_empty_lead_is_unknown_not_bad():
    shown = bant()
    assert (shown.overall_score, shown.coverage, shown.confidence, shown.status) == (None, 0, 0, "nurture")
    assert [element.score for element in shown.elements] == [None] * 4
    assert shown.contributions == ()
    assert shown.best_case == 100


def test_an_empty_lead_asks_first_for_what_can_add_most():
    actions = bant().next_actions
    assert [action.gain for action in actions] == sorted((action.gain for action in actions), reverse=True)
    assert (actions[0].kind, actions[0].key, actions[0].gain) == ("ask", "authority.decision_makers", 1500)
    assert len({action.key for action in actions}) == len(actions)


def test_an_action_counts_everything_that_its_answer_says():
    gains = {action.key: action.gain for action in bant().next_actions}
    assert gains["need.pain_points"] == 625 + 375  # how many, and how bad
    assert gains["budget.confirmed"] == 600 + 600  # and so its source


def test_claims_that_the_framework_does_not_read_change_nothing():
    assert bant(claim("champion.last_contact", day(-3))) == bant()


BAD = [key for key in WORST if key.startswith(("budget.", "financial.", "authority.", "need.", "timeline."))]


@pytest.mark.parametrize("key", BAD)
def test_one_bad_answer_alone_never_disqualifies(key):
    shown = bant(claim(key, WORST[key], grade="verified"))
    assert shown.status == "nurture"
    assert shown.lost > 0


def test_a_lead_known_to_be_bad_is_disqualified():
    shown = bant(*(claim(key, value) for key, value in WORST.items()))
    assert shown.status == "disqualified"
    assert (shown.overall_score, shown.best_case < 70) == (0, True)


def test_a_disqualified_lead_is_nurtured_again_once_the_bad_news_has_expired():
    claims = [claim(key, value) for key, value in WORST.items()]
    assert bant(*claims, now=NOW + timedelta(days=100)).status == "nurture"


def test_seventy_points_do_not_qualify_while_one_letter_is_all_but_empty():
    claims = [each for each in all_best() if not each.key.startswith("timeline.")]
    shown = bant(*claims)
    assert (shown.overall_score, shown.status) == (80, "nurture")
    assert bant(*claims, claim("timeline.decision_date", day(20))).status == "qualified"


def test_a_decision_date_in_the_past_earns_nothing_and_says_so():
    result = criterion(bant(claim("timeline.decision_date", "2024-11-01")), "timeline.decision_date")
    assert (result.state, result.points, result.note) == ("unmet", 0, "The date has passed.")


@pytest.mark.parametrize(
    ("days", "points"), [(0, 30), (30, 30), (31, 25), (60, 25), (90, 20), (180, 15), (365, 10), (366, 5), (-1, 0)]
)
def test_a_decision_date_earns_by_how_soon_it_is(days, points):
    result = criterion(bant(claim("timeline.decision_date", day(days))), "timeline.decision_date")
    assert result.points == 100 * points


def test_saying_the_same_again_adds_nothing():
    once = bant(claim("timeline.urgency_indicators", ["audit"]))
    again = bant(*(claim("timeline.urgency_indicators", ["audit"]) for _ in range(5)))
    assert score_of(once, "timeline") == score_of(again, "timeline") == 5


@pytest.mark.parametrize(
    ("title", "points"), [("Director", 0), ("CTO", 20), ("COO", 20), ("Co-Founder", 20), ("Vice President", 0)]
)
def test_an_executive_is_told_by_whole_words_of_the_title(title, points):
    shown = bant(claim("authority.decision_makers", [{"name": "Ada", "title": title}]))
    assert criterion(shown, "authority.executive").points == 100 * points


def test_people_without_titles_leave_open_whether_an_executive_is_among_them():
    shown = bant(claim("authority.decision_makers", [{"name": "Ada"}, {"name": "Ben"}]))
    assert criterion(shown, "authority.decision_makers").points == 2000
    assert criterion(shown, "authority.executive").state == "unknown"
    assert criterion(shown, "authority.engaged").state == "unknown"


@pytest.mark.parametrize(("size", "points"), [(1, 5), (2, 5), (3, 10), (7, 10), (8, 3)])
def test_a_committee_is_best_when_neither_tiny_nor_large(size, points):
    assert criterion(bant(claim("authority.committee_size", size)), "authority.committee").points == 100 * points


def test_pain_earns_by_number_and_by_severity_up_to_a_limit():
    pains = [{"description": str(n), "severity": severity} for n, severity in enumerate(["critical", "high", "low"])]
    shown = bant(claim("need.pain_points", pains))
    assert criterion(shown, "need.pain_points").points == 1500
    assert criterion(shown, "need.severity").points == 1500
    assert criterion(bant(claim("need.pain_points", pains * 4)), "need.pain_points").points == 2500


@pytest.mark.parametrize(("source", "points"), [("confirmed", 40), ("estimated", 20), ("inferred", 10)])
def test_a_budget_earns_by_how_well_it_is_known(source, points):
    assert score_of(bant(claim("budget.source", source)), "budget") == points


def test_a_budget_that_is_no_longer_confirmed_loses_those_points():
    confirmed, cut = claim("budget.source", "confirmed", days=30), claim("budget.confirmed", value=False, days=1)
    assert score_of(bant(confirmed), "budget") == 40
    assert score_of(bant(confirmed, cut), "budget") == 20


def test_an_estimated_budget_says_the_range():
    result = criterion(bant(claim("budget.estimated_budget", 75_000)), "budget.range")
    assert (result.points, result.statement.value, result.statement.is_implied) == (2000, "50k_100k", True)


def test_a_budget_of_nothing_is_no_small_budget():
    assert criterion(bant(claim("budget.estimated_budget", 0)), "budget.range").state == "unmet"


def test_expired_evidence_earns_nothing_until_it_is_confirmed_again():
    old = claim("budget.source", "confirmed", days=91)
    result = criterion(bant(old), "budget.source")
    assert (result.state, result.points, bant(old).coverage) == ("expired", 0, 0)
    action = next(action for action in bant(old).next_actions if action.criterion == "source")
    assert (action.kind, action.gain) == ("reconfirm", 1200)


def test_a_claim_can_say_itself_how_long_it_holds():
    short = claim("need.urgency", "high", expires_at=ago(1))
    long = claim("need.urgency", "high", days=300, expires_at=NOW + timedelta(days=1))
    assert criterion(bant(short), "need.urgency").state == "expired"
    assert criterion(bant(long), "need.urgency").state == "partly"


def test_what_cannot_be_improved_by_work_is_no_action():
    actions = bant(claim("financial.revenue", 10), claim("authority.engagement.user", 20)).next_actions
    assert "financial.revenue" not in {action.key for action in actions}
    assert {(action.kind, action.gain) for action in actions if action.key == "authority.engagement.user"} == {
        ("improve", 100)
    }


def test_the_next_review_comes_with_the_verdict_or_sooner_when_something_expires():
    today = NOW.date()
    assert bant().next_review_date == today + timedelta(days=30)
    assert bant(*all_best()).next_review_date == today + timedelta(days=14)
    urgent = claim("need.urgency", "high", days=55)
    assert bant(urgent).next_review_date == today + timedelta(days=5)


def test_the_next_review_is_never_before_tomorrow():
    shown = bant(claim("need.urgency", "high", expires_at=NOW + timedelta(hours=2)))
    assert shown.next_review_date == NOW.date() + timedelta(days=1)


def test_the_next_review_comes_the_day_after_a_decision_date():
    shown = bant(claim("timeline.decision_date", day(8)))
    assert shown.next_review_date == NOW.date() + timedelta(days=9)
    assert bant(claim("timeline.decision_date", day(-8))).next_review_date == NOW.date() + timedelta(days=30)


def test_the_weakest_letter_is_the_score_in_weakest_link_mode():
    weakest = framework_with(lambda document: document.update(mode="weakest_link"))
    claims = [each for each in all_best() if each.key != "need.urgency"]
    shown = bant(*claims, framework=weakest)
    assert (shown.overall_score, score_of(shown, "need")) == (85, 85)
    assert {term.element for term in shown.contributions} == {"need"}
    assert shown.next_actions[0].gain == 1500


def test_one_fact_alone_is_never_certain_even_when_it_is_the_whole_framework():
    # The budget's confirmation also says its source: two criteria, still one fact.
    certain = claim("budget.confirmed", value=True, grade="verified", days=0)
    shown = bant(certain, framework=framework_with(_only_confirmation_and_source))
    assert (shown.overall_score, shown.coverage, shown.confidence) == (100, 1, 0.5)


def _only_confirmation_and_source(document):
    document["name"] = "tiny"
    document["elements"] = [document["elements"][0] | {"weight": 1}]
    document["elements"][0]["criteria"] = document["elements"][0]["criteria"][:2]
    document["verdicts"][0]["minimums"] = {}


def test_a_newer_and_less_sure_word_of_the_same_does_not_lower_confidence():
    sure, unsure = claim("need.urgency", "high", days=9), claim("need.urgency", "high", days=1, confidence=0.2)
    assert bant(sure, unsure).confidence == bant(sure).confidence > bant(unsure).confidence


def test_confidence_grows_with_the_grade_and_fades_with_age():
    def confidence(**details):
        return bant(*(claim(key, BEST[key], **details) for key in ("need.urgency", "need.use_cases"))).confidence

    assert confidence(grade="verified") > confidence(grade="corroborated") > confidence() > confidence(days=50)
    assert confidence(confidence=0.5) == pytest.approx(confidence() / 2)
    assert confidence() == pytest.approx(0.075 * 0.6)
