"""What MEDDIC makes of what is known of a lead."""

import pytest
from tests.qualification.strategies import MEDDIC, NOW, claim, criterion, day

from oppspot.qualification.rules import assess


def earned(place, key, value):
    """Return the points (None: nobody has said) of `element.criterion` when a key has a value."""
    result = criterion(assess(MEDDIC, [claim(key, value)], NOW), place)
    return None if result.state == "unknown" else result.points / 100


def requirements(*satisfied):
    states = [{} if each is None else {"satisfied": each == "yes"} for each in satisfied]
    return [{"name": f"requirement {n}", **state} for n, state in enumerate(states)]


def stages(*statuses):
    return [{"name": f"stage {n}", **({"status": each} if each else {})} for n, each in enumerate(statuses)]


@pytest.mark.parametrize(
    ("place", "key", "value", "points"),
    [
        ("metrics.kpis", "metrics.kpis", [{"name": "a"}, {"name": "b"}], 20),
        ("metrics.baselines", "metrics.kpis", [{"name": "a"}, {"name": "b"}], None),
        ("metrics.baselines", "metrics.kpis", [{"name": "a", "baseline": 3}], None),
        ("metrics.baselines", "metrics.kpis", [{"name": "a", "baseline": 3, "target": 0}, {"name": "b"}], 5),
        ("metrics.roi", "metrics.roi_percent", 40, 10),
        ("metrics.roi", "metrics.roi_percent", -40, 0),
        ("metrics.roi_confidence", "metrics.roi_confidence", 70, 5),
        ("metrics.value", "metrics.value_quantification", 1_000_000, 8),
        ("metrics.value", "metrics.value_quantification", 1_000_001, 10),
        ("economic_buyer.engagement", "economic_buyer.engagement_level", 40, 10),
        ("decision_criteria.technical", "decision_criteria.technical_requirements", requirements(None, None), 10),
        ("decision_criteria.technical_satisfied", "decision_criteria.technical_requirements", requirements(None), None),
        (
            "decision_criteria.technical_satisfied",
            "decision_criteria.technical_requirements",
            requirements("yes", None, "no"),
            5,
        ),
        (
            "decision_process.completed",
            "decision_process.stages",
            stages("done", "current", "pending", "pending"),
            6.25,
        ),
        ("decision_process.position", "decision_process.stages", stages("done", "current", "pending", "pending"), 5),
        ("decision_process.position", "decision_process.stages", stages(None, None), None),
        ("decision_process.timeline", "timeline.decision_date", day(300), 5),
        ("decision_process.timeline", "timeline.decision_date", day(-1), 0),
        ("identify_pain.cost_of_inaction", "identify_pain.cost_of_inaction", 60_000, 6),
        ("identify_pain.urgency", "need.urgency", "high", 15),
    ],
)
def test_a_statement_earns(place, key, value, points):
    assert earned(place, key, value) == points


@pytest.mark.parametrize(
    ("person", "points"),
    [
        ({"engaged": True, "influence": 70}, 5),
        ({"engaged": True, "influence": 69}, 0),
        ({"engaged": False, "influence": 90}, 0),
        ({"engaged": True}, None),
    ],
)
def test_the_engaged_count_when_their_word_does(person, points):
    assert earned("decision_process.engaged", "authority.stakeholder_map", [{"name": "Ada", **person}]) == points


@pytest.mark.parametrize(
    ("vendor", "points"),
    [
        ({"is_us": True, "preference": "preferred"}, 10),
        ({"is_us": True, "preference": "neutral"}, 0),
        ({"is_us": False, "preference": "preferred"}, 0),
        ({"preference": "preferred"}, None),
    ],
)
def test_a_preference_counts_when_it_is_for_us(vendor, points):
    key = "decision_criteria.vendor_preferences"
    assert earned("decision_criteria.preference", key, [{"vendor": "somebody", **vendor}]) == points
