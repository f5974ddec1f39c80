"""Who has the seat, and which leads go to them: those that everybody has had, and those that nobody is at work for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients, Member
from tests.routing.redistribution.hands import rule_to_team

from oppspot.accounts.models import RepProfile
from oppspot.calendars.types import WEEKDAYS
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.jobs import retry_waiting
from oppspot.routing.services.rebalancing import give_away
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"
ASSIGN = "/api/qualification/routing/assign"
POLICIES = "/api/qualification/routing/policies"


@pytest.fixture
async def api(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _seat(api: httpx2.AsyncClient, member: Member) -> httpx2.Response:
    policies = (await api.get(POLICIES)).json()["policies"]
    policies["sla"]["seat_id"] = str(member.id)
    return await api.put(POLICIES, json=policies)


async def _nobody_at_work(api: httpx2.AsyncClient, cast: Cast) -> None:
    """The rule wants people at work, and sends what comes while nobody is to the seat."""
    await rule_to_team(api, cast, settings={"working_hours_only": True, "holiday_handling": "escalate"})
    later = WEEKDAYS[(utc_now().weekday() + 3) % 7]
    await api.put("/api/calendars/organisation", json={"hours": {later: [["09:00", "17:00"]]}})


async def test_a_lead_that_nobody_is_at_work_for_goes_to_a_seat_who_takes_no_leads_by_turns(
    api: httpx2.AsyncClient, cast: Cast
) -> None:
    """One alone, one of many, by the API for assigning: each time the answer names who has it."""
    await _nobody_at_work(api, cast)
    assert (await _seat(api, cast.owner)).status_code == 200
    alone = (await api.post("/api/leads", json={"email": "ada@x.example"})).json()
    batch = (
        await api.post("/api/leads/batch", json={"leads": [{"email": f"p{n}@x.example"} for n in range(3)]})
    ).json()
    again = await api.post(ASSIGN, json={"lead_id": alone["id"]})
    for lead in (alone, again.json(), *(row["lead"] for row in batch["results"])):
        assert lead["assignment"]["owner"] == {"id": str(cast.owner.id), "name": cast.owner.name}, lead
    assert alone["assignment"]["reason"].endswith(
        f"nobody is at work, so it goes to {cast.owner.name}, who has the seat."
    )


async def test_what_waited_before_the_rule_sent_it_to_the_seat_goes_there_by_itself(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    later = WEEKDAYS[(utc_now().weekday() + 3) % 7]
    await api.put("/api/calendars/organisation", json={"hours": {later: [["09:00", "17:00"]]}})
    await rule_to_team(api, cast, settings={"working_hours_only": True})
    lead = (await api.post("/api/leads", json={"email": "ada@x.example"})).json()
    assert lead["outcome"] == "held_until"
    [rule] = (await api.get(RULES)).json()["items"]
    rule["settings"]["holiday_handling"] = "escalate"
    changed = await api.put(f"{RULES}/{rule.pop('id')}", json=rule)
    assert changed.status_code == 200, changed.text
    await retry_waiting(database, utc_now() + timedelta(hours=1))
    assert await _owner(database, cast, lead["id"]) == cast.owner.id


async def _owner(database: Database, cast: Cast, lead_id: str) -> Any:
    async with database.transaction(cast.org_id) as tx:
        return await tx.scalar(text("SELECT owner_id FROM leads WHERE id = :id"), {"id": lead_id})


async def _handed_back_by_all(api: httpx2.AsyncClient, cast: Cast) -> tuple[str, dict[str, Any]]:
    """A lead, and the answer to the last of the team who hands it back."""
    lead = (await api.post("/api/leads", json={"email": "ada@x.example"})).json()
    for _ in cast.reps:
        answer = await api.post(f"/api/leads/{lead['id']}/reject", json={"reason": "Not for me"})
        assert answer.status_code == 200, answer.text
    return lead["id"], answer.json()


async def test_a_lead_that_everybody_handed_back_ends_at_the_seat_and_replays(
    api: httpx2.AsyncClient, cast: Cast
) -> None:
    await rule_to_team(api, cast)
    assert (await _seat(api, cast.manager)).status_code == 200
    lead_id, last = await _handed_back_by_all(api, cast)
    assert (last["outcome"], last["assignment"]["owner"]["id"]) == ("assigned", str(cast.manager.id))
    assert last["assignment"]["reason"].endswith(
        f"everybody who could take it has had it: 2 had it before, so it goes to {cast.manager.name}, who has the seat."
    )
    [decision, *_] = (await api.get(f"/api/routing/decisions?lead_id={lead_id}")).json()["items"]
    again = (await api.get(f"/api/routing/decisions/{decision['id']}/replay")).json()
    assert (again["same"], again["differences"]) == (True, [])


async def test_what_the_seat_hands_back_too_waits_for_the_managers(api: httpx2.AsyncClient, cast: Cast) -> None:
    await rule_to_team(api, cast)
    assert (await _seat(api, cast.manager)).status_code == 200
    lead_id, _ = await _handed_back_by_all(api, cast)
    after = (await api.post(f"/api/leads/{lead_id}/reject", json={"reason": "Nor for me"})).json()
    assert (after["outcome"], after["assignment"]) == ("pool_exhausted", None)


async def test_what_a_clock_would_pass_on_stays_until_its_ladder_ends(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    """Nobody else is left after both have had it: the ladder still tells the managers before the seat has it."""
    await rule_to_team(api, cast)
    assert (await _seat(api, cast.manager)).status_code == 200
    lead = (await api.post("/api/leads", json={"email": "ada@x.example"})).json()
    rejected = (await api.post(f"/api/leads/{lead['id']}/reject", json={"reason": "Not for me"})).json()
    holder = UUID(rejected["assignment"]["owner"]["id"])
    due = (await api.get(f"/api/leads/{lead['id']}")).json()["assignment"]["sla_due_at"]
    assert due
    allowed = timedelta(hours=8)
    await sweep_clocks(database, utc_now() + allowed * 1.6)
    assert await _owner(database, cast, lead["id"]) == holder
    await sweep_clocks(database, utc_now() + allowed * 4.1)
    assert await _owner(database, cast, lead["id"]) == cast.manager.id


async def test_the_seat_is_given_only_to_somebody_who_may_work_leads(api: httpx2.AsyncClient, cast: Cast) -> None:
    refused = await _seat(api, cast.viewer)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["path"] == "sla.seat_id" or error["field"] == "sla.seat_id", error
    assert (await _seat(api, cast.rep)).status_code == 200


async def test_while_whoever_has_the_seat_is_a_viewer_somebody_else_stands_in(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    await _nobody_at_work(api, cast)
    assert (await _seat(api, cast.manager)).status_code == 200
    owner = await clients.of(cast.owner)
    changed = await owner.patch(f"/api/users/{cast.manager.id}", json={"role": "viewer"})
    assert changed.status_code == 200, changed.text
    lead = (await owner.post("/api/leads", json={"email": "ada@x.example"})).json()
    assert lead["assignment"]["owner"]["id"] == str(cast.owner.id)


async def test_who_only_looks_on_is_not_told_that_new_leads_come(
    clients: Clients, cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        tx.add(RepProfile(org_id=cast.org_id, user_id=cast.viewer.id))  # as everybody has who is invited
    said = {member.name: (await (await clients.of(member)).get("/inbox")).text for member in (cast.rep, cast.viewer)}
    assert ["New leads come" in page for page in said.values()] == [True, False]


async def test_who_only_looks_on_is_given_no_leads_and_gives_away_those_they_have(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await rule_to_team(api, cast, assignment_target={"type": "individual", "id": str(cast.rep.id)})
    lead = (await api.post("/api/leads", json={"email": "ada@x.example"})).json()
    assert lead["assignment"]["owner"]["id"] == str(cast.rep.id)
    [rule] = (await api.get(RULES)).json()["items"]
    rule["assignment_target"] = {"type": "team", "id": str(cast.team_id)}
    assert (await api.put(f"{RULES}/{rule.pop('id')}", json=rule)).status_code == 200
    owner = await clients.of(cast.owner)
    assert (await owner.patch(f"/api/users/{cast.rep.id}", json={"role": "viewer"})).status_code == 200
    later = [(await api.post("/api/leads", json={"email": f"p{number}@x.example"})).json() for number in range(3)]
    assert {each["assignment"]["owner"]["id"] for each in later} == {str(cast.other_rep.id)}
    async with database.transaction(cast.org_id) as tx:
        assert await give_away(tx, cast.org_id, cast.rep.id, utc_now()) == 1
    assert await _owner(database, cast, lead["id"]) == cast.other_rep.id
    refused = await api.post(ASSIGN, json={"lead_id": lead["id"], "rep_id": str(cast.rep.id), "reason": "knows them"})
    assert refused.status_code == 409
