"""Rules are put in order by dragging them, and by keyboard without losing one's place."""

import pytest
from playwright.sync_api import Page, expect
from tests.casting import Cast, an_organisation, prepared
from tests.e2e.conftest import Site
from tests.routing.timed import publish, to_team

from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.browser, pytest.mark.db]
RULES = "/api/qualification/routing/rules"


def _names(page: Page, site: Site) -> list[str]:
    return [item["name"] for item in page.request.get(site.address + RULES).json()["items"]]


@pytest.fixture
def rules_page(site: Site, stage_url: str) -> Page:
    """Four rules of an organisation of its own: other tests rely on who is asked first in theirs."""

    async def made(database: Database) -> Cast:
        cast = await an_organisation(database, "Dunlin Pumps")
        rules = [
            to_team(cast, id=letter, name=f"Rule {letter}", priority=10 * place)
            for place, letter in enumerate("ABCD", start=1)
        ]
        await publish(database, cast, utc_now(), *rules)
        return cast

    cast = prepared(stage_url, made)
    page = site.open("/routing/rules", cast.manager)
    expect(page.locator("#lint[hx-get]")).to_have_count(0)  # what comes after the page moves the rows
    return page


def test_a_rule_is_dragged_to_the_top(rules_page: Page, site: Site) -> None:
    before = _names(rules_page, site)
    rows = rules_page.locator("[data-order] > tr")
    start, end = rows.last.locator("[data-grip]").bounding_box(), rows.first.bounding_box()
    assert start
    assert end
    rules_page.mouse.move(start["x"] + 5, start["y"] + 5)
    rules_page.mouse.down()
    rules_page.mouse.move(start["x"] + 5, end["y"] + 20, steps=8)
    rules_page.mouse.move(start["x"] + 5, end["y"] + 4, steps=4)
    rules_page.mouse.up()
    expect(rules_page.locator("#toasts")).to_contain_text("in this order from now on")
    assert _names(rules_page, site) == [before[-1], *before[:-1]]
    expect(rows.first.locator("[data-row-link]")).to_have_text(before[-1])


def test_a_rule_is_moved_by_keyboard_and_the_button_keeps_the_focus(rules_page: Page, site: Site) -> None:
    before = _names(rules_page, site)
    button = rules_page.get_by_role("button", name=f"Ask {before[-1]} earlier")
    button.focus()
    rules_page.keyboard.press("Enter")
    expect(rules_page.locator("#toasts")).to_contain_text("in this order from now on")
    assert _names(rules_page, site) == [*before[:-2], before[-1], before[-2]]
    expect(button).to_be_focused()


def test_a_rule_that_has_come_to_the_top_keeps_the_focus_where_it_was(rules_page: Page, site: Site) -> None:
    names = rules_page.locator("[data-order] > tr [data-row-link]")
    button = rules_page.get_by_role("button", name="Ask Rule D earlier")
    button.focus()
    for place in reversed(range(_names(rules_page, site).index("Rule D"))):
        rules_page.keyboard.press("Enter")
        expect(names.nth(place)).to_have_text("Rule D")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    rules_page.keyboard.press("Enter")
    assert _names(rules_page, site)[0] == "Rule D"
