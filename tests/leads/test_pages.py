"""Leads and companies for people."""

import re
import tempfile
from pathlib import Path

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.corridor.conftest import a_rule, publish_rules

from oppspot.core.db import Database
from oppspot.leads import exporting
from oppspot.leads.importing.columns import suggest_mapping
from oppspot.leads.importing.readers import open_table
from oppspot.leads.importing.values import compile_reader, rows_to_inputs
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead

pytestmark = [pytest.mark.anyio, pytest.mark.db]
ADA = {
    "email": "ada@nordwind.example",
    "first_name": "Ada",
    "last_name": "Keller",
    "source": "webinar",
    "company": {"name": "Nordwind", "domain": "nordwind.example", "employees": 240, "industry": "Software"},
}


@pytest.fixture
async def browser(clients: Clients, cast: Cast, database: Database) -> httpx2.AsyncClient:
    await publish_rules(database, cast, [a_rule(cast)])
    return await clients.of(cast.manager)


async def _lead(browser: httpx2.AsyncClient) -> str:
    return str((await browser.post("/api/leads", json=ADA)).json()["id"])


async def test_an_empty_list_says_what_to_do(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/leads")
    assert page.status_code == 200
    assert "No leads yet" in page.text
    assert "/imports/new" in page.text


async def test_the_list_shows_a_lead_with_owner_score_and_clock(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    page = (await browser.get("/leads", params={"status": "", "q": "ada"})).text
    assert f"/leads/{lead_id}" in page
    assert re.search(r"Rita Rep|Ravi Rep", page)
    assert "data-countdown" in page


async def test_a_search_goes_to_the_list(browser: httpx2.AsyncClient) -> None:
    response = await browser.get("/search", params={"q": "ada keller"})
    assert response.headers["location"] == "/leads?q=ada+keller"


async def test_the_page_of_a_lead_says_who_owns_it_and_why(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    page = (await browser.get(f"/leads/{lead_id}")).text
    for words in ("Ada Keller", "Nordwind", "Everything to North", "Why this score", "BANT", "Came in"):
        assert words in page, words


async def test_the_page_of_a_lead_says_what_to_do_next(
    browser: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    lead_id = await _lead(browser)
    owner = (await browser.get(f"/api/leads/{lead_id}")).json()["assignment"]["owner"]
    assert f"{owner['name']} has to accept it" in (await browser.get(f"/leads/{lead_id}")).text
    rep = await clients.of(next(one for one in (cast.rep, cast.other_rep) if str(one.id) == owner["id"]))
    assert "<strong>Accept it</strong>" in (await rep.get(f"/leads/{lead_id}")).text
    await rep.post(f"/leads/{lead_id}/accept")
    worked = (await rep.get(f"/leads/{lead_id}")).text
    first_question = re.search(r'<ol class="questions">\s*<li><a[^>]*>([^<]+)</a>', worked)
    assert first_question
    assert f"<strong>{first_question[1]}</strong>" in worked
    assert "In time" in worked
    await rep.post(f"/leads/{lead_id}/complete", data={"outcome": "disqualified"})
    assert "glance-next" not in (await rep.get(f"/leads/{lead_id}")).text


async def test_what_is_not_known_shares_one_line(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get(f"/leads/{await _lead(browser)}")).text
    company = page.split('<h2 class="card-head-title">Company</h2>')[1].split("</section>")[0]
    assert "Nordwind" in company
    assert re.search(
        r"<dt>Not known</dt><dd>country, region, postcode, revenue a year, growth, funding, credit score", company
    )


async def test_what_was_said_is_told_in_words(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    form = {
        "budget.confirmed": "yes",
        "budget.range": "over_500k",
        "timeline.decision_date": "2027-03-31",
        "authority.decision_makers": "Olga Brandt | CFO | economic_buyer",
    }
    await browser.post(
        f"/leads/{lead_id}/qualification/bant", data=form | {"grade": "verified", "evidence": "Said on the call"}
    )
    page = re.sub("<[^>]*>", " ", (await browser.get(f"/leads/{lead_id}/claims")).text)
    for words in (
        "Budget confirmed",
        "over 500k",
        "31 Mar 2027",
        "Olga Brandt · CFO · economic buyer",
        "said by Max Manager",
        "Said on the call",
    ):
        assert words in page, words
    for raw in ("budget.confirmed", "over_500k", "economic_buyer"):
        assert raw not in page, raw


async def test_custom_fields_go_by_their_labels(browser: httpx2.AsyncClient, clients: Clients, cast: Cast) -> None:
    owner = await clients.of(cast.owner)
    for key, label, kind in (("renewal", "Contract renewal", "datetime"), ("has_crm", "Uses a CRM", "boolean")):
        await owner.post("/api/attributes", json={"key": key, "label": label, "type": kind})
    body = ADA | {"attributes": {"renewal": "2027-03-31T12:00:00Z", "has_crm": True}}
    lead_id = (await browser.post("/api/leads", json=body)).json()["id"]
    page = (await browser.get(f"/leads/{lead_id}")).text
    assert "Contract renewal" in page
    assert ">31 Mar 2027</time>" in page
    assert "<dt>Uses a CRM</dt><dd>yes</dd>" in page


async def test_the_reasons_of_a_score_add_up_to_it(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    page = (await browser.get(f"/leads/{lead_id}/score")).text
    section = page.split('aria-label="Fit"')[1].split("</section>")[0]
    shown = [cell.replace("\N{MINUS SIGN}", "-") for cell in re.findall(r'<td class="numeric">([^<]+)</td>', section)]
    *terms, total = [float(value) for value in shown if value[0] in "+-0123456789"]
    assert round(sum(terms), 1) == total


async def test_evidence_typed_in_is_previewed_before_it_is_saved(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    form = {"budget.confirmed": "yes", "budget.range": "over_500k", "need.pain_points": "Slow onboarding | high"}
    preview = await browser.post(
        f"/leads/{lead_id}/qualification/bant/preview", data=form, headers={"HX-Request": "true"}
    )
    assert "Not saved yet" in preview.text
    before = (await browser.get(f"/api/qualification/bant/{lead_id}")).json()
    assert before["overall_score"] is None
    saved = await browser.post(
        f"/leads/{lead_id}/qualification/bant", data=form | {"grade": "verified", "evidence": "Said on the call"}
    )
    assert saved.status_code == 303
    after = (await browser.get(f"/api/qualification/bant/{lead_id}")).json()
    assert after["overall_score"] > 0
    (pain,) = after["need"]["pain_points"]
    assert (pain["description"], pain["severity"]) == ("Slow onboarding", "high")


async def test_an_answer_that_cannot_be_read_is_named_and_nothing_is_saved(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    response = await browser.post(f"/leads/{lead_id}/qualification/bant", data={"budget.estimated_budget": "a lot"})
    assert response.status_code == 422
    assert (await browser.get(f"/api/qualification/claims/{lead_id}")).json()["items"] == []


async def test_a_lead_typed_by_hand_goes_through_the_corridor(browser: httpx2.AsyncClient) -> None:
    form = {"email": "bo@acme.example", "first_name": "Bo", "company.employees": "1,200", "company.name": "Acme"}
    response = await browser.post("/leads/new", data=form)
    assert response.status_code == 303, response.text
    page = (await browser.get(response.headers["location"])).text
    assert "1,200" in page


async def test_a_form_that_names_nobody_says_what_is_needed(browser: httpx2.AsyncClient) -> None:
    response = await browser.post("/leads/new", data={"first_name": "Bo"})
    assert response.status_code == 422
    assert "an e-mail address" in response.text


async def test_an_edit_changes_only_what_was_changed(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    shown = (await browser.get(f"/leads/{lead_id}/edit")).text
    assert 'value="ada@nordwind.example"' in shown
    form = {"email": "ada@nordwind.example", "title": "COO", "source": "", "company.employees": "240"}
    assert (await browser.post(f"/leads/{lead_id}/edit", data=form)).status_code == 303
    body = (await browser.get(f"/api/leads/{lead_id}")).json()
    assert (body["title"], body["source"], body["first_name"]) == ("COO", None, "Ada")


async def test_a_note_can_be_taken_away_and_brought_back(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    await browser.post(f"/leads/{lead_id}/notes", data={"body": "Called back"})
    page = (await browser.get(f"/leads/{lead_id}")).text
    note = re.search(rf"/leads/{lead_id}/notes/([0-9a-f-]+)/delete", page)
    assert note
    await browser.post(f"/leads/{lead_id}/notes/{note[1]}/delete")
    assert "Called back" not in (await browser.get(f"/leads/{lead_id}")).text
    await browser.post(f"/leads/{lead_id}/notes/{note[1]}/restore")
    assert "Called back" in (await browser.get(f"/leads/{lead_id}")).text


async def test_many_leads_are_given_at_once(browser: httpx2.AsyncClient, cast: Cast) -> None:
    lead_id = await _lead(browser)
    form = {"ids": [lead_id], "do": "assign", "owner": str(cast.other_rep.id)}
    assert (await browser.post("/leads/bulk", data=form)).status_code == 303
    body = (await browser.get(f"/api/leads/{lead_id}")).json()
    assert body["assignment"]["owner"]["name"] == "Ravi Rep"


async def test_a_view_is_saved_shown_and_forgotten(browser: httpx2.AsyncClient) -> None:
    saved = await browser.post("/leads/views/new?band=hot&status=new", data={"name": "Hot and new"})
    page = (await browser.get(saved.headers["location"])).text
    assert "Hot and new" in page
    view = re.search(r"/leads/views/([0-9a-f-]+)/delete", page)
    assert view
    await browser.post(f"/leads/views/{view[1]}/delete")
    assert "Hot and new" not in (await browser.get("/leads")).text.replace("“Hot and new”", "")


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
async def test_the_list_is_exported(browser: httpx2.AsyncClient, form: str) -> None:
    await _lead(browser)
    response = await browser.get(f"/leads/export.{form}")
    assert response.status_code == 200
    assert f'.{form}"' in response.headers["content-disposition"]
    if form == "csv":
        assert "ada@nordwind.example" in response.text


async def test_an_export_holds_all_that_is_known_and_comes_back_by_import(
    browser: httpx2.AsyncClient, clients: Clients, cast: Cast, tmp_path: Path
) -> None:
    owner = await clients.of(cast.owner)
    for key, kind in (("seats", "number"), ("renewal", "datetime")):
        await owner.post("/api/attributes", json={"key": key, "label": key.capitalize(), "type": kind})
    lead = {
        "email": "ada@nordwind.example",
        "phone": "+4930123456",
        "country": "AT",
        "region": "Tirol",
        "postcode": "6020",
        "product_interest": "routing",
        "external_id": "17",
        "attributes": {"seats": 12, "renewal": "2027-01-31T00:00:00+00:00"},
        "company": {
            "name": "Nordwind", "country": "DE", "region": "Bayern", "postcode": "01067",
            "industry": "Logistics", "sic_code": "4731", "employees": 240, "annual_revenue": 5e6, "growth_rate": 12.5,
            "funding_stage": "series_a", "credit_score": 71, "technologies": ["SAP", "Excel"],
            "domain": "nordwind.example", "registration_number": "HRB 17",
        },
    }  # fmt: skip
    created = (await browser.post("/api/leads", json=lead)).json()
    company_id = (await browser.get(f"/api/leads/{created['id']}")).json()["company"]["id"]
    account = {"owner_id": str(cast.rep.id), "parent_id": await _company(browser, "grosswind")}
    assert (await browser.patch(f"/api/companies/{company_id}", json=account)).status_code == 200
    for form in ("csv", "xlsx", "parquet"):
        path = tmp_path / f"leads.{form}"
        path.write_bytes((await browser.get(f"/leads/export.{form}")).content)
        table = open_table(path)
        # The newest comes first.
        row = dict(zip(table.columns, table.sample(2)[1], strict=True))
        assert row["reason"] == created["reason"], form
        assert (row["company.owner"], row["company.parent"]) == ("Rita Rep", "Grosswind"), form
        mapping = suggest_mapping(table.columns, table.sample(2)[1:])
        assert mapping.target_of("company.owner") == mapping.target_of("company.parent") == "ignore"
        [batch] = table.iter_batches()
        [_, again] = rows_to_inputs(batch, compile_reader(mapping))
        assert isinstance(again, LeadInput)
        wanted = validate_lead(lead)
        assert isinstance(wanted, LeadInput)
        assert again.company == wanted.company, form
        known = ("email", "phone", "country", "region", "postcode", "product_interest", "external_id")
        assert [getattr(again, name) for name in known] == [getattr(wanted, name) for name in known], form
        assert {name: again.attributes[name] for name in lead["attributes"]} == lead["attributes"], form


async def test_a_company_shows_its_leads(browser: httpx2.AsyncClient) -> None:
    lead_id = await _lead(browser)
    company_id = (await browser.get(f"/api/leads/{lead_id}")).json()["company"]["id"]
    assert "Nordwind" in (await browser.get("/companies", params={"q": "nord"})).text
    assert f"/leads/{lead_id}" in (await browser.get(f"/companies/{company_id}")).text


async def _company(browser: httpx2.AsyncClient, name: str) -> str:
    lead = {"email": f"ada@{name}.example", "company": {"name": name.capitalize(), "domain": f"{name}.example"}}
    lead_id = (await browser.post("/api/leads", json=lead)).json()["id"]
    return str((await browser.get(f"/api/leads/{lead_id}")).json()["company"]["id"])


async def test_a_company_is_given_an_owner_and_a_parent_which_shows_it(
    browser: httpx2.AsyncClient, cast: Cast, clients: Clients
) -> None:
    child, parent = await _company(browser, "kleinwind"), await _company(browser, "grosswind")
    account = {"owner_id": str(cast.rep.id), "parent": "grosswind.example"}
    assert (await browser.post(f"/companies/{child}/account", data=account)).status_code == 303
    shown = (await (await clients.of(cast.viewer)).get(f"/companies/{child}")).text
    assert "Rita Rep" in shown
    assert f'Belongs to <a href="/companies/{parent}">Grosswind</a>' in shown
    assert f'<a href="/companies/{child}">Kleinwind</a>' in (await browser.get(f"/companies/{parent}")).text
    cleared = await browser.post(f"/companies/{child}/account", data={"owner_id": "", "parent": ""})
    assert cleared.status_code == 303
    company = (await browser.get(f"/api/companies/{child}")).json()
    assert (company["owner_id"], company["parent_id"]) == (None, None)


async def test_a_parent_is_typed_by_its_name_and_left_alone_while_it_says_the_same(browser: httpx2.AsyncClient) -> None:
    child, parent = await _company(browser, "kleinwind"), await _company(browser, "grosswind")
    await browser.post(f"/companies/{child}/account", data={"parent": "GROSSWIND GmbH"})
    await browser.patch(f"/api/companies/{parent}", json={"name": "Something else"})
    await browser.post(f"/companies/{child}/account", data={"parent": "Something else"})
    assert (await browser.get(f"/api/companies/{child}")).json()["parent_id"] == parent


@pytest.mark.parametrize(
    ("typed", "said"),
    [("Nobody Ltd", "is no company that we know"), ("kleinwind.example", "is the company itself, or belongs to it")],
)
async def test_a_parent_that_cannot_be_is_refused_beside_what_was_typed(
    browser: httpx2.AsyncClient, typed: str, said: str
) -> None:
    child = await _company(browser, "kleinwind")
    refused = await browser.post(f"/companies/{child}/account", data={"parent": typed})
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{typed}"' in refused.text


async def test_several_companies_of_one_name_are_told_apart_by_their_domains(browser: httpx2.AsyncClient) -> None:
    child, one, other = [await _company(browser, name) for name in ("kleinwind", "eins", "zwei")]
    for company in (one, other):
        await browser.patch(f"/api/companies/{company}", json={"name": "Twin"})
    refused = await browser.post(f"/companies/{child}/account", data={"parent": "Twin"})
    assert "is what several companies are called" in refused.text
    await browser.post(f"/companies/{child}/account", data={"parent": "zwei.example"})
    assert (await browser.get(f"/api/companies/{child}")).json()["parent_id"] == other


async def test_outsiders_find_no_page(browser: httpx2.AsyncClient, clients: Clients, outsiders: Cast) -> None:
    lead_id = await _lead(browser)
    outside = await clients.of(outsiders.owner)
    for path in (
        f"/leads/{lead_id}",
        f"/leads/{lead_id}/edit",
        f"/leads/{lead_id}/score",
        f"/leads/{lead_id}/qualification/bant",
    ):
        assert (await outside.get(path)).status_code == 404, path


async def test_an_export_of_more_than_a_sheet_holds_is_refused_and_leaves_no_file(
    browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await _lead(browser)
    monkeypatch.setattr(exporting, "MAX_XLSX_ROWS", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    response = await browser.get("/leads/export.xlsx")
    assert response.status_code == 422
    assert not files_in(tmp_path)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
