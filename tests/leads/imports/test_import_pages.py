"""Imports in a browser: every step works as plain forms."""

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.corridor.conftest import a_rule, publish_rules
from tests.leads.imports.conftest import THREE

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.leads.imports.rehearsing import rehearse_import
from oppspot.leads.imports.running import run_import
from oppspot.leads.imports.undoing import undo_import

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def browser(clients: Clients, cast: Cast, database: Database) -> httpx2.AsyncClient:
    await publish_rules(database, cast, [a_rule(cast)])
    return await clients.of(cast.manager)


async def _uploaded(browser: httpx2.AsyncClient, content: str | bytes = THREE, name: str = "leads.csv") -> str:
    answer = await browser.post("/imports/new", files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/mapping")


def _id(path: str):
    from uuid import UUID  # noqa: PLC0415

    return UUID(path.rsplit("/", 1)[1])


async def test_an_empty_list_says_what_to_do(browser):
    assert "No imports yet" in (await browser.get("/imports")).text


async def test_the_columns_are_mapped_by_themselves_and_shown_with_samples(browser):
    page = (await browser.get(f"{await _uploaded(browser)}/mapping")).text
    assert "ada@nordwind.example" in page
    assert re.search(r'<option value="company.name" selected>', page)


async def test_a_file_goes_all_the_way_and_back(browser, database, cast):
    path = await _uploaded(browser)
    form = {"to-0": "email", "to-1": "first_name", "to-2": "company.name", "to-3": "source", "do": "rehearse"}
    assert (await browser.post(f"{path}/mapping", data=form)).headers["location"] == path
    assert "Rehearsing" in (await browser.get(path)).text
    await rehearse_import(database, cast.org_id, _id(path), utc_now())
    page = (await browser.get(path)).text
    for words in ("Nothing has been written yet", "Ada · Nordwind", "Rejected", "&#39;nobody&#39;"):
        assert words in page, words
    assert "Bo" not in (await browser.get(path, params={"outcome": "rejected"})).text.split("<tbody>")[1]
    await browser.post(f"{path}/run")
    assert "0 of 3 rows" in (await browser.get(path)).text
    await run_import(database, cast.org_id, _id(path), utc_now)
    page = (await browser.get(path)).text
    assert "All 3 rows are accounted for" in page
    rejected = await browser.get(f"{path}/rejected.csv")
    assert "'nobody'" in rejected.text
    assert "delete" in (await browser.get(f"{path}/undo")).text
    await browser.post(f"{path}/undo")
    await undo_import(database, cast.org_id, _id(path), utc_now)
    assert "has been undone" in (await browser.get(path)).text


async def test_a_column_becomes_a_custom_field(browser, database, cast):
    path = await _uploaded(browser, "email,Shoe size\na@x.example,42\n")
    form = {"to-0": "email", "to-1": "attributes.shoe_size", "type-1": "number", "do": "run"}
    await browser.post(f"{path}/mapping", data=form)
    await run_import(database, cast.org_id, _id(path), utc_now)
    [lead] = (await browser.get("/api/leads")).json()["items"]
    assert (await browser.get(f"/api/leads/{lead['id']}")).json()["attributes"] == {"shoe_size": 42}


async def test_a_column_that_tells_what_leads_did_stands_as_of_the_day_given(browser, database, cast):
    path = await _uploaded(browser, "email,Shown up\na@x.example,3\n")
    form = {"to-0": "email", "to-1": "events.page_view", "type-1": "text", "as_of": "2025-11-03", "do": "run"}
    assert (await browser.post(f"{path}/mapping", data={**form, "as_of": "soon"})).status_code == 422
    await browser.post(f"{path}/mapping", data={**form, "do": "save"})
    assert 'value="2025-11-03"' in (await browser.get(f"{path}/mapping")).text
    await browser.post(f"{path}/mapping", data=form)
    await run_import(database, cast.org_id, _id(path), utc_now)
    async with database.transaction(cast.org_id) as tx:
        [event] = (await tx.execute(text("SELECT kind, quantity, occurred_at FROM engagement_events"))).all()
    assert (event.kind, event.quantity, f"{event.occurred_at:%Y-%m-%d}") == ("page_view", 3, "2025-11-03")


async def test_a_day_that_was_stated_is_not_taken_over_to_the_next_file(browser):
    content = "email,Visits\na@x.example,3\n"
    path = await _uploaded(browser, content)
    form = {"to-0": "email", "to-1": "events.page_view", "type-1": "number", "as_of": "2025-11-03", "do": "save"}
    await browser.post(f"{path}/mapping", data=form)
    again = (await browser.get(f"{await _uploaded(browser, content)}/mapping")).text
    assert "2025-11-03" not in again
    assert re.search(r'<option value="events.page_view" selected>', again)


async def test_a_mapping_that_says_nobody_comes_back_with_the_reason(browser):
    path = await _uploaded(browser)
    answer = await browser.post(f"{path}/mapping", data={"to-0": "ignore", "to-1": "ignore", "do": "rehearse"})
    assert answer.status_code == 422
    assert "has no column that says who a lead is" in answer.text


async def test_the_mapping_is_remembered_for_the_same_columns(browser):
    path = await _uploaded(browser)
    form = {"to-0": "email", "to-1": "last_name", "to-2": "ignore", "to-3": "source", "do": "save"}
    await browser.post(f"{path}/mapping", data=form)
    again = await _uploaded(browser, THREE.replace("first name", "First Name"))
    assert re.search(r'<option value="last_name" selected>', (await browser.get(f"{again}/mapping")).text)


def _bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 30 million characters."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", " " * 30_000_000)
    return packed.getvalue()


