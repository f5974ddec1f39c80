"""The pages of frameworks: listed, shown, begun from another, retired and taken back, their versions."""

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.qualification.test_deciding_pages import a_lead, undo_in, words

pytestmark = [pytest.mark.anyio, pytest.mark.db]
HOME = "/qualification/frameworks"


@pytest.fixture
async def browser(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def test_the_list_says_what_is_live_and_how_many_leads_stand_where(browser: httpx2.AsyncClient) -> None:
    await a_lead(browser)
    page = words((await browser.get("/qualification")).text)
    assert "BANT bant Live as shipped 1 Nurture 1" in page
    assert "MEDDIC meddic Live as shipped 0 none yet" in page
    assert "SPICED" in page


@pytest.mark.parametrize("name", ["bant", "meddic"])
async def test_a_framework_shows_what_it_asks_and_when_it_says_what(browser: httpx2.AsyncClient, name: str) -> None:
    page = words((await browser.get(f"{HOME}/{name}")).text)
    assert "weight" in page
    assert "Verdicts, the first that holds" in page
    assert (await browser.get(f"{HOME}/nothing")).status_code == 404


async def test_a_copy_is_a_draft_until_it_is_published_and_the_toast_takes_it_back(browser: httpx2.AsyncClient) -> None:
    form = {"name": "ours", "title": "Ours"}
    assert (await browser.post(f"{HOME}/spiced/duplicate", data=form)).headers["location"] == f"{HOME}/ours/edit"
    page = (await browser.get(f"{HOME}/ours")).text
    assert "A draft: no lead is qualified by it yet." in words(page)
    assert "never published" in words((await browser.get("/qualification")).text)
    assert (await browser.post(undo_in(page))).headers["location"] == "/qualification"
    assert (await browser.get(f"{HOME}/ours")).status_code == 404


async def test_a_taken_or_impossible_name_comes_back_with_what_is_accepted(browser: httpx2.AsyncClient) -> None:
    taken = await browser.post(f"{HOME}/spiced/duplicate", data={"name": "bant", "title": "Ours"})
    assert (taken.status_code, "is taken" in taken.text, 'value="Ours"' in taken.text) == (422, True, True)
    odd = await browser.post(f"{HOME}/spiced/duplicate", data={"name": "Not So", "title": "Ours"})
    assert (odd.status_code, 'value="Not So"' in odd.text) == (422, True)


async def test_what_is_chosen_cannot_be_retired_the_rest_comes_back(browser: httpx2.AsyncClient) -> None:
    await browser.post(f"{HOME}/bant/retire")
    assert "It is still chosen" in (await browser.get("/qualification")).text
    await browser.post(f"{HOME}/spiced/duplicate", data={"name": "ours", "title": "Ours"})
    await browser.post("/api/qualification/frameworks/ours/publish", json={})
    await browser.get("/qualification")  # shows the toasts so far
    await browser.post(f"{HOME}/ours/retire")
    page = (await browser.get("/qualification")).text
    assert "Ours ours Retired version 1" in words(page)
    await browser.post(undo_in(page))
    assert "Ours ours Live version 1" in words((await browser.get("/qualification")).text)


async def test_a_former_version_is_compared_and_made_live_again(browser: httpx2.AsyncClient) -> None:
    document = (await browser.get("/api/qualification/frameworks/bant")).json()["document"]
    changed = {**document, "title": "Our BANT"}
    await browser.post("/api/qualification/frameworks/bant/publish", json={"document": changed})
    assert "BANT → Our BANT" in words((await browser.get(f"{HOME}/bant/versions")).text)
    assert (await browser.get(f"{HOME}/bant/versions/1")).status_code == 200
    assert (await browser.post(f"{HOME}/bant/versions/0/publish", data={"expected_version": "1"})).status_code == 303
    assert (await browser.get("/api/qualification/frameworks/bant")).json()["title"] == "BANT"
