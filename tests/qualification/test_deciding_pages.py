"""What people decide on the pages: frameworks, verdicts against the machine; and how a lead came to where it is."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.qualification.frameworks import shipped_framework
from oppspot.qualification.pages.drawing import Axis, Moment, draw_history, radar

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def browser(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


@pytest.fixture
async def spiced(database: Database, cast: Cast) -> None:
    """Put a template to use as a framework of the organisation's own."""
    async with database.transaction(cast.org_id) as tx:
        document = shipped_framework("spiced").document
        await publish_config(tx, cast.system, "framework:spiced", document, utc_now())


async def a_lead(browser: httpx2.AsyncClient, **details: Any) -> str:
    body = {"email": "ada@nordwind.example", "first_name": "Ada", "company": {"name": "Nordwind", "employees": 240}}
    return str((await browser.post("/api/leads", json=body | details)).json()["id"])


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page))


def undo_in(page: str) -> str:
    found = re.search(r'action="([^"]+)"><button class="btn-quiet" type="submit">Undo', page)
    assert found
    return found[1].replace("&amp;", "&")


async def own_framework(browser: httpx2.AsyncClient, lead_id: str) -> tuple[str, list[str]]:
    standings = (await browser.get(f"/api/qualification/assessments/{lead_id}")).json()["standings"]
    return standings[0]["by"], [item["framework"] for item in standings]


async def test_the_page_of_a_lead_says_why_it_is_qualified_so(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser, company={"name": "Nordwind", "employees": 4_000})
    page = words((await browser.get(f"/leads/{lead_id}")).text)
    assert "A large or complex deal: employees 4,000, from 1,000 on." in page
    assert "Held" not in page
    beside = words((await browser.get(f"/leads/{lead_id}/qualification/bant")).text)
    assert "Held beside the lead" in beside


@pytest.mark.usefixtures("spiced")
async def test_a_framework_is_chosen_by_hand_and_taken_back_by_the_toast(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    form = {"framework": "meddic", "also": ["spiced", "meddic"]}
    assert (await browser.post(f"/leads/{lead_id}/frameworks", data=form)).status_code == 303
    assert await own_framework(browser, lead_id) == ("hand", ["meddic", "spiced", "bant"])
    page = (await browser.get(f"/leads/{lead_id}/qualification")).text
    assert "Chosen by Max Manager." in words(page)
    await browser.post(undo_in(page))
    assert await own_framework(browser, lead_id) == ("default", ["bant"])


@pytest.mark.usefixtures("spiced")
async def test_the_rules_decide_again_and_that_too_is_taken_back(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    await browser.post(f"/leads/{lead_id}/frameworks", data={"framework": "meddic"})
    await browser.get(f"/leads/{lead_id}")
    await browser.post(f"/leads/{lead_id}/frameworks", data={"framework": "", "also": "spiced"})
    assert await own_framework(browser, lead_id) == ("default", ["bant", "spiced"])
    page = (await browser.get(f"/leads/{lead_id}/qualification")).text
    assert "Left to the rules: BANT." in page
    await browser.post(undo_in(page))
    assert await own_framework(browser, lead_id) == ("hand", ["meddic", "bant"])


async def test_a_framework_there_is_not_is_refused_in_words(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    await browser.post(f"/leads/{lead_id}/frameworks", data={"framework": "tarot"})
    assert "not a framework in use" in words((await browser.get(f"/leads/{lead_id}")).text)


async def test_an_override_stands_beside_the_machine_until_it_is_taken_back(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser, claims=[{"key": "budget.confirmed", "value": True}])
    home = f"/leads/{lead_id}/qualification/bant"
    until = (utc_now() + timedelta(days=20)).date()
    form = {"status": "qualified", "overall_score": "81", "reason": "Signed letter", "expires_on": until.isoformat()}
    assert (await browser.post(f"{home}/override", data=form)).status_code == 303
    page = (await browser.get(home)).text
    beside = f"Max Manager: qualified 81 until {until.day} {until:%b}"
    assert re.search(rf"Machine: nurture \d+ · {beside}.*: Signed letter", words(page).replace(" :", ":"))
    lead = words((await browser.get(f"/leads/{lead_id}")).text)
    assert "machine: nurture" in lead
    await browser.post(f"{home}/override/withdraw")
    after = (await browser.get(home)).text
    assert "Signed letter" not in after
    await browser.post(undo_in(after))
    assert "Signed letter" in (await browser.get(home)).text
    history = words((await browser.get(f"{home}/override")).text)
    assert ("Taken back" in history, history.count("Signed letter")) == (True, 3)


async def test_undoing_a_second_override_brings_the_first_back(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    home = f"/leads/{lead_id}/qualification/bant"
    await browser.post(f"{home}/override", data={"status": "qualified", "reason": "First thought"})
    await browser.get(home)
    await browser.post(f"{home}/override", data={"status": "disqualified", "reason": "Second thought"})
    await browser.post(undo_in((await browser.get(home)).text))
    assert "First thought" in words((await browser.get(home)).text)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"status": "qualified"}, "reason"),
        ({"reason": "Because"}, "status"),
        ({"overall_score": "101", "reason": "Because"}, "overall_score"),
        ({"overall_score": "many", "reason": "Because"}, "overall_score"),
        ({"status": "splendid", "reason": "Because"}, "status"),
        ({"status": "qualified", "reason": "Because", "expires_on": "2020-01-01"}, "expires_on"),
        ({"status": "qualified", "reason": "Because", "expires_on": "soon"}, "expires_on"),
    ],
)
async def test_an_override_that_is_not_accepted_names_its_field(
    browser: httpx2.AsyncClient, form: dict[str, str], field: str
) -> None:
    home = f"/leads/{await a_lead(browser)}/qualification/bant"
    answer = await browser.post(f"{home}/override", data=form)
    assert (answer.status_code, f'id="field-{field}-error"' in answer.text) == (422, True)
    assert (await browser.get(f"/api/qualification/assessments/{home.split('/')[2]}")).json()["overrides"] == []


