"""The live channel of an open page: it names its topics, fetches what changed, and comes back after a break."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser import Pages

pytestmark = pytest.mark.browser

WATCH = """topic => {
    const box = document.createElement("div");
    box.id = "watched";
    box.dataset.liveTopic = topic;
    box.setAttribute("hx-get", "/_patterns?q=volta");
    box.setAttribute("hx-trigger", `live:${topic} from:body`);
    document.querySelector("main").append(box);
    htmx.process(box);
    htmx.trigger(document.body, "htmx:afterSettle");
}"""


@pytest.fixture
def page(pages: Pages, site: str) -> Page:
    opened = pages.open(f"{site}/_patterns")
    opened.evaluate(WATCH, "lead:7")
    expect(opened.get_by_text("Live", exact=True)).to_be_visible()
    return opened


def announce(page: Page, topic: str) -> int:
    answer: int = page.evaluate("topic => fetch(`/announce/${topic}`).then(r => r.json())", topic)
    return answer


def test_a_page_without_topics_opens_no_channel(pages, site):
    opened = pages.open(f"{site}/_patterns")
    expect(opened.locator("html")).not_to_have_attribute("data-live", "live")


def test_what_changed_is_fetched_anew(page):
    assert announce(page, "lead:7") == 1
    expect(page.locator("#watched")).to_contain_text("Volta Cold Chain")


def test_other_topics_leave_it_alone(page):
    assert announce(page, "lead:8") == 0
    expect(page.locator("#watched")).to_be_empty()


def test_a_topic_that_comes_later_is_subscribed_too(page):
    page.evaluate(WATCH.replace('"watched"', '"second"'), "lead:9")
    page.wait_for_function("fetch('/announce/lead:9').then(r => r.json()).then(count => count === 1)")
    expect(page.locator("#second")).to_contain_text("Volta Cold Chain")


def test_after_a_break_it_comes_back_and_catches_up(page):
    page.evaluate("fetch('/hang-up')")
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.locator("#watched")).to_contain_text("Volta Cold Chain")
