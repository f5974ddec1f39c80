"""What a version changed, in words."""

from typing import Any
from uuid import UUID

import pytest

from oppspot.conditions.catalogue import default_catalogue
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.pages.changes import changes
from oppspot.routing.quick_lists import COMPETITORS, exclusion_of

TEAM, PERSON = str(UUID(int=1)), str(UUID(int=2))
NAMES = {TEAM: "North", PERSON: "Ann"}


def _said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    documents = [RoutingDocument.model_validate(each) for each in (before, after)]
    return list(changes(*documents, NAMES, default_catalogue()))


def _rule(**changes: Any) -> dict[str, Any]:
    return {"id": "r", "name": "All", "assignment_target": {"type": "team", "id": TEAM}} | changes


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"band": 0}, "“All”: leads out of turn: 0 (before: 2)"),
        ({"working_hours_only": True}, "“All”: only people at work: on (before: off)"),
        (
            {"holiday_handling": "escalate"},
            (
                "“All”: when everybody is off: send it to the seat (see Policies) "
                "(before: hold it until somebody starts work)"
            ),
        ),
        ({"escalation_after_hours": 6}, "“All”: tell the managers after: 6 (before: none)"),
        (
            {"skill_matching": {"required": [{"skill": "French", "level": 3}]}},
            "“All”: skills required: French 3 (before: none)",
        ),
        ({"owner_unavailable": {"wait_hours": 2}}, "“All”: wait at most: 2 (before: 4)"),
    ],
)
def test_settings_of_a_rule_are_told_one_by_one(settings: dict[str, Any], said: str) -> None:
    assert _said({"rules": [_rule()]}, {"rules": [_rule(settings=settings)]}) == [said]


def _exclusion(**changes: Any) -> dict[str, Any]:
    condition = {"field": "lead.title", "op": "contains", "value": "student"}
    return {"id": "e", "name": "Students", "conditions": condition} | changes


def test_exclusions_are_told() -> None:
    none: dict[str, Any] = {}
    one = {"exclusions": [_exclusion()]}
    other = {"exclusions": [_exclusion(name="Pupils", action="account_owner", is_active=False)]}
    assert _said(none, one) == ["Excluded “Students”: job title contains student, such leads go to nobody"]
    assert _said(one, none) == ["Removed the exclusion “Students”"]
    assert _said(one, other) == [
        "Exclusion “Students”: now called “Pupils”; turned off; such leads go to their account's owner (before: nobody)"
    ]


def test_lists_of_domains_are_told_by_what_came_and_went() -> None:
    before, after = (
        {"exclusions": [{"id": COMPETITORS.id, **exclusion_of(COMPETITORS, domains)}]}
        for domains in (["a.example", "b.example"], ["b.example", *(f"x{number}.example" for number in range(9))])
    )
    assert _said(before, after) == [
        (
            "Exclusion “Competitors”: domains added: x0.example, x1.example, x2.example and 6 more; "
            "domains removed: a.example"
        )
    ]


def test_territories_are_told_and_a_new_name_is_no_new_territory() -> None:
    bavaria = {"name": "Bavaria", "countries": ["DE"], "postcodes": [str(number) for number in range(80, 88)]}
    none: dict[str, Any] = {}
    before = {"territories": [bavaria]}
    assert _said(none, before) == ["Added the territory “Bavaria”: DE; postcodes 80, 81, 82, 83 and 4 more"]
    assert _said(before, none) == ["Removed the territory “Bavaria”"]
    renamed = {"territories": [bavaria | {"name": "Bayern"}]}
    assert _said(before, renamed) == ["The territory “Bavaria” is now called “Bayern”"]
    changed = {"territories": [bavaria | {"postcodes": ["80", "99"], "min_employees": 1000, "priority": 5}]}
    assert _said(before, changed) == [
        (
            "Territory “Bavaria”: postcodes added: 99; postcodes removed: 81, 82, 83 and 4 more; "
            "employees from 1,000 (before: none); priority 5 (before: 100)"
        )
    ]


def test_policies_are_told_one_by_one() -> None:
    none: dict[str, Any] = {}
    policies = {
        "fairness": {"window": "month"},
        "capacity": {"urgent_leads_pass": True},
        "sla": {
            "seat_id": PERSON,
            "assign_minutes": None,
            "touches": ["call", "email", "meeting", "message"],
            "ladder": [{"at_percent": 90, "action": "remind", "repeat_minutes": 15}],
        },
    }
    assert _said(none, {"policies": policies}) == [
        "Policies, how long turns are remembered: start anew each month (before: remember turns for ever)",
        "Policies, urgent leads pass limits: on (before: off)",
        "Policies, given to somebody within: none (before: 5)",
        "Policies, the seat: Ann (before: none)",
        "Policies, touches that count removed: the lead was accepted",
        (
            "Policies, ladder: 90 % remind its owner, again after 15 min (before: 50 % remind its owner; "
            "100 % give it to the next in turn; 200 % tell the managers; 400 % give it to the seat)"
        ),
    ]


def test_nothing_changed_is_nothing_told() -> None:
    assert _said({"rules": [_rule()]}, {"rules": [_rule()]}) == []
