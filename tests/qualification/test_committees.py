"""Who is in a buying committee, and how it is drawn and changed."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients

from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.qualification.committees import committee_of, with_person, without_person
from oppspot.qualification.services.committees import save_member
from oppspot.qualification.types import Claim

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
JOAN = {"name": "Joan", "title": "CEO", "role": "decision_maker"}
INES = {"name": "Ines", "title": "CFO", "role": "economic_buyer", "reports_to": "Joan"}
BEN = {"name": "Ben", "title": "Head of Logistics", "role": "champion", "reports_to": "joan"}
MIA = {"name": "Mia", "role": "user", "reports_to": "Ben"}


def said(*people: dict[str, Any], key: str = "authority.stakeholder_map") -> Claim:
    return Claim(id=new_id(), key=key, value=list(people), source="rep", observed_at=NOW)


def test_people_stand_below_whom_they_report_to() -> None:
    committee = committee_of([said(MIA, BEN, INES, JOAN)], NOW)
    assert [(member.name, member.level, member.place) for member in committee.members] == [
        ("Joan", 0, 0),
        ("Ines", 1, 0),
        ("Ben", 1, 1),
        ("Mia", 2, 0),
    ]
    assert set(committee.lines) == {("Ines", "Joan"), ("Ben", "Joan"), ("Mia", "Ben")}
    assert (committee.levels, committee.widest, committee.missing) == (3, 2, ())


def test_who_reports_to_each_other_is_drawn_all_the_same() -> None:
    committee = committee_of([said(JOAN | {"reports_to": "Ines"}, INES, MIA | {"reports_to": "Mia"})], NOW)
    assert {member.name for member in committee.members} == {"Joan", "Ines", "Mia"}
    assert committee.levels <= 2


def test_roles_nobody_has_are_named() -> None:
    assert committee_of([said(INES)], NOW).missing == ("decision_maker", "champion", "user")


def test_what_is_not_stated_is_read_from_the_title() -> None:
    [ben, mia] = committee_of([said(BEN, MIA)], NOW).members
    assert (ben.seniority, ben.department, ben.is_read_from_title) == ("director", "operations", True)
    assert (mia.seniority, mia.department, mia.is_read_from_title) == (None, None, False)


def test_decision_makers_named_elsewhere_are_in_it_too() -> None:
    claims = [said(INES), said({"name": "Joan"}, {"name": "INES"}, key="authority.decision_makers")]
    assert {member.name for member in committee_of(claims, NOW).members} == {"Ines", "Joan"}


def test_somebody_renamed_keeps_their_place_and_those_below() -> None:
    people = with_person([JOAN, BEN, MIA], BEN | {"name": "Benno"}, "Ben")
    assert [person["name"] for person in people] == ["Joan", "Benno", "Mia"]
    assert people[2]["reports_to"] == "Benno"


def test_whoever_is_taken_out_is_no_longer_reported_to() -> None:
    people = without_person([JOAN, INES, BEN], "JOAN")
    assert [person["name"] for person in people] == ["Ines", "Ben"]
    assert not any("reports_to" in person for person in people)


@pytest.fixture
async def rep(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.rep)


async def _lead(rep: httpx2.AsyncClient, name: str = "ada", **more: Any) -> str:
    answer = await rep.post("/api/leads", json={"email": f"{name}@nordwind.example", **more})
    return str(answer.json()["id"])


NORDWIND = {"company": {"domain": "nordwind.example", "name": "Nordwind"}}


@pytest.mark.anyio
@pytest.mark.db
async def test_a_company_has_one_committee_and_it_counts_for_all_its_leads(rep: httpx2.AsyncClient) -> None:
    ada, bea = await _lead(rep, "ada", **NORDWIND), await _lead(rep, "bea", **NORDWIND)
    for person in (JOAN, INES, BEN):
        answer = await rep.put(f"/api/qualification/committees/{ada}", json=person)
        assert answer.status_code == 200, answer.text
    told = (await rep.get(f"/api/qualification/committees/{bea}")).json()
    assert [member["name"] for member in told["members"]] == ["Joan", "Ines", "Ben"]
    card = (await rep.get(f"/api/qualification/bant/{bea}")).json()
    assert card["authority"]["buying_committee_size"] == 3
    assert (await rep.get(f"/api/qualification/meddic/{bea}")).json()["champion"]["identified"] is True
    left = await rep.delete(f"/api/qualification/committees/{bea}", params={"name": "ben"})
    assert [member["name"] for member in left.json()["members"]] == ["Joan", "Ines"]
    assert (await rep.delete(f"/api/qualification/committees/{bea}", params={"name": "ben"})).status_code == 404


@pytest.mark.anyio
@pytest.mark.db
async def test_a_lead_without_a_company_has_a_committee_of_its_own(rep: httpx2.AsyncClient) -> None:
    lead_id = str((await rep.post("/api/leads", json={"email": "somebody@gmail.com"})).json()["id"])
    assert (await rep.put(f"/api/qualification/committees/{lead_id}", json=INES)).status_code == 200
    told = (await rep.get(f"/api/qualification/committees/{lead_id}")).json()
    assert [member["name"] for member in told["members"]] == ["Ines"]


@pytest.mark.anyio
@pytest.mark.db
async def test_people_added_at_once_are_all_in_it(rep: httpx2.AsyncClient, database: Database, cast: Cast) -> None:
    lead_id = UUID(await _lead(rep, **NORDWIND))

    async def add(number: int) -> None:
        async with database.transaction(cast.org_id) as tx:
            await save_member(tx, cast.rep.actor, lead_id, {"name": f"Person {number}"}, NOW)

    await asyncio.gather(*(add(number) for number in range(8)))
    told = (await rep.get(f"/api/qualification/committees/{lead_id}")).json()
    assert {member["name"] for member in told["members"]} == {f"Person {number}" for number in range(8)}


@pytest.mark.anyio
@pytest.mark.db
async def test_a_better_graded_map_is_changed_too(rep: httpx2.AsyncClient) -> None:
    lead_id = await _lead(rep, **NORDWIND)
    claims = [{"key": "authority.stakeholder_map", "value": [INES], "grade": "verified"}]
    await rep.post("/api/qualification/claims", json={"lead_id": lead_id, "claims": claims})
    await rep.put(f"/api/qualification/committees/{lead_id}", json=BEN)
    told = (await rep.get(f"/api/qualification/committees/{lead_id}")).json()
    assert {member["name"] for member in told["members"]} == {"Ines", "Ben"}


@pytest.mark.anyio
@pytest.mark.db
async def test_saying_the_same_of_somebody_again_loses_nobody(rep: httpx2.AsyncClient) -> None:
    lead_id = str((await rep.post("/api/leads", json={"email": "somebody@gmail.com"})).json()["id"])
    claims = [{"key": "authority.stakeholder_map", "value": [INES], "grade": "verified"}]
    await rep.post("/api/qualification/claims", json={"lead_id": lead_id, "claims": claims})
    for _ in range(2):
        told = (await rep.put(f"/api/qualification/committees/{lead_id}", json=BEN)).json()
        assert {member["name"] for member in told["members"]} == {"Ines", "Ben"}


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize("grade", ["asserted", "verified"])
async def test_decision_makers_named_elsewhere_are_renamed_and_taken_out_too(
    rep: httpx2.AsyncClient, grade: str
) -> None:
    lead_id = await _lead(rep, **NORDWIND)
    makers = [{"name": "Joan", "role": "decision_maker"}, {"name": "Ines", "title": "CFO"}]
    claims = [{"key": "authority.decision_makers", "value": makers, "grade": grade}]
    await rep.post("/api/qualification/claims", json={"lead_id": lead_id, "claims": claims})
    page = f"/leads/{lead_id}/committee"
    await rep.post(page, data={"name": "Joanna", "role": "decision_maker", "was": "Joan"})
    told = (await rep.get(f"/api/qualification/committees/{lead_id}")).json()
    assert {member["name"] for member in told["members"]} == {"Joanna", "Ines"}
    assert (await rep.post(f"{page}/remove", data={"name": "Joanna"})).status_code == 303
    told = (await rep.get(f"/api/qualification/committees/{lead_id}")).json()
    assert [member["name"] for member in told["members"]] == ["Ines"]
    assert (await rep.post(f"{page}/remove", data={"name": "Ines"})).status_code == 303
    assert "Nobody yet" in (await rep.get(page)).text
    assert (await rep.post(f"{page}/remove", data={"name": "Ines"})).status_code == 404


@pytest.mark.anyio
@pytest.mark.db
async def test_the_page_draws_adds_changes_and_takes_out(rep: httpx2.AsyncClient) -> None:
    lead_id = await _lead(rep, **NORDWIND)
    page = f"/leads/{lead_id}/committee"
    assert "Nobody yet" in (await rep.get(page)).text
    saved = await rep.post(page, data={"name": "Ines Duarte", "title": "CFO", "influence": "80", "was": ""})
    assert saved.status_code == 303
    shown = (await rep.get(page)).text
    assert "<svg" in shown
    assert "influence 80" in shown
    changed = await rep.post(page, data={"name": "Inês Duarte", "sentiment": "supporter", "was": "Ines Duarte"})
    assert changed.status_code == 303
    assert "committee-supporter" in (await rep.get(page)).text
    for typed in ("a lot", "²", "nan"):
        refused = await rep.post(page, data={"name": "Bo", "influence": typed, "was": ""})
        assert (refused.status_code, "from 0 to 100" in refused.text) == (422, True)
    await rep.post(f"{page}/remove", data={"name": "Inês Duarte"})
    assert "Nobody yet" in (await rep.get(page)).text
