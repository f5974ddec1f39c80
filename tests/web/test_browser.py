"""The pattern page in a real browser: what it looks like to axe, and what it does with and without JavaScript."""

import re
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser import Look, Pages, grave_violations, overflow
from tests.web.conftest import NOW

from oppspot.web import times
from oppspot.web.themes import COOKIE

pytestmark = pytest.mark.browser
PATTERNS = "/_patterns"

Opener = Callable[..., Page]


@pytest.fixture
def opened(pages: Pages, site: str) -> Opener:
    return lambda path=PATTERNS, look=Look.LIGHT, **options: pages.open(site + path, look, **options)


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("path", [PATTERNS, f"{PATTERNS}/confirm", f"{PATTERNS}/reasons"])
def test_nothing_keeps_anybody_from_reading_or_using_it(opened, look, path):
    page = opened(path, look)
    assert grave_violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("look", Look)
def test_error_pages_are_readable_too(opened, pages, look):
    pages.expect("status of 403")
    page = opened(f"{PATTERNS}/forbidden", look)
    assert page.get_by_role("heading", name="Not allowed").is_visible()
    assert grave_violations(page) == []


def test_what_opens_over_the_page_is_readable(opened):
    page = opened()
    page.get_by_role("button", name="Score 71, show why").click()
    expect(page.locator("#score-2")).to_be_visible()
    assert grave_violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Archive…").click()
    expect(page.get_by_role("dialog", name="Archive Norrsken Pumps?")).to_be_visible()
    assert grave_violations(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_the_theme_follows_the_system_until_it_is_chosen(opened, javascript):
    page = opened(look=Look.DARK, java_script_enabled=javascript)
    dark = page.locator("body").evaluate("el => getComputedStyle(el).backgroundColor")
    page.get_by_role("button", name="Ines Falk").click()
    page.get_by_role("button", name="Light", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert page.locator("body").evaluate("el => getComputedStyle(el).backgroundColor") != dark


def test_the_theme_is_remembered_alike_with_scripts_and_without(opened):
    def cookie_of(page):
        page.get_by_role("button", name="Ines Falk").click()
        page.get_by_role("button", name="Light", exact=True).click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
        (cookie,) = (cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE)
        return cookie

    scripted, plain = cookie_of(opened()), cookie_of(opened(java_script_enabled=False))
    assert scripted.pop("expires") == pytest.approx(plain.pop("expires"), abs=60)
    assert scripted == plain


def test_every_write_works_without_javascript(opened):
    page = opened(java_script_enabled=False)
    page.get_by_role("link", name="Archive…").click()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("Norrsken Pumps was archived.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Norrsken Pumps is back.")).to_be_visible()
    page.get_by_label("Company").fill("Volta")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Volta was saved.")).to_be_visible()


def test_reasons_open_without_javascript(opened):
    page = opened(java_script_enabled=False)
    page.get_by_role("button", name="Score 71, show why").click()
    expect(page.locator("#score-2")).to_be_visible()


def test_filters_work_without_javascript(opened):
    page = opened(java_script_enabled=False)
    page.get_by_role("searchbox", name="Search leads", exact=True).fill("volta")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_typing_filters_the_list_in_place(opened):
    page = opened()
    page.evaluate("window.unchanged = true")
    page.get_by_role("searchbox", name="Search leads", exact=True).press_sequentially("volta")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=volta"))
    assert page.evaluate("window.unchanged")


def test_sorting_swaps_the_list_and_says_so(opened):
    page = opened()
    page.get_by_role("link", name="Name").click()
    header = page.get_by_role("columnheader", name="Name")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("[data-row-link]").first).to_have_text("Aoife Ní Bhraonáin")


def test_a_form_that_is_not_accepted_shows_what_is_wrong_in_place(opened, pages):
    pages.expect("status of 422")
    page = opened()
    page.get_by_label("Company").evaluate("el => { el.required = false }")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Company", exact=True).click()
    expect(page.locator("#field-company")).to_be_focused()


def test_a_dialog_asks_and_the_toast_offers_the_way_back(opened):
    page = opened()
    page.get_by_role("link", name="Archive…").click()
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Archive…").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Norrsken Pumps was archived.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("[data-toast]")).to_have_count(0)


def test_a_score_opens_in_the_drawer(opened):
    page = opened()
    page.get_by_role("link", name="Score 86, show why").click()
    expect(page.get_by_role("dialog", name="Why 86")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_rows_are_walked_selected_and_opened_by_keyboard(opened):
    page = opened()
    for key in "jjkx":
        page.keyboard.press(key)
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/reasons$"))


def test_all_rows_are_selected_at_once_and_cleared(opened):
    page = opened()
    page.get_by_role("checkbox", name="Select all rows").check()
    expect(page.get_by_text("6 selected")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()


def test_slash_searches_and_a_question_mark_helps(opened):
    page = opened()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search leads and companies")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("searchbox", name="Search leads and companies")).to_have_value("?")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("New lead")


def test_single_key_shortcuts_can_be_switched_off(opened):
    page = opened()
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search leads and companies")).not_to_be_focused()


def test_the_first_tab_skips_to_the_content(opened):
    page = opened()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_opens_on_a_phone(opened):
    page = opened(look=Look.PHONE)
    expect(page.get_by_role("link", name="Companies")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Companies")).to_be_visible()


def test_a_failed_request_is_told_with_its_id(opened, pages):
    pages.expect("status of 500", "Response Status Error Code 500")
    page = opened()
    page.evaluate("htmx.ajax('GET', '/crash', '#list')")
    expect(page.locator(".toast-problem")).to_contain_text(re.compile("failed on our side.*request [0-9a-f]{16}"))


SECONDS = [0, 5, 44, 45, 59, 60, 119, 3599, 3600, 7500, 86399, 86400, 90061, 604799]


def test_the_browser_tells_time_as_the_server_does(opened):
    page = opened()
    said = page.evaluate(
        """async (seconds) => {
            const src = document.querySelector('script[type=module]').src.replace('app.js', 'js/times.js');
            const { duration, relative, countdown } = await import(src);
            const left = (s) => countdown(s, 3600).text;
            return seconds.flatMap((s) => [duration(s), relative(s), relative(-s), left(s), left(-s)]);
        }""",
        SECONDS,
    )
    assert said == [text for seconds in SECONDS for text in server_says(seconds)]


def server_says(seconds: int) -> list[str]:
    span, hour = timedelta(seconds=seconds), timedelta(hours=1)
    return [
        times.duration(seconds),
        times.relative(NOW - span, NOW, UTC),
        times.relative(NOW + span, NOW, UTC),
        times.countdown(NOW + span, NOW, hour).text,
        times.countdown(NOW - span, NOW, hour).text,
    ]
