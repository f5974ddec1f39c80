"""Policies by hand: every setting has a field, the ladder grows and shrinks, faults are said at their field."""

import re
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.test_rule_pages import setting_paths

from oppspot.routing.pages.policy_forms import ENTRIES, document_of, form_of
from oppspot.routing.policies import DEFAULT_POLICIES, Policies

POLICIES = "/api/qualification/routing/policies"


def test_every_policy_has_a_field_of_the_form() -> None:
    assert set(setting_paths(Policies)) == {entry.path for entry in ENTRIES} | {"sla.touches", "sla.ladder"}


def test_what_is_shown_and_not_changed_stays_as_it_is() -> None:
    assert Policies.model_validate(document_of(form_of(DEFAULT_POLICIES), DEFAULT_POLICIES)) == DEFAULT_POLICIES


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _form(**changes: Any) -> dict[str, Any]:
    return {
        "fairness": "value_balanced",
        "window": "month",
        "units_urgent": "3",
        "units_high": "2",
        "units_medium": "1",
        "units_low": "0",
        "urgent_leads_pass": "true",
        "assign_minutes": "2.5",
        "qualify_hours": "",
        "business_hours": "true",
        "touches": ["call", "meeting"],
        "at_percent": ["80", "150", ""],
        "action": ["remind", "escalate_to_seat", "remind"],
        "repeat_minutes": ["30", "", ""],
        "seat": "",
        "floor": "500",
        "exploration": "0.05",
        "rebalance_threshold": "25",
        "auto_redistribute": "true",
    } | changes


@pytest.mark.anyio
@pytest.mark.db
async def test_policies_are_kept_as_they_were_set(manager: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await manager.post("/routing/policies", data=_form(seat=str(cast.owner.id)))
    assert answer.status_code == 303, answer.text
    kept = (await manager.get(POLICIES)).json()["policies"]
    assert kept == {
        "fairness": {"algorithm": "value_balanced", "window": "month"},
        "capacity": {"urgent": 3, "high": 2, "medium": 1, "low": 0, "urgent_leads_pass": True},
        "sla": {
            "assign_minutes": 2.5,
            "qualify_hours": None,
            "business_hours": True,
            "touches": ["call", "meeting"],
            "ladder": [
                {"at_percent": 80, "action": "remind", "repeat_minutes": 30},
                {"at_percent": 150, "action": "escalate_to_seat", "repeat_minutes": None},
            ],
            "seat_id": str(cast.owner.id),
        },
        "optimisation": {"enabled": False, "floor": 500, "exploration": 0.05},
        "balancing": {"rebalance_threshold": 25, "auto_redistribute": True},
    }
    page = (await manager.get("/routing/policies")).text
    assert re.search(r'<option value="[0-9a-f-]+" selected>Alice Owner</option>', page)
    assert 'value="2.5"' in page


@pytest.mark.anyio
@pytest.mark.db
async def test_rungs_are_added_and_taken_out_without_publishing(manager: httpx2.AsyncClient) -> None:
    more = await manager.post("/routing/policies", data=_form(do="more"))
    assert (more.status_code, more.text.count('name="at_percent"')) == (200, 4)
    less = await manager.post("/routing/policies", data=_form(do="remove-1"))
    assert re.findall(r'name="at_percent"[^>]* value="(\d+)"', less.text) == ["150"]
    assert (await manager.get(POLICIES)).json()["version"] == 0


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"fairness": "luck"}, "fairness", "Shares"),
        ({"window": "week"}, "window", "How long turns are remembered"),
        ({"units_urgent": "-1"}, "units_urgent", "Units of a lead of urgent priority"),
        ({"assign_minutes": "0"}, "assign_minutes", "Given to somebody within"),
        ({"touches": []}, "touches", "What counts as a touch"),
        ({"at_percent": ["80", "0", ""]}, "rung-2", "Rung 2"),
        ({"action": ["remind", "shout", "remind"]}, "rung-2", "Rung 2"),
        ({"at_percent": ["80", "80", ""], "action": ["remind", "remind", "remind"]}, "rung-2", "Rung 2"),
        ({"seat": "somebody"}, "seat", "The seat"),
        ({"floor": "3"}, "floor", "Outcomes before it begins"),
        ({"exploration": "2"}, "exploration", "Share given by chance"),
        ({"rebalance_threshold": ""}, "rebalance_threshold", "Uneven from"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    manager: httpx2.AsyncClient, changes: dict[str, Any], field: str, label: str
) -> None:
    answer = await manager.post("/routing/policies", data=_form(**changes))
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', answer.text) == [(field, label)]
    assert f'id="field-{field}-error"' in answer.text
    assert (await manager.get(POLICIES)).json()["version"] == 0


@pytest.mark.anyio
@pytest.mark.db
async def test_policies_published_meanwhile_are_told_of(
    manager: httpx2.AsyncClient, cast: Cast, clients: Clients
) -> None:
    alice = await clients.of(cast.owner)
    await alice.post("/routing/policies", data=_form())
    answer = await manager.post("/routing/policies", data=_form(floor="900", expected_version="0"))
    assert answer.status_code == 409
    assert "version 1 by Alice Owner (Changed the policies)" in answer.text
    assert 'value="900"' in answer.text


@pytest.mark.anyio
@pytest.mark.db
async def test_who_may_not_change_policies_can_read_them(clients: Clients, cast: Cast) -> None:
    viewer = await clients.of(cast.viewer)
    page = (await viewer.get("/routing/policies")).text
    assert 'fieldset class="bare" disabled' in page
    assert "Publish</button>" not in page
