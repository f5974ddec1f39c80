"""The desk by keyboard: j and k walk, a accepts, t and r open, w says why; what is done leads to the next."""

import pytest
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
