"""Texts in a browser and by API: added, reviewed and decided with plain forms."""

import re

import httpx2
import pytest
from tests.texts.conftest import NOTES
from tests.texts.files import EML, VTT, docx, paragraph
from tests.texts.test_reviewing import _Model

from oppspot.texts.reading import MAX_CHARS
from oppspot.texts.types import Proposal

pytestmark = [pytest.mark.anyio, pytest.mark.db]
API = "/api/qualification/texts"


@pytest.fixture
async def browser(clients, cast) -> httpx2.AsyncClient:
    return await clients.of(cast.rep)


@pytest.fixture
def path(lead_id) -> str:
    return f"/leads/{lead_id}/texts"


async def _added(browser, path, text=NOTES) -> str:
    answer = await browser.post(path, data={"content": text})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _ids(page: str) -> list[str]:
    return re.findall(r'id="p-([0-9a-f-]{36})"', page)


async def test_the_lead_leads_to_its_texts_and_an_empty_list_says_what_to_do(browser, path):
    assert path in (await browser.get(path.removesuffix("/texts"))).text
    page = (await browser.get(path)).text
    assert "No texts yet" in page
    assert ".txt, .md, .eml, .vtt, .srt, .docx" in page


async def test_a_pasted_text_goes_all_the_way_to_claims(browser, path, known):
    review = await _added(browser, path)
    page = (await browser.get(review)).text
    assert "3 of 3 proposals to decide" in page
    assert '<mark class="quoted quoted-open"' in page
    for proposal_id in _ids(page):
        answer = await browser.post(f"{review}/proposals/{proposal_id}", data={"do": "accept"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{review}#p-{proposal_id}")
    assert await known() == {
        "budget.estimated_budget": 80_000,
        "budget.range": "50k_100k",
        "budget.confirmed": True,
        "budget.source": "confirmed",
        "timeline.decision_date": "2027-03-31",
    }
    page = (await browser.get(review)).text
    assert "0 of 3 proposals to decide" in page
    assert "quoted-kept" in page
    assert "Reviewed" in (await browser.get(path)).text


async def test_all_at_once_and_back(browser, path, claims):
    review = await _added(browser, path)
    await browser.post(f"{review}/all", data={"do": "accept"})
    assert len(await claims()) == 3
    page = (await browser.get(review)).text
    assert "3 proposals accepted." in page
    first = _ids(page)[0]
    await browser.post(f"{review}/proposals/{first}", data={"do": "undo"})
    page = (await browser.get(review)).text
    assert "1 of 3 proposals to decide" in page
    await browser.post(f"{review}/all", data={"do": "reject"})
    assert "1 proposal rejected." in (await browser.get(review)).text
    assert "0 of 3 proposals to decide" in (await browser.get(review)).text


async def test_a_contradiction_is_shown_with_both_sides_and_the_same_is_said_to_be_known(browser, path, lead_id):
    claims = [{"key": "budget.estimated_budget", "value": 20000}, {"key": "budget.confirmed", "value": True}]
    await browser.post("/api/qualification/claims", json={"lead_id": str(lead_id), "claims": claims})
    page = (await browser.get(await _added(browser, path))).text
    assert "Against what is known" in page
    assert "So far: 20,000" in page
    assert "80,000" in page
    assert "Known already" in page


async def test_an_edit_that_cannot_be_read_comes_back_with_the_reason(browser, path, claims):
    review = await _added(browser, path, "Our budget is 80k.")
    [item] = _ids((await browser.get(review)).text)
    answer = await browser.post(f"{review}/proposals/{item}", data={"do": "edit", "value": "plenty"})
    assert answer.status_code == 422
    assert "is not a number" in answer.text
    assert 'value="plenty"' in answer.text
    await browser.post(f"{review}/proposals/{item}", data={"do": "edit", "value": "85000"})
    assert [claim.value for claim in await claims()] == [85_000]
    assert "Accepted, edited" in (await browser.get(review)).text


async def test_a_list_is_edited_line_by_line(browser, path, known):
    review = await _added(browser, path, "Anna Berg is the CFO.")
    page = (await browser.get(review)).text
    assert "Anna Berg | CFO | executive" in page
    [item] = _ids(page)
    value = "Anna Berg | Finance Director\nBo Chen | CTO"
    await browser.post(f"{review}/proposals/{item}", data={"do": "edit", "value": value})
    people = (await known())["authority.stakeholder_map"]
    assert [(person["name"], person["title"]) for person in people] == [
        ("Anna Berg", "Finance Director"),
        ("Bo Chen", "CTO"),
    ]


async def test_a_part_is_answered_where_scripts_ask_for_it(browser, path):
    review = await _added(browser, path)
    item = _ids((await browser.get(review)).text)[0]
    answer = await browser.post(f"{review}/proposals/{item}", data={"do": "reject"}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "2 of 3 proposals to decide" in answer.text


FILES = {
    "notes.txt": NOTES.encode(),
    "notes.md": f"# Call\n\n- {NOTES}".encode(),
    "mail.eml": EML.encode(),
    "call.vtt": VTT.encode(),
    "notes.docx": docx(paragraph("Our budget is 80k.")),
}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_read_and_reviewed(browser, path, name):
    answer = await browser.post(path, files={"file": (name, FILES[name])})
    assert answer.status_code == 303, answer.text
    page = (await browser.get(answer.headers["location"])).text
    assert name in page
    assert "Estimated budget" in page


BAD = {
    "nothing": ({"content": " "}, None, "Paste a text or choose a file"),
    "an ending": ({}, ("deck.pdf", b"%PDF"), "Accepted: .txt"),
    "an empty file": ({}, ("a.txt", b""), "is empty"),
    "too long": ({"content": "word " * (MAX_CHARS // 4)}, None, "Add it in parts"),
    "no date": ({"content": NOTES, "said_on": "soon"}, None, "is not a date"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_what_cannot_be_read_is_refused_with_a_sentence(browser, path, kind):
    data, file, words = BAD[kind]
    answer = await browser.post(path, data=data, files={"file": file} if file else None)
    assert answer.status_code == 422
    assert words in answer.text


async def test_a_file_over_the_limit_is_refused_before_it_is_read(browser, path):
    for address in (path, API):
        answer = await browser.post(address, content=b"", headers={"content-length": str(12 * 1024**2)})
        assert answer.status_code == 413


async def test_viewers_read_and_cannot_decide(browser, path, clients, cast):
    review = await _added(browser, path)
    viewer = await clients.of(cast.viewer)
    page = (await viewer.get(review)).text
    assert "Accept" not in page
    item = _ids(page)[0]
    assert (await viewer.post(f"{review}/proposals/{item}", data={"do": "accept"})).status_code == 403
    assert (await viewer.post(path, data={"content": NOTES})).status_code == 403


async def test_a_text_is_found_only_at_its_own_lead(browser, path, take):
    review = await _added(browser, path)
    [other] = await take({"email": "bo@volta.example"})
    elsewhere = f"/leads/{other.id}/texts/{review.rsplit('/', 1)[1]}"
    assert (await browser.get(elsewhere)).status_code == 404
    for part in ("all", "retry", f"proposals/{_ids((await browser.get(review)).text)[0]}"):
        assert (await browser.post(f"{elsewhere}/{part}", data={})).status_code == 404


async def test_a_machine_sends_reads_and_decides(clients, cast, lead_id, known):
    machine = await clients.with_key(cast, ["leads.read", "leads.write"])
    body = {"lead_id": str(lead_id), "content": NOTES, "name": "Call", "said_at": "2026-11-03T10:00:00Z"}
    sent = await machine.post(API, json=body)
    assert (sent.status_code, sent.json()["state"]) == (201, "ready")
    document = sent.json()
    for item in document["proposals"]:
        assert document["content"][item["start"] : item["end"]] == item["quote"]
    address = f"{API}/{document['id']}"
    assert (await machine.get(address)).json() == document
    by_key = {item["key"]: item["id"] for item in document["proposals"]}
    decisions = [
        {"proposal_id": by_key["budget.confirmed"], "action": "accept"},
        {"proposal_id": by_key["budget.estimated_budget"], "action": "edit", "value": 75_000},
        {"proposal_id": by_key["timeline.decision_date"], "action": "reject"},
    ]
    decided = await machine.post(f"{address}/decisions", json={"decisions": decisions})
    states = {item["key"]: item["state"] for item in decided.json()["proposals"]}
    assert states == {
        "budget.confirmed": "accepted",
        "budget.estimated_budget": "edited",
        "timeline.decision_date": "rejected",
    }
    assert (await known())["budget.estimated_budget"] == 75_000
    refused = await machine.post(f"{address}/decisions", json={"decisions": [decisions[2] | {"action": "accept"}]})
    assert refused.status_code == 409
    undone = await machine.post(f"{address}/decisions", json={"decisions": [decisions[2] | {"action": "undo"}]})
    assert {item["state"] for item in undone.json()["proposals"]} == {"accepted", "edited", "proposed"}


async def test_a_machine_sends_a_file_and_hears_what_is_wrong_with_one(clients, cast, lead_id):
    machine = await clients.with_key(cast, ["leads.write"])
    form = {"lead_id": str(lead_id)}
    sent = await machine.post(f"{API}/files", data=form, files={"file": ("call.vtt", VTT)})
    assert (sent.status_code, sent.json()["kind"]) == (201, "transcript")
    bad = await machine.post(f"{API}/files", data=form, files={"file": ("a.exe", b"MZ")})
    assert (bad.status_code, bad.json()["errors"][0]["path"]) == (422, "file")
    empty = await machine.post(API, json=form | {"content": "\u200b"})
    assert (empty.status_code, empty.json()["errors"][0]["path"]) == (422, "content")


async def test_a_value_that_a_machine_may_not_claim_is_named(clients, cast, lead_id):
    machine = await clients.with_key(cast, ["leads.write", "leads.read"])
    document = (await machine.post(API, json={"lead_id": str(lead_id), "content": "Our budget is 80k."})).json()
    [item] = document["proposals"]
    decision = {"proposal_id": item["id"], "action": "edit", "value": "much"}
    answer = await machine.post(f"{API}/{document['id']}/decisions", json={"decisions": [decision]})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "budget.estimated_budget")


async def test_markup_inside_a_quote_is_shown_as_text(browser, path, add):
    text = "<b>Our budget</b> is 80k <script>alert(1)</script>"
    document_id = await add(text, extractor=_Model(Proposal("budget.estimated_budget", 80_000, text, 0, len(text))))
    page = (await browser.get(f"{path}/{document_id}")).text
    assert page.count("&lt;script&gt;alert(1)") >= 3, "in the name, in the text, in the proposal"
    assert "<script>alert" not in page
    assert "<b>Our" not in page
