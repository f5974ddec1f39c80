"""What one claim says about other keys."""

import pytest
from hypothesis import given
from tests.qualification.strategies import NOW, claim, statements, unhurried

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import validate_claim
from oppspot.qualification.evidence import current_values

ADA = {
    "name": "Ada", "title": "CFO", "role": "economic_buyer", "engagement": 80, "influence": 90,
    "email": "ada@nordwind.example", "phone": "+49 30 1", "sentiment": "neutral",
}  # fmt: skip
BEN = {
    "name": "Ben", "title": "IT Manager", "role": "champion", "engagement": 60, "influence": 50,
    "last_contact": "2026-11-12",
}  # fmt: skip
CHO = {"name": "Cho", "title": "Director of IT", "role": "decision_maker", "engagement": 20}
DAN = {"name": "Dan", "title": "Clerk", "role": "user"}


def follows(key, value, **details):
    """Return what follows from a claim, by key."""
    said = current_values([claim(key, value, **details)], NOW)
    return {name: each.statement.value for name, each in said.items() if name != key}


def mapped(*people):
    return follows("authority.stakeholder_map", validate_claim("authority.stakeholder_map", list(people)))


def test_a_map_of_the_committee_says_everything_about_its_people():
    assert mapped(ADA, BEN, CHO, DAN) == {
        "authority.decision_makers": [
            {
                "name": "Ada", "title": "CFO", "role": "economic_buyer", "influence": 90,
                "email": "ada@nordwind.example",
            },
            {"name": "Cho", "title": "Director of IT", "role": "decision_maker"},
        ],
        "authority.committee_size": 4,
        "authority.engagement.executive": 80,
        "authority.engagement.manager": 40,
        "economic_buyer.identified": True,
        "economic_buyer.name": "Ada",
        "economic_buyer.title": "CFO",
        "economic_buyer.email": "ada@nordwind.example",
        "economic_buyer.phone": "+49 30 1",
        "economic_buyer.engagement_level": 80,
        "economic_buyer.reachable": True,
        "champion.identified": True,
        "champion.name": "Ben",
        "champion.title": "IT Manager",
        "champion.influence_level": 50,
        "champion.last_contact": "2026-11-12",
    }  # fmt: skip


def test_a_map_without_a_role_does_not_say_that_there_is_nobody_in_it():
    assert mapped(DAN) == {}


def test_one_or_two_people_are_a_map_begun_and_no_committee():
    assert "authority.committee_size" not in mapped(ADA, BEN)


def test_of_several_champions_the_most_influential_counts():
    weak, unknown = {"name": "Eve", "role": "champion", "influence": 10}, {"name": "Fay", "role": "champion"}
    assert mapped(unknown, weak, BEN)["champion.name"] == "Ben"


def test_engagement_is_the_mean_of_those_who_state_one():
    silent = {"name": "Gus", "title": "Sales Manager"}
    assert mapped(BEN, CHO, silent)["authority.engagement.manager"] == 40


def test_decision_makers_say_who_signs_and_who_stands_up_for_us():
    said = follows("authority.decision_makers", [{"name": "Ada", "role": "economic_buyer"}])
    assert said == {"economic_buyer.identified": True, "economic_buyer.name": "Ada"}


@pytest.mark.parametrize(
    ("key", "value", "implied", "also"),
    [
        ("need.urgency", "critical", "identify_pain.urgency_level", 100),
        ("need.urgency", "low", "identify_pain.urgency_level", 25),
        ("champion.name", "Ben", "champion.identified", True),
        ("economic_buyer.phone", "+49 30 1", "economic_buyer.reachable", True),
        (
            "decision_process.stages",
            [{"name": "pilot", "status": "current"}],
            "decision_process.current_stage",
            "pilot",
        ),
    ],
)
def test_one_statement_says_another(key, value, implied, also):
    assert follows(key, value) == {implied: also}


def test_stages_none_of_which_is_under_way_say_no_current_one():
    assert follows("decision_process.stages", [{"name": "pilot", "status": "done"}]) == {}


def test_what_follows_holds_only_as_long_as_its_own_key_does():
    people = claim("authority.stakeholder_map", [ADA], days=31)
    known = current_values([people], NOW)
    assert known["authority.stakeholder_map"].is_fresh
    assert known["economic_buyer.email"].is_fresh
    assert not known["authority.engagement.executive"].is_fresh


def test_a_claim_that_says_how_long_it_holds_says_so_of_what_follows():
    people = claim("authority.stakeholder_map", [ADA], days=31, expires_at=NOW.replace(year=2027))
    assert current_values([people], NOW)["authority.engagement.executive"].is_fresh


@unhurried
@given(statements)
def test_what_follows_is_a_value_its_own_key_accepts(said):
    for key, value in follows(said.key, said.value).items():
        accepted = validate_claim(key, value)
        # A budget of nothing is in no range, and scores as none of them.
        assert accepted == value or (key == "budget.range" and isinstance(accepted, FieldProblem))
