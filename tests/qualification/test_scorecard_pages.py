"""The scorecard of a lead, by whatever framework: numbers with reasons, a form from the definition, the evidence."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import yaml
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.qualification.known import all_current_values
from oppspot.qualification.pages.sureness import confidence_terms
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.rules import assess
from oppspot.qualification.types import Claim

pytestmark = [pytest.mark.anyio, pytest.mark.db]

HOUSE = """
name: house
title: House rules
elements:
  - id: setting
    title: Setting
    weight: 0.5
    criteria:
      - id: roof
        title: Kind of roof
        key: house.roof
        points: 10
        ask: Ask what roof it has
        rule: {kind: choice, points: {tiles: 10, tin: 4}}
  - id: people
    title: People
    weight: 0.5
    criteria:
      - id: rooms
        title: Rooms
        key: house.rooms
        points: 10
        ask: Count the rooms
        rule: {kind: items, each: 5, states: [warm]}
claim_keys:
  house.roof: {title: Roof of the house, kind: {type: choice, values: [tiles, tin]}}
  house.rooms:
    title: Rooms of the house
    kind: {type: items, identity: name, fields: {name: {type: text}, warm: {type: flag}, area: {type: number}}}
verdicts:
  - {status: fine, score: 50, review_days: 30}
  - {status: poor, review_days: 30}
