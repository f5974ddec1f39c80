"""Leads and companies for machines: read, narrowed, changed, never another organisation's."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.corridor.conftest import a_rule, publish_rules

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.corridor.removing import remove_leads

pytestmark = [pytest.mark.anyio, pytest.mark.db]
ADA = {
    "email": "ada@nordwind.example",
    "first_name": "Ada",
    "last_name": "Keller",
    "source": "webinar",
    "company": {"name": "Nordwind", "domain": "nordwind.example", "employees": 240},
}


@pytest.fixture
async def api(clients: Clients, cast: Cast, database: Database) -> httpx2.AsyncClient:
    await publish_rules(database, cast, [a_rule(cast)])
    return await clients.of(cast.manager)


async def _lead(api: httpx2.AsyncClient, **changes: object) -> str:
    response = await api.post("/api/leads", json=ADA | changes)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def test_a_lead_is_read_whole(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api)
    body = (await api.get(f"/api/leads/{lead_id}")).json()
    assert (body["email"], body["company"]["employees"]) == ("ada@nordwind.example", 240)
    assert body["assignment"]["owner"]["name"] in {"Rita Rep", "Ravi Rep"}
    assert "Everything to North" in body["reason"]


async def test_pages_follow_each_other_without_gap_or_repeat(api: httpx2.AsyncClient) -> None:
    made = {await _lead(api, email=f"p{n}@x{n}.example", first_name=f"N{n}", company={}) for n in range(7)}
    for sort in ("-created", "created", "-score", "score", "due", "-updated"):
        seen, cursor = [], None
        while True:
            params = {"limit": 3, "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = (await api.get("/api/leads", params=params)).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert (len(seen), set(seen)) == (7, made), sort


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "kell"}, True),
        ({"q": "NORDWIND"}, True),
        ({"q": "nobody"}, False),
        ({"source": "webinar"}, True),
        ({"source": "other"}, False),
        ({"status": "new"}, True),
        ({"status": "converted"}, False),
        ({"owner": "nobody"}, False),
        ({"outcome": "assigned"}, True),
        ({"bant_status": "nurture"}, True),
        ({"overdue": "true"}, False),
    ],
)
async def test_filters_narrow(api: httpx2.AsyncClient, params: dict[str, str], *, found: bool) -> None:
    await _lead(api)
    assert bool((await api.get("/api/leads", params=params)).json()["items"]) is found


async def test_a_filter_that_does_not_exist_is_refused_by_name(api: httpx2.AsyncClient) -> None:
    response = await api.get("/api/leads", params={"colour": "red"})
    assert (response.status_code, response.json()["errors"][0]["path"]) == (422, "query.colour")


async def test_a_change_replaces_and_null_clears(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api)
    response = await api.patch(f"/api/leads/{lead_id}", json={"title": "COO", "source": None})
    assert response.status_code == 200, response.text
    body = (await api.get(f"/api/leads/{lead_id}")).json()
    assert (body["title"], body["source"], body["first_name"]) == ("COO", None, "Ada")


async def test_an_address_of_another_lead_cannot_be_taken(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api)
    await _lead(api, email="bo@nordwind.example", first_name="Bo")
    response = await api.patch(f"/api/leads/{lead_id}", json={"email": "bo@nordwind.example"})
    assert (response.status_code, response.json()["errors"][0]["path"]) == (409, "email")


async def test_a_changed_address_recognises_from_then_on(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api, last_name=None)
    await api.patch(f"/api/leads/{lead_id}", json={"email": "new@nordwind.example"})
    again = await api.post("/api/leads", json={"email": "new@nordwind.example"})
    old = await api.post("/api/leads", json={"email": "ada@nordwind.example"})
    assert (again.json()["id"], again.status_code, old.status_code) == (lead_id, 200, 201)


async def test_a_lead_that_is_disqualified_leaves_its_owners_desk(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api)
    await api.patch(f"/api/leads/{lead_id}", json={"status": "disqualified"})
    body = (await api.get(f"/api/leads/{lead_id}")).json()
    assert (body["status"], body["assignment"]) == ("disqualified", None)


async def test_a_changed_company_changes_the_score_of_its_leads(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    lead_id = await _lead(api)
    before = (await api.get(f"/api/leads/{lead_id}")).json()
    changes = {"annual_revenue": 50_000_000, "credit_score": 95, "growth_rate": 60, "industry": "Software"}
    response = await api.patch(f"/api/companies/{before['company']['id']}", json=changes)
    assert response.status_code == 200, response.text
    after = (await api.get(f"/api/leads/{lead_id}")).json()
    assert after["score"]["coverage"] > before["score"]["coverage"]
    entry = (await (await clients.of(cast.owner)).get("/api/audit")).json()["items"][0]
    assert (entry["action"], entry["payload"]) == ("company.updated", {"fields": sorted(changes), "leads": 1})


async def test_a_company_has_a_place_an_owner_and_a_parent(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    child = (await api.get(f"/api/leads/{await _lead(api)}")).json()["company"]["id"]
    parent = (await _company_of(api, await _lead(api, email="bo@mother.example", company={})))["id"]
    changes = {"region": "Bayern", "postcode": "d-80331", "owner_id": str(cast.rep.id), "parent_id": parent}
    changed = (await api.patch(f"/api/companies/{child}", json=changes)).json()
    assert {name: changed[name] for name in changes} == changes | {"postcode": "80331"}
    entry = (await (await clients.of(cast.owner)).get("/api/audit")).json()["items"][0]
    assert entry["payload"]["changes"]["owner_id"] == {"from": None, "to": str(cast.rep.id)}
    cleared = (await api.patch(f"/api/companies/{child}", json={"owner_id": None, "parent_id": None})).json()
    assert (cleared["owner_id"], cleared["parent_id"], cleared["region"]) == (None, None, "Bayern")


async def test_what_leads_say_later_leaves_owner_and_parent_alone(api: httpx2.AsyncClient, cast: Cast) -> None:
    child = (await api.get(f"/api/leads/{await _lead(api)}")).json()["company"]["id"]
    await api.patch(f"/api/companies/{child}", json={"owner_id": str(cast.rep.id), "region": "Bayern"})
    await api.post("/api/leads", json=ADA | {"company": ADA["company"] | {"postcode": "80331"}})  # type: ignore[operator]
    company = (await api.get(f"/api/companies/{child}")).json()
    assert (company["owner_id"], company["region"], company["postcode"]) == (str(cast.rep.id), "Bayern", "80331")


async def test_only_an_active_person_who_is_no_viewer_owns_a_company(
    api: httpx2.AsyncClient, cast: Cast, outsiders: Cast
) -> None:
    child = (await api.get(f"/api/leads/{await _lead(api)}")).json()["company"]["id"]
    await api.patch(f"/api/users/{cast.other_rep.id}", json={"active": False})
    for somebody in (cast.viewer, outsiders.rep, cast.other_rep):
        refused = await api.patch(f"/api/companies/{child}", json={"owner_id": str(somebody.id)})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "owner_id"), somebody.name


async def test_no_company_belongs_to_itself_however_far_round(
    api: httpx2.AsyncClient, clients: Clients, outsiders: Cast
) -> None:
    first, second, third = [
        (await _company_of(api, await _lead(api, email=f"a@c{n}.example", company={})))["id"] for n in range(3)
    ]
    for child, parent in ((first, second), (second, third)):
        assert (await api.patch(f"/api/companies/{child}", json={"parent_id": parent})).status_code == 200
    foreign = await clients.of(outsiders.manager)
    stranger = (await _company_of(foreign, await _lead(foreign, email="a@s.example", company={})))["id"]
    for child, parent in ((third, first), (third, third), (second, first), (first, stranger), (first, str(new_id()))):
        refused = await api.patch(f"/api/companies/{child}", json={"parent_id": parent})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "parent_id")


async def test_a_company_with_an_owner_or_a_subsidiary_outlives_its_leads(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    leads = [await _lead(api, email=f"a@c{n}.example", company={}) for n in range(4)]
    plain, owned, child, parent = [(await _company_of(api, lead))["id"] for lead in leads]
    await api.patch(f"/api/companies/{owned}", json={"owner_id": str(cast.rep.id)})
    await api.patch(f"/api/companies/{child}", json={"parent_id": parent})
    async with database.transaction(cast.org_id) as tx:
        assert await remove_leads(tx, cast.org_id, [UUID(lead) for lead in leads], utc_now() - timedelta(days=1)) == 4
    found = [(await api.get(f"/api/companies/{company}")).status_code for company in (plain, owned, child, parent)]
    assert found == [404, 200, 200, 200]


async def _company_of(api: httpx2.AsyncClient, lead_id: str) -> dict[str, object]:
    return dict((await api.get(f"/api/leads/{lead_id}")).json()["company"] or {})


async def test_a_lead_without_a_company_joins_a_known_one(api: httpx2.AsyncClient) -> None:
    ada, zoe = await _lead(api), await _lead(api, email="zoe@gmail.com", first_name="Zoe", company={})
    company = {"domain": "nordwind.example", "industry": "Software", "employees": None}
    response = await api.patch(f"/api/leads/{zoe}", json={"company": company})
    assert response.status_code == 200, response.text
    joined = await _company_of(api, zoe)
    assert joined == await _company_of(api, ada)
    assert (joined["industry"], joined["employees"]) == ("Software", 240)


async def test_a_lead_without_a_company_brings_a_new_one_that_is_recognised(api: httpx2.AsyncClient) -> None:
    zoe = await _lead(api, email="zoe@gmail.com", company={})
    await api.patch(f"/api/leads/{zoe}", json={"company": {"name": "Acme", "domain": "acme.example", "employees": 9}})
    company = await _company_of(api, zoe)
    assert (company["name"], company["employees"]) == ("Acme", 9)
    bo = await _lead(api, email="bo@acme.example", first_name="Bo", company={})
    assert (await _company_of(api, bo))["id"] == company["id"]


async def test_what_is_said_of_no_company_is_refused_not_dropped(api: httpx2.AsyncClient) -> None:
    zoe = await _lead(api, email="zoe@gmail.com", company={})
    response = await api.patch(f"/api/leads/{zoe}", json={"company": {"employees": 9}})
    assert (response.status_code, response.json()["errors"][0]["path"]) == (422, "company")


async def test_null_lets_a_lead_leave_its_company(api: httpx2.AsyncClient) -> None:
    ada, bo = await _lead(api), await _lead(api, email="bo@nordwind.example", first_name="Bo")
    assert (await api.patch(f"/api/leads/{ada}", json={"company": None})).status_code == 200
    assert (await api.get(f"/api/leads/{ada}")).json()["company"] is None
    assert (await _company_of(api, bo))["name"] == "Nordwind"


async def test_a_settled_lead_is_nobodys_in_the_very_answer(api: httpx2.AsyncClient) -> None:
    answer = await api.patch(f"/api/leads/{await _lead(api)}", json={"status": "disqualified"})
    assert (answer.json()["status"], answer.json()["assignment"]) == ("disqualified", None)


@pytest.mark.parametrize("through", ["lead", "company"])
async def test_a_changed_domain_recognises_from_then_on(api: httpx2.AsyncClient, through: str) -> None:
    lead_id = await _lead(api)
    company_id = (await _company_of(api, lead_id))["id"]
    changes = {"domain": "southwind.example", "name": "Southwind"}
    path, body = (
        (f"leads/{lead_id}", {"company": changes}) if through == "lead" else (f"companies/{company_id}", changes)
    )
    assert (await api.patch(f"/api/{path}", json=body)).status_code == 200
    bo = await _lead(api, email="bo@southwind.example", first_name="Bo", company={})
    cy = await _lead(api, email="cy@nordwind.example", first_name="Cy", company={})
    assert (await _company_of(api, bo))["id"] == company_id
    assert (await _company_of(api, cy))["id"] != company_id


@pytest.mark.parametrize(
    ("field", "value"), [("domain", "acme.example"), ("registration_number", "HRB 4711"), ("name", "Acme")]
)
async def test_an_identity_of_another_company_cannot_be_taken(api: httpx2.AsyncClient, field: str, value: str) -> None:
    acme = {"name": "Acme", "domain": "acme.example", "registration_number": "HRB 4711"}
    await _lead(api, email="bo@acme.example", first_name="Bo", company=acme)
    lead_id = await _lead(api, email="zoe@gmail.com", company={"name": "Nordwind"})
    company_id = (await _company_of(api, lead_id))["id"]
    of_company = await api.patch(f"/api/companies/{company_id}", json={field: value})
    of_lead = await api.patch(f"/api/leads/{lead_id}", json={"company": {field: value}})
    found = [(item.status_code, item.json()["errors"][0]["path"]) for item in (of_company, of_lead)]
    assert found == [(409, field), (409, f"company.{field}")]


async def test_two_companies_of_different_domains_may_share_a_name(api: httpx2.AsyncClient) -> None:
    await _lead(api, email="bo@acme.example", first_name="Bo", company={"name": "Acme", "domain": "acme.example"})
    company_id = (await _company_of(api, await _lead(api)))["id"]
    assert (await api.patch(f"/api/companies/{company_id}", json={"name": "Acme"})).status_code == 200


async def test_notes_are_kept_and_taken_away(api: httpx2.AsyncClient) -> None:
    lead_id = await _lead(api)
    note = (await api.post(f"/api/leads/{lead_id}/notes", json={"body": "Called, no answer."})).json()
    assert [item["body"] for item in (await api.get(f"/api/leads/{lead_id}/notes")).json()["items"]] == [note["body"]]
    await api.delete(f"/api/leads/{lead_id}/notes/{note['id']}")
    assert (await api.get(f"/api/leads/{lead_id}/notes")).json()["items"] == []


async def test_outsiders_find_nothing(api: httpx2.AsyncClient, clients: Clients, outsiders: Cast) -> None:
    lead_id = await _lead(api)
    company_id = (await api.get(f"/api/leads/{lead_id}")).json()["company"]["id"]
    outside = await clients.of(outsiders.owner)
    assert (await outside.get("/api/leads")).json()["items"] == []
    for path in (f"/api/leads/{lead_id}", f"/api/leads/{lead_id}/notes", f"/api/companies/{company_id}"):
        assert (await outside.get(path)).status_code == 404, path
    assert (await outside.patch(f"/api/leads/{lead_id}", json={"title": "Mine"})).status_code == 404
    assert (await outside.patch(f"/api/companies/{company_id}", json={"name": "Mine"})).status_code == 404


async def test_a_custom_field_is_declared_carried_asked_about_and_retired(
    clients: Clients, cast: Cast, database: Database
) -> None:
    owner = await clients.of(cast.owner)
    field = {"key": "tier", "label": "Tier", "type": "choice", "choices": ["Gold", "Silver"]}
    assert (await owner.post("/api/attributes", json=field)).status_code == 201
    assert (await owner.post("/api/attributes", json=field)).status_code == 409
    condition = {"field": "attributes.tier", "op": "eq", "value": "Gold"}
    await publish_rules(database, cast, [a_rule(cast, conditions=condition)])
    gold = await owner.post("/api/leads", json={"email": "g@x.example", "attributes": {"tier": "gold"}})
    other = await owner.post("/api/leads", json={"email": "s@x.example", "attributes": {"tier": "Silver"}})
    assert (gold.json()["outcome"], other.json()["outcome"]) == ("assigned", "no_rule_matched")
    wrong = await owner.post("/api/leads", json={"email": "b@x.example", "attributes": {"tier": "Bronze"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["accepted"]) == (422, "Gold, Silver")
    assert (await owner.delete("/api/attributes/tier")).status_code == 204
    assert (await owner.get("/api/attributes")).json()["items"] == []
