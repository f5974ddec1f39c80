"""The corridor by hand: a lead typed in, its owner and reasons seen, evidence previewed, saved, worked to its end."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.casting import PASSWORD
from tests.contracts.worlds import World
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.db]
PATIENCE = 20_000  # milliseconds; machines that test are busy


def _new_lead(page: Page, site: Site, email: str) -> str:
    """Type a lead in; returns its address."""
    page.goto(f"{site.address}/leads/new")
    page.get_by_label("E-mail", exact=False).first.fill(email)
    page.get_by_label("First name").fill("Nadia")
    page.get_by_label("Last name").fill("Okonkwo")
    page.locator("main form button[type=submit], main form .btn-primary").first.click()
    expect(page.get_by_role("heading", name="Nadia Okonkwo")).to_be_visible()
    return page.url


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lead_goes_all_the_way_by_hand(site: Site, lively: World, javascript: bool) -> None:
    page = site.open("/login", java_script_enabled=javascript)
    page.get_by_label("E-mail address").fill(lively.cast.manager.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(leads|inbox)?$"))
    lead = _new_lead(page, site, f"nadia@scripts-{javascript}.example".lower())
    expect(page.get_by_text("sends it to Rita Rep").first).to_be_visible()
    page.goto(f"{lead}/qualification/bant")
    before = page.locator(".scorecard-head .score").first.inner_text()
    page.get_by_label("Budget confirmed").select_option(label="Yes")
    if javascript:
        expect(page.get_by_text("Not saved yet")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".scorecard-head .score").first).not_to_have_text(before)
    page.get_by_role("button", name="Save answers").click()
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    page.goto(lead)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.goto(f"{lead}/complete")
    page.get_by_label("Qualified", exact=False).first.check()
    page.locator("main form .btn-primary").first.click()
    page.goto(lead)
    expect(page.get_by_text("Qualified", exact=True).first).to_be_visible()


def test_a_second_browser_sees_a_new_lead_without_reload(site: Site, lively: World) -> None:
    watching = site.open("/leads", lively.cast.owner)
    expect(watching.get_by_text("Live", exact=True)).to_be_visible()
    watching.evaluate("window.unchanged = true")
    _new_lead(site.open("/leads", lively.cast.manager), site, "nadia@live.example")
    expect(watching.get_by_text("Nadia Okonkwo").first).to_be_visible()
    assert watching.evaluate("window.unchanged")


def test_an_update_waits_while_somebody_types(site: Site, lively: World) -> None:
    other = site.open("/leads", lively.cast.manager)
    lead = _new_lead(other, site, "nadia@typing.example")
    page = site.open(lead.removeprefix(site.address), lively.cast.owner)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.get_by_label("New note").fill("They want forty")
    other.get_by_label("New note").fill("They decide in March")
    other.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Paused while you edit")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_label("New note").input_value() == "They want forty"
    page.get_by_label("New note").fill("")
    page.locator("main").focus()
    expect(page.get_by_text("They decide in March").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_a_drawer_begins_at_its_first_field_and_gives_the_focus_back(site: Site, lively: World) -> None:
    page = site.open("/leads", lively.cast.manager)
    _new_lead(page, site, "nadia@drawer.example")
    page.get_by_role("link", name="Give to…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Person")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Give to…")).to_be_focused()


def test_leads_are_walked_searched_and_opened_by_keyboard(site: Site, lively: World) -> None:
    page = site.open("/leads", lively.cast.owner)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search leads and companies")).to_be_focused()
    page.locator("main").focus()
    for key in "jjk":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/leads/[0-9a-f-]{36}$"))
