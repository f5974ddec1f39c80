"""The pages of accounts in a real browser: readable in every look, usable by keyboard and without scripts."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from tests.browser import Look, Pages, grave_violations, overflow
from tests.casting import PASSWORD, Cast, Member, an_organisation, prepared, session_cookie

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.services.api_keys import create_api_key
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.browser, pytest.mark.db]
PLACES = [
    "/account",
    "/team",
    "/team/invite",
    "/team/people/{rep}",
    "/team/people/{rep}/deactivate",
    "/team/teams/new",
    "/team/teams/{team}",
    "/notifications",
    "/audit",
    "/settings",
    "/settings/api-keys",
    "/settings/api-keys/new",
]


async def _busy_organisation(database: Database) -> Cast:
    """Found an organisation in which there is something to see."""
    cast = await an_organisation(database)
    async with database.transaction(cast.org_id) as tx:
        await create_api_key(tx, cast.owner.actor, "Warehouse sync", ["leads.read", "leads.write"], utc_now())
        notices = [Notice(cast.owner.id, "test", "New lead: Marta Lindqvist", "Nordics, in turn", "/account")]
        await notify_users(tx, cast.org_id, notices, utc_now())
    return cast


@pytest.fixture(scope="module")
def busy(database_url: str) -> Cast:
    return prepared(database_url, _busy_organisation)


@dataclass(frozen=True, slots=True)
class Site:
    """Opens pages of the site as somebody."""

    address: str
    pages: Pages
    database_url: str

    def open(self, path: str, member: Member | None = None, look: Look = Look.LIGHT, **options: object) -> Page:
        page = self.pages.new(look, **options)
        if member is not None:
            page.context.add_cookies([session_cookie(self.database_url, member, self.address)])  # type: ignore[list-item]
        page.goto(self.address + path)
        return page


@pytest.fixture
def site(busy: Cast, live_site: str, database_url: str, pages: Pages) -> Site:  # noqa: ARG001 — in this order
    return Site(live_site, pages, database_url)


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("path", ["/login", "/forgot-password"])
def test_getting_in_is_readable(site: Site, path: str, look: Look) -> None:
    page = site.open(path, look=look)
    assert grave_violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("look", Look)
def test_every_page_is_readable(site: Site, busy: Cast, look: Look) -> None:
    page = site.open("/account", busy.owner, look)
    for place in PLACES:
        page.goto(site.address + place.format(rep=busy.rep.id, team=busy.team_id))
        assert (place, overflow(page)) == (place, 0)
        # A phone shows the same things in the same colours as the light page.
        assert look is Look.PHONE or (place, grave_violations(page)) == (place, [])


@pytest.mark.parametrize("javascript", [True, False])
def test_log_in_by_keyboard_with_and_without_scripts(site: Site, busy: Cast, javascript: bool) -> None:
    page = site.open("/login?next=/account", java_script_enabled=javascript)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(busy.viewer.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    expect(page.get_by_text(busy.viewer.email)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_key_is_made_and_revoked(site: Site, busy: Cast, javascript: bool) -> None:
    page = site.open("/settings/api-keys", busy.owner, java_script_enabled=javascript)
    page.get_by_role("link", name="New key").click()
    page.get_by_label("Name").fill(f"Key {javascript}")
    page.get_by_label("See leads, companies and their reasons").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_label("API key")).to_have_value(re.compile("^opp_"))
    page.get_by_role("link", name="I have copied it").click()
    row = page.get_by_role("row", name=f"Key {javascript}")
    row.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(row.get_by_text("Revoked")).to_be_visible()


def test_people_are_searched_while_typing(site: Site, busy: Cast) -> None:
    page = site.open("/team", busy.owner)
    page.get_by_role("searchbox", name="Search people").fill("ravi")
    expect(page.get_by_role("link", name="Rita Rep")).to_have_count(0)
    expect(page.get_by_role("link", name="Ravi Rep")).to_be_visible()
    expect(page).to_have_url(re.compile("q=ravi"))
