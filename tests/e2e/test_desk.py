"""The desk by keyboard: j and k walk, a accepts, t and r open, w says why; what is done leads to the next."""

import pytest
from playwright.sync_api import Page
from tests.contracts.worlds import World
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.db]
_FOCUSED = "document.activeElement.closest('[data-row]')?.dataset.row ?? null"


def test_a_rep_works_the_desk_by_keyboard_alone(site: Site, lively: World) -> None:
    page = site.open("/inbox", lively.cast.rep)
    waiting = page.locator("tr[data-row-open]")
    number = waiting.count()
    assert number >= 2
    first, second = (waiting.nth(place).get_attribute("data-row") for place in (0, 1))
    page.keyboard.press("j")
    while page.evaluate(_FOCUSED) != first:
        page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_function("n => document.querySelectorAll('tr[data-row-open]').length === n", arg=number - 1)
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=second)
    for key, words in [("t", "Record a touch"), ("r", "Hand back"), ("w", "Why it went there")]:
        page.keyboard.press(key)
        page.locator("#drawer[open]").get_by_text(words).first.wait_for()
        page.keyboard.press("Escape")
        page.locator("#drawer[open]").wait_for(state="hidden")
    page.keyboard.press("k")
    page.keyboard.press("?")
    assert "Record a touch" in page.locator("[data-key-list]").inner_text()


def test_a_list_that_is_replaced_behind_a_drawer_keeps_the_row_in_focus(site: Site, lively: World) -> None:
    page = site.open("/inbox", lively.cast.rep)
    page.keyboard.press("j")
    page.wait_for_function(f"() => ({_FOCUSED}) !== null")
    row = page.evaluate(_FOCUSED)
    page.keyboard.press("w")
    page.locator("#drawer[open]").get_by_text("Why it went there").first.wait_for()
    page.evaluate("id => { document.querySelector(`[data-row='${id}']`).dataset.before = '' }", row)
    with page.expect_response("**/inbox"):
        page.evaluate("() => { htmx.trigger(document.body, 'live:leads') }")
    page.locator(f"[data-row='{row}']:not([data-before])").wait_for()
    page.keyboard.press("Escape")
    page.locator("#drawer[open]").wait_for(state="hidden")
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=row)


def _walk_to(page: Page, row: str | None) -> None:
    page.keyboard.press("j")
    while page.evaluate(_FOCUSED) != row:
        page.keyboard.press("j")


def _record(page: Page, note: str) -> None:
    page.keyboard.press("t")
    page.locator("#drawer[open]").get_by_label("What came of it").fill(note)
    page.get_by_role("button", name="Record", exact=True).press("Enter")


def _is_noted(page: Page, times: int) -> None:
    page.locator("#drawer[open]").wait_for(state="hidden")
    page.locator("#toasts").get_by_text("Noted.").nth(times - 1).wait_for()


def test_what_is_recorded_is_answered_in_place_and_leads_on_to_the_next_that_waits(site: Site, lively: World) -> None:
    page = site.open("/inbox", lively.cast.rep)
    page.evaluate("() => { document.body.dataset.stayed = 'yes' }")
    waiting = page.locator("tr[data-row-open]")
    row, following = (waiting.nth(place).get_attribute("data-row") for place in (0, 1))
    _walk_to(page, row)
    _record(page, "Left a message")
    _is_noted(page, 1)
    page.locator(f"tr[data-row='{row}']:not([data-row-open])").wait_for()
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=following)
    while page.evaluate(_FOCUSED) != row:
        page.keyboard.press("j")
    _record(page, "Called again")
    _is_noted(page, 2)
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=row)
    assert (page.evaluate("() => document.body.dataset.stayed"), page.url) == ("yes", f"{site.address}/inbox")


def test_what_is_refused_in_the_drawer_is_said_there_at_its_field(site: Site, lively: World) -> None:
    site.pages.expect("status of 422")
    page = site.open("/inbox", lively.cast.rep)
    row = page.locator("tr[data-row]").first.get_attribute("data-row")
    _walk_to(page, row)
    _record(page, "x" * 2_001)
    page.locator("#drawer[open] .field-error").get_by_text("is too long").wait_for()
    page.wait_for_function("() => document.activeElement.name === 'note'")
    page.keyboard.press("Escape")
    page.locator("#drawer[open]").wait_for(state="hidden")
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=row)


def test_after_handing_back_in_the_drawer_the_row_that_follows_has_the_focus(site: Site, lively: World) -> None:
    page = site.open("/inbox", lively.cast.rep)
    page.evaluate("() => { document.body.dataset.stayed = 'yes' }")
    rows = page.locator("tr[data-row]:not([data-row=''])")
    first, second = (rows.nth(place).get_attribute("data-row") for place in (0, 1))
    _walk_to(page, first)
    page.keyboard.press("r")
    page.locator("#drawer[open]").get_by_label("Why").fill("Not my region")
    page.locator("#drawer[open]").get_by_role("button", name="Hand back").press("Enter")
    page.locator("#toasts").get_by_text("Handed back.").wait_for()
    page.locator(f"tr[data-row='{first}']").wait_for(state="detached")
    page.wait_for_function(f"id => ({_FOCUSED}) === id", arg=second)
    assert page.evaluate("() => document.body.dataset.stayed") == "yes"
