"""The builder: saved as a draft right or wrong, arranged, tried, published; two editors do not overwrite each other."""

import re
from html import unescape
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.qualification.test_deciding_pages import a_lead, words

from oppspot.qualification.building import fields_of
from oppspot.qualification.frameworks import shipped_framework

pytestmark = [pytest.mark.anyio, pytest.mark.db]
BANT = "/qualification/frameworks/bant"
API = "/api/qualification/frameworks/bant"


@pytest.fixture
async def browser(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def form(**changes: str) -> dict[str, str]:
    return fields_of(shipped_framework("bant").document) | changes


def easy() -> dict[str, str]:
    """Return BANT that qualifies from 1 point on."""
    minimums = {f"verdicts[0].minimums[{place}]": "" for place in range(4)}
    return form(**{"verdicts[0].score": "2", "verdicts[1].score": "1"} | minimums)


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


async def saved(browser: httpx2.AsyncClient, values: dict[str, str], **more: str) -> httpx2.Response:
    seen = seen_in((await browser.get(f"{BANT}/edit")).text)
    return await browser.post(f"{BANT}/edit", data=values | {"seen": seen, "do": "save"} | more)


async def read(browser: httpx2.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.get(API)).json()
    return found


async def test_the_page_posts_what_is_live_unchanged(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get(f"{BANT}/edit")).text
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page)) - {"seen", "q", "back_to"}
    assert {unescape(name) for name in names} >= {name for name, value in form().items() if value}
    assert "Needs" not in page


async def test_a_draft_is_kept_right_or_wrong_and_says_what_to_mend_in_place(browser: httpx2.AsyncClient) -> None:
    assert (await saved(browser, form(**{"elements[0].weight": "40"}))).status_code == 303
    page = (await browser.get(f"{BANT}/edit")).text
    assert "the weights sum to 1.1" in words(page)
    assert (await read(browser))["document"]["elements"][0]["weight"] == 0.3
    refused = await browser.get(f"{BANT}/publish")
    assert "It cannot be published yet." in refused.text
    assert (
        (await saved(browser, form(**{"elements[0].weight": "40"}), do="even"))
        .headers["location"]
        .endswith("#field-elements")
    )
    assert "the weights sum to" not in words((await browser.get(f"{BANT}/edit")).text)


async def test_two_editors_do_not_overwrite_each_other(browser: httpx2.AsyncClient) -> None:
    before = seen_in((await browser.get(f"{BANT}/edit")).text)
    assert before == "version 0"
    assert (await browser.post(f"{BANT}/edit", data=form(title="One") | {"seen": before})).status_code == 303
    late = await browser.post(f"{BANT}/edit", data=form(title="Other") | {"seen": before})
    assert late.status_code == 409
    assert "changed this while you edited it" in late.text
    assert 'value="Other"' in late.text
    assert (await read(browser))["draft"]["title"] == "One"
    as_text = await browser.post(f"{BANT}/text", data={"document": "title: Third", "seen": before})
    assert as_text.status_code == 409


async def test_what_was_published_since_is_not_taken_back_by_a_draft(browser: httpx2.AsyncClient) -> None:
    before = seen_in((await browser.get(f"{BANT}/edit")).text)
    newer = shipped_framework("bant").document | {"title": "Newer"}
    assert (await browser.post(f"{API}/publish", json={"document": newer})).status_code == 200
    late = await browser.post(f"{BANT}/edit", data=form(title="Late") | {"seen": before})
    assert (late.status_code, 'value="Late"' in late.text, (await read(browser))["has_draft"]) == (409, True, False)


async def test_going_back_to_a_version_leaves_a_draft_to_who_is_editing_it(browser: httpx2.AsyncClient) -> None:
    newer = shipped_framework("bant").document | {"title": "Newer"}
    assert (await browser.post(f"{API}/publish", json={"document": newer})).status_code == 200
    assert (await saved(browser, form(title="Mine"))).status_code == 303
    assert (await browser.post(f"{API}/rollback", json={"version": 0})).status_code == 200
    assert (await read(browser))["draft"]["title"] == "Mine"
    page = (await browser.get(f"{BANT}/publish")).text
    assert "Version 2 was published since this draft was begun" in page
    assert 'name="note"' not in page
    await browser.post(f"{BANT}/publish", data={"seen": seen_in((await browser.get(f"{BANT}/edit")).text)})
    assert ((await read(browser))["version"], (await read(browser))["title"]) == (2, "BANT")


async def test_the_preview_shows_the_form_as_it_stands_and_keeps_nothing(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser, claims=[{"key": "budget.confirmed", "value": True}])
    shown = await browser.post(f"{BANT}/preview?lead={lead_id}", data=easy())
    assert "Verdict Nurture Qualified" in words(shown.text)
    assert (await read(browser))["has_draft"] is False
    wrong = await browser.post(f"{BANT}/preview?lead={lead_id}", data=easy() | {"verdicts[0].score": "x"})
    assert "Shown once there is nothing to mend: verdicts[0].score is not a whole number." in wrong.text
    assert "No lead is found." in (await browser.get(f"{BANT}/edit?q=nobodyatall")).text


async def test_a_draft_is_tried_then_published_with_its_note(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser, claims=[{"key": "budget.confirmed", "value": True}])
    assert (await saved(browser, easy(), do="try")).headers["location"] == f"{BANT}/try"
    tried = (await browser.get(f"{BANT}/try")).text
    assert "1 lead of 1 would have another verdict. These are all leads there are." in words(tried)
    assert f"/leads/{lead_id}" in tried
    assert (await read(browser))["version"] == 0
    asked = words((await browser.get(f"{BANT}/publish")).text)
    assert "verdicts, qualified, score: 70 → 2" in asked
    seen = seen_in((await browser.get(f"{BANT}/publish")).text)
    assert (await saved(browser, easy() | {"title": "Easy"})).status_code == 303
    unread = await browser.post(f"{BANT}/publish", data={"note": "Easier", "seen": seen})
    assert (unread.headers["location"], (await read(browser))["version"]) == (f"{BANT}/publish", 0)
    seen = seen_in((await browser.get(f"{BANT}/publish")).text)
    published = await browser.post(f"{BANT}/publish", data={"note": "Easier", "seen": seen})
    assert published.headers["location"] == BANT
    page = (await browser.get(BANT)).text
    assert "Version 1 is live." in page
    assert 'id="rescoring"' in page
    assert "Easier" in (await browser.get(f"{BANT}/versions")).text
    assert (await browser.get(f"{BANT}/publish")).status_code == 404


async def test_the_text_is_the_same_draft_and_says_the_line_it_cannot_read(browser: httpx2.AsyncClient) -> None:
    text = (await browser.get(f"{BANT}/download")).text
    assert text.startswith("name: bant\ntitle: BANT\nmode: weighted\nelements:\n")
    seen = seen_in((await browser.get(f"{BANT}/text")).text)
    broken = await browser.post(f"{BANT}/text", data={"document": "title: [", "seen": seen})
    assert (broken.status_code, "line 1" in broken.text or "line 2" in broken.text) == (422, True)
    odd = {"document": "name: bant\nelements: 5", "seen": seen}
    assert (await browser.post(f"{BANT}/text", data=odd)).status_code == 303
    assert (await browser.get(f"{BANT}/edit")).headers["location"] == f"{BANT}/text"
    seen = seen_in((await browser.get(f"{BANT}/text")).text)
    text = text.replace("title: BANT", "title: Ours")
    assert (await browser.post(f"{BANT}/text", data={"document": text, "seen": seen})).status_code == 303
    assert 'value="Ours"' in (await browser.get(f"{BANT}/edit")).text