"""


@pytest.fixture
async def browser(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def a_lead(browser: httpx2.AsyncClient, **details: Any) -> str:
    body = {"email": "ada@nordwind.example", "first_name": "Ada", "company": {"name": "Nordwind", "employees": 240}}
    return str((await browser.post("/api/leads", json=body | details)).json()["id"])


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page))


async def test_every_framework_has_a_scorecard_made_from_its_definition(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    page = (await browser.get(f"/leads/{lead_id}/qualification/meddic")).text
    for element in ("Metrics", "Economic buyer", "Decision criteria", "Decision process", "Identify pain", "Champion"):
        assert element in page, element
    assert 'name="champion.influence_level"' in page
    assert "One a line: name | baseline | target | unit | measurable" in page
    assert page.count('class="radar-spoke"') == 6


async def test_a_framework_with_claim_keys_of_its_own_is_asked_and_answered(
    browser: httpx2.AsyncClient, database: Database, cast: Cast
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.system, "framework:house", yaml.safe_load(HOUSE), utc_now())
    lead_id = await a_lead(browser)
    home = f"/leads/{lead_id}/qualification/house"
    form = {"house.roof": "tiles", "house.rooms": "Kitchen | 20 | yes\nHall |  | no", "grade": "verified"}
    answer = await browser.post(home, data=form)
    assert answer.status_code == 303, words(answer.text)[-3000:]
    page = (await browser.get(home)).text
    assert "Kitchen | 20 | yes\nHall |  | no" in page
    assert "Roof of the house: tiles" in page
    assert 'class="radar"' not in page  # two elements span nothing
    claims = (await browser.get(f"/api/qualification/claims/{lead_id}")).json()["items"]
    rooms = next(claim["value"] for claim in claims if claim["key"] == "house.rooms")
    assert rooms == [{"name": "Kitchen", "warm": True, "area": 20}, {"name": "Hall", "warm": False}]


async def test_saving_by_another_framework_makes_the_lead_hold_it(browser: httpx2.AsyncClient) -> None:
    lead_id = await a_lead(browser)
    home = f"/leads/{lead_id}/qualification/meddic"
    assert "is not qualified by MEDDIC" in (await browser.get(home)).text
    await browser.post(home, data={"champion.identified": "yes"})
    page = (await browser.get(f"/leads/{lead_id}")).text
    assert f'href="{home}"' in page


async def test_the_evidence_of_an_answer_says_who_where_and_until_when(browser: httpx2.AsyncClient) -> None:
    quote = {"kind": "quote", "text": "We set 80k aside", "document": "call.vtt", "start": 120, "end": 136}
    lead_id = await a_lead(
        browser, claims=[{"key": "budget.confirmed", "value": True, "grade": "corroborated", "evidence": quote}]
    )
    page = words((await browser.get(f"/leads/{lead_id}/qualification/bant/evidence/budget.confirmed")).text)
    for shown in ("“We set 80k aside”", "call.vtt, characters 120 to 136", "Corroborated", "holds until", "Counts"):
        assert shown in page, shown
    assert (await browser.get(f"/leads/{lead_id}/qualification/bant/evidence/no.such")).status_code == 404


async def test_an_address_that_a_browser_must_not_follow_is_no_link(browser: httpx2.AsyncClient) -> None:
    claims = [
        {"key": "budget.confirmed", "value": True, "evidence": {"kind": "url", "text": "javascript:alert(1)"}},
        {"key": "need.urgency", "value": "high", "evidence": {"kind": "url", "text": "https://nordwind.example/q3"}},
    ]
    page = (await browser.get(f"/leads/{await a_lead(browser, claims=claims)}/claims")).text
    assert 'href="https://nordwind.example/q3"' in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("grade", ["corroborated", "verified"])
async def test_a_contradiction_shows_both_sides_and_is_settled(browser: httpx2.AsyncClient, grade: str) -> None:
    lead_id = await a_lead(
        browser,
        claims=[
            {"key": "budget.confirmed", "value": True, "source": "crm", "grade": grade},
            {"key": "budget.confirmed", "value": False, "source": "enrichment", "grade": grade},
        ],
    )
    home = f"/leads/{lead_id}/qualification/bant"
    assert "Sources disagree: budget confirmed" in words((await browser.get(home)).text)
    sides = (await browser.get(f"{home}/evidence/budget.confirmed")).text
    assert "from the CRM" in sides
    disagreeing = re.findall(r'name="side" value="([0-9a-f-]{36})"', sides)
    assert len(disagreeing) == 2
    form = {"side": disagreeing[1], "grade": "verified", "evidence": "Asked the CFO"}
    assert (await browser.post(f"{home}/evidence/budget.confirmed", data=form)).status_code == 303
    assert "Sources disagree" not in words((await browser.get(home)).text)
    newest = (await browser.get(f"/api/qualification/claims/{lead_id}")).json()["items"][0]
    assert (newest["grade"], newest["evidence"]["text"]) == ("verified", "Settled: Asked the CFO")


async def test_an_answer_that_cannot_be_read_is_named_in_the_drawer(browser: httpx2.AsyncClient) -> None:
    address = f"/leads/{await a_lead(browser)}/qualification/bant/evidence/budget.estimated_budget"
    answer = await browser.post(address, data={"side": "other", "value": "a lot"})
    assert (answer.status_code, "is not a number" in answer.text) == (422, True)
    assert (await browser.post(address, data={"side": "other", "value": " "})).status_code == 422


async def test_what_was_said_is_withdrawn_and_brought_back(browser: httpx2.AsyncClient) -> None:
    observed = (utc_now() - timedelta(days=3)).isoformat()
    lead_id = await a_lead(browser, claims=[{"key": "need.urgency", "value": "high", "observed_at": observed}])
    page = (await browser.get(f"/leads/{lead_id}/claims")).text
    assert "BANT: Need, urgency" in words(page)
    await browser.post(f"/leads/{lead_id}/claims/withdraw?key=need.urgency")
    after = (await browser.get(f"/leads/{lead_id}/claims")).text
    assert "BANT: Need, urgency" not in words(after)
    undo = re.search(r'action="(/leads/[^"]+/claims/restore\?claim=[0-9a-f-]+)"', after)
    assert undo
    await browser.post(undo[1])
    assert "BANT: Need, urgency" in words((await browser.get(f"/leads/{lead_id}/claims")).text)


async def test_claims_are_filtered_by_what_they_are_about(browser: httpx2.AsyncClient) -> None:
    claims = [{"key": "need.urgency", "value": "high"}, {"key": "budget.range", "value": "over_500k"}]
    lead_id = await a_lead(browser, claims=claims)
    only = words((await browser.get(f"/leads/{lead_id}/claims?about=need", headers={"HX-Request": "true"})).text)
    assert "Urgency" in only
    assert "over 500k" not in only
    assert "Nothing was said about that" in (await browser.get(f"/leads/{lead_id}/claims?key=need.use_cases")).text


async def test_coverage_and_confidence_open_terms_that_add_up(browser: httpx2.AsyncClient) -> None:
    claims = [{"key": "budget.confirmed", "value": True, "grade": "verified"}, {"key": "need.urgency", "value": "high"}]
    page = (await browser.get(f"/leads/{await a_lead(browser, claims=claims)}/qualification/bant")).text
    for title in ("Known and fresh, of 100 points", "Known, as far as its evidence is trusted"):
        section = page.split(f'aria-label="{title}"')[1].split("</section>")[0]
        shown = [
            cell.replace("\N{MINUS SIGN}", "-") for cell in re.findall(r'<td class="numeric">([^<]+)</td>', section)
        ]
        *terms, total = map(float, shown)
        assert round(sum(terms), 1) == pytest.approx(total, abs=0.11), title
        assert total > 0


def test_one_fact_that_everything_hangs_on_is_held_back_in_sight() -> None:
    document = yaml.safe_load(HOUSE)
    document["elements"] = [document["elements"][0] | {"weight": 1}]
    framework, now = parse_framework(document), utc_now()
    roof = Claim(id=new_id(), key="house.roof", value="tin", source="rep", grade="verified", observed_at=now)
    assessment = assess(framework, [roof], now)
    values = all_current_values(framework, [roof], now)
    terms = confidence_terms(framework, assessment, [roof], values, now)
    assert [(term.label, term.points) for term in terms] == [("Setting", 100), ("1 fact cannot give more", -50)]
    assert assessment.confidence == 0.5


async def test_a_number_says_from_where_to_where_it_goes(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get(f"/leads/{await a_lead(browser)}/qualification/bant")).text
    for key, words_ in {
        "authority.committee_size": "A whole number from 1 to 1,000.",
        "need.solution_fit": "A number from 0 to 100.",
        "budget.estimated_budget": "A number, 0 or more.",
    }.items():
        assert re.search(rf'name="{re.escape(key)}".{{0,400}}{re.escape(words_)}', page, re.DOTALL), key