async def test_the_terms_of_a_change_sum_to_it(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser, claims=[{"key": "budget.confirmed", "value": True}])
    home = f"/leads/{lead_id}/qualification/bant"
    await browser.post(home, data={"need.urgency": "high", "budget.range": "over_500k"})
    page = (await browser.get(f"{home}/changes")).text
    section = page.split('aria-label="Change of the score"')[1].split("</section>")[0]
    cells = re.findall(r'<td class="numeric">([^<]+)</td>', section)
    *terms, total = [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in cells]
    assert len(terms) > 1
    assert round(sum(terms), 2) == total > 0
    assert "new evidence" in section


async def test_changes_ask_for_moments_and_say_which_they_cannot_read(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    home = f"/leads/{lead_id}/qualification/bant"
    for since in ("yesterday", "2020-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"):
        answer = await browser.get(f"{home}/changes", params={"since": since})
        assert answer.status_code in (200, 422), since
    early = await browser.get(f"{home}/changes", params={"since": "2020-01-01T00:00"})
    assert "was not assessed by bant before" in words(early.text)


async def test_history_draws_no_line_through_one_point(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    home = f"/leads/{lead_id}/qualification/bant"
    one = (await browser.get(f"{home}/history")).text
    assert ("two are needed" in one, "chart-score" in one) == (True, False)
    await browser.post(home, data={"need.urgency": "high"})
    assert "chart-score" in (await browser.get(f"{home}/history")).text
    assert "Not assessed by MEDDIC yet" in (await browser.get(f"/leads/{lead_id}/qualification/meddic/history")).text


def test_a_history_steps_from_entry_to_entry_and_leaves_gaps() -> None:
    began = datetime.fromisoformat("2026-11-01T00:00+00:00")
    days = [began + timedelta(days=day) for day in (0, 2, 5)]
    drawn = draw_history(
        [
            Moment(days[0], 40, 0.2, "nurture"),
            Moment(days[1], None, 0.0, "nurture"),
            Moment(days[2], 90, 1.0, "qualified"),
        ],
        began + timedelta(days=10),
    )
    assert drawn.score == "M0 60 H20 M50 10 H100"
    assert drawn.coverage == "M0 80 H20 V100 H50 V0 H100"
    assert [(one.status, one.start, one.width) for one in drawn.stretches] == [
        ("nurture", 0, 50),
        ("qualified", 50, 50),
    ]


def test_a_radar_starts_at_the_top_and_an_unknown_score_lies_at_the_centre() -> None:
    drawn = radar([Axis("Up", 100), Axis("Right", None), Axis("Down", 50), Axis("Left", 25)])
    assert drawn.shape == "0,-100 0,0 0,50 -25,0"
    assert [spoke.anchor for spoke in drawn.spokes] == ["middle", "start", "middle", "end"]


async def test_lists_show_the_verdict_of_each_leads_own_framework(browser: httpx2.AsyncClient) -> None:
    large = {"name": "Large", "domain": "large.example", "employees": 4_000}
    claims = [{"key": "need.urgency", "value": "critical"}]
    await a_lead(browser, email="bo@large.example", first_name="Bo", company=large, claims=claims)
    lead_id = await a_lead(browser)
    form = {"status": "qualified", "reason": "They have signed"}
    await browser.post(f"/leads/{lead_id}/qualification/bant/override", data=form)
    page = words((await browser.get("/leads")).text)
    assert "Omitted MEDDIC" in page
    assert "Qualified BANT" in page
    only = (await browser.get("/leads?framework=meddic&verdict=omitted", headers={"HX-Request": "true"})).text
    assert (">Bo<" in only, ">Ada<" in only) == (True, False)


async def test_questions_say_what_they_take_and_what_they_change(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    page = (await browser.get(f"/leads/{lead_id}/qualification/bant")).text
    questions = page.split("Next best questions")[1].split("</ol>")[0]
    assert re.search(r"\d min · changes [\d.]+ points on average", words(questions))
    assert f'href="/leads/{lead_id}/qualification/bant/evidence/' in questions