BAD = {
    "zip bomb": (_bomb(), "times its size"),
    "empty": (b"", "The file is empty"),
    "header only": (b"email,name\n", "no rows"),
    "binary": (bytes(1000) + b"MZ" * 500, "not text"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "old Excel"),
    "many columns": (b"a," * 1_000_000 + b"a\n1\n", "columns"),
    "huge cell": (b"email\n" + b"x" * 10_000_000 + b"\n", "characters"),
    "not a workbook": (b"PK\x03\x04rubbish", "broken"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_file_is_refused_with_a_sentence(browser, kind):
    content, words = BAD[kind]
    answer = await browser.post("/imports/new", files={"file": ("leads.csv", content)})
    assert answer.status_code == 422
    assert words in answer.text
    api = await browser.post("/api/imports", files={"file": ("leads.csv", content)})
    assert (api.status_code, api.json()["errors"][0]["path"]) == (422, "file")


async def test_characters_that_no_database_keeps_do_no_harm(browser, database, cast):
    path = await _uploaded(browser, "email\x00,name\x01\na@x.example,A\x00da\nb\x00ad,Bo\n" + "," * 200)
    await browser.post(f"{path}/mapping", data={"to-0": "email", "to-1": "first_name", "do": "run"})
    progress = await run_import(database, cast.org_id, _id(path), utc_now)
    assert progress.counts == {"created": 1, "rejected": 1}


async def test_formulas_are_text_and_harmless_in_the_rejected_rows(browser, database, cast):
    path = await _uploaded(browser, 'email,title\na@x.example,"=1+1"\nnobody,"=HYPERLINK(""x"")"\n')
    await browser.post(f"{path}/mapping", data={"to-0": "email", "to-1": "title", "do": "run"})
    await run_import(database, cast.org_id, _id(path), utc_now)
    [lead] = (await browser.get("/api/leads")).json()["items"]
    assert lead["title"] == "=1+1"
    assert "'=HYPERLINK" in (await browser.get(f"{path}/rejected.csv")).text


async def test_no_file_at_all_is_said(browser):
    assert "Choose a file first" in (await browser.post("/imports/new", data={})).text


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(browser):
    answer = await browser.post("/imports/new", content=b"", headers={"content-length": str(200 * 1024**2)})
    assert answer.status_code == 413
    assert "larger than" in answer.text


async def test_reps_may_not_import(clients, cast):
    assert (await (await clients.of(cast.rep)).get("/imports/new")).status_code == 403


async def test_outsiders_find_no_import(browser, clients, outsiders):
    path = await _uploaded(browser)
    outside = await clients.of(outsiders.owner)
    for address in (path, f"{path}/mapping", f"{path}/undo", f"{path}/rejected.csv", f"/api{path}"):
        assert (await outside.get(address)).status_code == 404, address


async def test_a_machine_uploads_runs_and_watches(clients, cast, database):
    machine = await clients.with_key(cast, ["leads.import"])
    form = {"mapping": '{"email": "email", "company": "company.name"}', "run": "true"}
    answer = await machine.post("/api/imports", files={"file": ("leads.csv", THREE)}, data=form)
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    path = f"/api/imports/{answer.json()['id']}"
    await run_import(database, cast.org_id, _id(path), utc_now)
    assert (await machine.get(path)).json()["counts"] == {"created": 2, "rejected": 1}
    rows = (await machine.get(f"{path}/rows", params={"outcome": "rejected"})).json()["items"]
    assert [row["row_number"] for row in rows] == [4]
    assert (await machine.post(f"{path}/undo")).json()["status"] == "undoing"


async def test_an_upload_can_be_thrown_away(browser):
    path = await _uploaded(browser)
    await browser.post(f"{path}/discard")
    assert (await browser.get(path)).status_code == 404
