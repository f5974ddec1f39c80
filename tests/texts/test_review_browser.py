"""Texts in a real browser: readable in every look, decided by keys alone, live, usable without scripts."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.browser import Look, Pages, grave_violations, overflow
from tests.casting import Cast, an_organisation, prepared, session_cookie
from tests.corridor.conftest import a_rule, an_intake, publish_rules

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause
from oppspot.texts.extracting import LocalExtractor
from oppspot.texts.services.adding import add_document, read_typed
from oppspot.texts.types import Context, ExtractorFailed, Proposals

pytestmark = [pytest.mark.browser, pytest.mark.db]
# Set to a folder to keep a picture of every page.
PICTURES = os.environ.get("OPPSPOT_TEST_PICTURES")
CALL = """Rita Rep: Thanks for taking the time. What is your budget?
Anna Berg: Our budget is 80k and the board has approved it.
Rita Rep: Who decides?
Anna Berg: Our CFO Peter Lang makes the final decision. We want to sign by 15 March 2027.
Rita Rep: What hurts most today?
Anna Berg: The biggest problem is that leads sit in an inbox for days. We're also looking at Leadly and Routebox.
Anna Berg: The tool must integrate with SAP."""
STATES = ("empty", "list", "review", "decided", "failed", "waiting", "nothing")


@dataclass(frozen=True, slots=True)
class Stage:
    cast: Cast
    paths: dict[str, str]


async def _set(database: Database) -> Stage:
    cast, now = await an_organisation(database), utc_now()
    await publish_rules(database, cast, [a_rule(cast)])
    async with database.transaction(cast.org_id) as tx:
        people = [("anna@nordwind.example", "Anna", "Berg"), ("bo@volta.example", "Bo", "Chen")]
        intakes = [an_intake({"email": m, "first_name": f, "last_name": n}, now) for m, f, n in people]
        anna, bo = await take_in(tx, cast.system, intakes, now, Cause("test"))
    paths = {"list": f"/leads/{anna.id}/texts", "empty": f"/leads/{bo.id}/texts"}
    for state in ("review", "decided", "keys", "late", "quick", "scriptless", "failed", "waiting", "nothing"):
        text = "We had lunch and it rained." if state == "nothing" else CALL
        paths[state] = f"/leads/{anna.id}/texts/{await _add(database, cast, anna.id, text, state)}"
    return Stage(cast, paths)


class _Model:
    """A model that is down; one that is not local is asked by a worker, of which there is none here."""

    name = "openai"

    def __init__(self, *, is_local: bool) -> None:
        self.is_local = is_local

    async def propose(self, text: str, context: Context) -> Proposals:  # noqa: ARG002 — the port's signature
        raise ExtractorFailed("OpenAI did not answer in time. Nothing was proposed; try again.")


async def _add(database: Database, cast: Cast, lead_id: UUID, text: str, state: str) -> UUID:
    now = utc_now()
    extractor = {"failed": _Model(is_local=True), "waiting": _Model(is_local=False)}.get(state, LocalExtractor())
    async with database.transaction(cast.org_id) as tx:
        read = read_typed(text)
        return await add_document(tx, cast.rep.actor, lead_id, read, now, name=f"Call, {state}", extractor=extractor)


@pytest.fixture(scope="module")
def stage(database_url: str) -> Stage:
    return prepared(database_url, _set)


@pytest.fixture
def opened(stage: Stage, live_site: str, database_url: str, pages: Pages):
    def opening(state: str, look: Look = Look.LIGHT, **options: object) -> Page:
        page = pages.new(look, **options)
        page.context.add_cookies([session_cookie(database_url, stage.cast.rep, live_site)])
        page.goto(live_site + stage.paths[state])
        return page

    return opening


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_readable_in_every_look(opened, state):
    for look in Look:
        page = opened(state, look)
        if state == "decided" and look is Look.LIGHT:
            page.get_by_role("button", name="Accept all").click()
            page.wait_for_load_state()
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{state}-{look}.png", full_page=True)
        assert grave_violations(page) == [], (state, look)
        assert overflow(page) <= 0, (state, look)


def test_everything_is_decided_by_keys_alone(opened):
    page = opened("keys")
    cards = page.locator(".proposal")
    count = cards.count()
    page.keyboard.press("j")
    expect(cards.first.locator("[data-row-link]")).to_be_focused()
    expect(page.locator("mark.is-current").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator(".proposal-accepted")).to_have_count(1)
    expect(cards.nth(1).locator("[data-row-link]")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator(".proposal-rejected")).to_have_count(1)
    expect(cards.nth(2).locator("[data-row-link]")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(page.locator(".proposal-rejected")).to_have_count(0)
    expect(cards.nth(1).locator("[data-row-link]")).to_be_focused()
    page.keyboard.press("e")
    field = cards.nth(1).locator("form :is(input:not([type=hidden]), select, textarea)")
    expect(field).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".proposal-accepted, .proposal-edited")).to_have_count(2)
    expect(cards).to_have_count(count)


def test_an_update_on_its_way_takes_nothing_from_who_has_begun(opened):
    page, late = opened("late"), []
    page.route(page.url, lambda route: late.append(route) if route.request.method == "GET" else route.continue_())
    page.keyboard.press("j")
    with page.expect_request(lambda request: request.method == "GET" and request.url == page.url):
        page.keyboard.press("a")
    page.keyboard.press("e")
    field = page.locator(".proposal").nth(1).locator("form :is(input:not([type=hidden]), select, textarea)")
    expect(field).to_be_focused()
    late.pop().continue_()
    live = page.locator("html")
    expect(live).to_have_attribute("data-live", "waiting")
    expect(field).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(field).not_to_be_focused()
    page.unroute(page.url)
    expect(live).to_have_attribute("data-live", "live")


def test_a_key_pressed_as_soon_as_the_list_stands_there_is_heard(opened):
    page = opened("quick")
    page.evaluate("""() => {
        window.unchanged = true;
        const key = new KeyboardEvent("keydown", { key: "r", bubbles: true });
        const press = () => document.activeElement.dispatchEvent(key);
        document.addEventListener("htmx:afterSwap", () => setTimeout(press, 1), { once: true });
    }""")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".proposal-rejected")).to_have_count(1)
    expect(page.locator(".proposal-accepted")).to_have_count(1)
    assert page.evaluate("window.unchanged"), "the key left the page"


def test_the_help_tells_the_keys_of_the_review(opened):
    page = opened("review")
    page.keyboard.press("?")
    told = page.locator("[data-key-list]").inner_text()
    for words in ("Accept", "Reject", "Edit"):
        assert words in told


def test_a_text_is_reviewed_without_scripts(opened):
    page = opened("scriptless", java_script_enabled=False)
    page.locator(".proposal-open, .proposal-proposed").first.get_by_role("button", name="Accept").click()
    expect(page.locator(".proposal-accepted")).to_have_count(1)
    page.locator(".proposal-accepted").get_by_role("button", name="Undo").click()
    expect(page.locator(".proposal-accepted")).to_have_count(0)
