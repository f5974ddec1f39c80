"""The pages of accounts as a browser without JavaScript uses them: read, post, follow."""

import re
from html import unescape

import httpx2
import pytest
from tests.casting import PASSWORD, Cast, Clients

from oppspot.accounts.access import SESSION_COOKIE
from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.queries.people import get_person
from oppspot.accounts.services.links import make_link
from oppspot.accounts.types import Purpose
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NEW = "a new and long enough one"


async def _seen_after(browser: httpx2.AsyncClient, answer: httpx2.Response) -> str:
    """Follow a redirect and return the page, tags and all."""
    assert answer.status_code == 303, answer.text
    page = await browser.get(answer.headers["location"])
    assert page.status_code == 200
    return unescape(page.text)


def _token(page: str) -> str:
    found = re.search(r"token=([A-Za-z0-9_-]{43})", page)
    assert found
    return found[1]


async def _log_in(clients: Clients, email: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
    browser = clients.anonymous(ip="192.0.2.9")
    return await browser.post("/login", data={"email": email, "password": password, **more})


async def test_logging_in_gives_a_cookie_no_script_can_read(clients: Clients, cast: Cast) -> None:
    answer = await _log_in(clients, cast.rep.email, next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    assert SESSION_COOKIE in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(clients: Clients, cast: Cast) -> None:
    browser = clients.anonymous()
    data = {"email": cast.rep.email, "password": PASSWORD}
    answer = await browser.post("https://testserver/login", data=data)
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_wrong_password_keeps_the_address_and_not_the_password(clients: Clients, cast: Cast) -> None:
    answer = await _log_in(clients, cast.rep.email, "guess guess guess")
    assert answer.status_code == 422
    assert cast.rep.email in answer.text
    assert "guess" not in answer.text


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_log_in_leads_to_no_other_site(clients: Clients, cast: Cast, where: str) -> None:
    answer = await _log_in(clients, cast.rep.email, next=where)
    assert answer.headers["location"] == "/"


async def test_logging_in_again_ends_the_session_before(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    before = browser.cookies[SESSION_COOKIE]
    await browser.post("/login", data={"email": cast.rep.email, "password": PASSWORD})
    stale = clients.anonymous()
    stale.cookies.set(SESSION_COOKIE, before)
    assert (await stale.get("/account")).headers["location"].startswith("/login")


async def test_logging_out_forgets_the_browser(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    assert (await browser.post("/logout")).headers["location"] == "/login"
    assert (await browser.get("/account", headers={"accept": "text/html"})).status_code == 303


async def test_an_invitation_leads_from_the_form_to_the_first_log_in(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    email = f"new.{cast.org_id.hex}@example.com"
    invited = await manager.post("/team/invite", data={"email": email, "name": "New Person", "role": "rep"})
    assert invited.status_code == 200
    guest = clients.anonymous()
    token = _token(invited.text)
    assert cast.name in (await guest.get(f"/invitation?token={token}")).text
    answer = await guest.post("/invitation", data={"token": token, "name": "Newly Named", "password": NEW})
    assert answer.status_code == 303
    assert email in (await guest.get("/account")).text
    assert (await clients.anonymous().get(f"/invitation?token={token}")).status_code == 404


async def test_a_short_password_is_refused_beside_its_field(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    data = {"email": f"short.{cast.org_id.hex}@example.com", "name": "Short", "role": "viewer"}
    token = _token((await manager.post("/team/invite", data=data)).text)
    answer = await clients.anonymous().post("/invitation", data={"token": token, "name": "S", "password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text


async def test_a_forgotten_password_is_answered_alike_for_everybody(clients: Clients, cast: Cast) -> None:
    browser = clients.anonymous(ip="192.0.2.10")
    answers = [await browser.post("/forgot-password", data={"email": e}) for e in (cast.rep.email, "no@example.com")]
    assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, "/login")] * 2


async def test_a_reset_link_changes_the_password(clients: Clients, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        token = (await make_link(tx, cast.org_id, cast.rep.id, Purpose.PASSWORD_RESET, utc_now())).token
    browser = clients.anonymous()
    assert (await browser.get(f"/reset-password?token={token}")).status_code == 200
    page = await _seen_after(browser, await browser.post("/reset-password", data={"token": token, "password": NEW}))
    assert "has been changed" in page
    assert (await _log_in(clients, cast.rep.email, NEW)).status_code == 303


async def test_a_person_changes_their_own_account(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    page = await _seen_after(browser, await browser.post("/account/name", data={"name": "Rita <b>Bold</b>"}))
    assert "Rita <b>Bold</b>" in page
    hours = {"time_zone": "Europe/Berlin", "hours_mon": "9:00-12:00, 13:00-17:00", "available": "true"}
    page = await _seen_after(browser, await browser.post("/account/hours", data=hours))
    assert "09:00-12:00, 13:00-17:00" in page
    assert "here only" in await _seen_after(browser, await browser.post("/account/emails", data={}))
    data = {"current": PASSWORD, "password": NEW}
    assert "has been changed" in await _seen_after(browser, await browser.post("/account/password", data=data))


async def test_text_of_people_is_never_markup(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    await browser.post("/account/name", data={"name": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in (await browser.get("/team")).text


async def test_hours_that_make_no_sense_come_back_as_typed(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    data = {"time_zone": "UTC", "hours_tue": "17:00-09:00", "hours_wed": "mornings"}
    answer = await browser.post("/account/hours", data=data)
    assert answer.status_code == 422
    assert "17:00-09:00" in answer.text
    assert "ends before it starts" in answer.text
    assert "cannot be read" in answer.text


async def test_another_browser_is_logged_out_from_the_list(clients: Clients, cast: Cast) -> None:
    here, there = await clients.of(cast.rep), await clients.of(cast.rep)
    found = re.search(r"/account/sessions/[0-9a-f-]{36}/revoke", (await here.get("/account")).text)
    assert found
    await _seen_after(here, await here.post(found[0]))
    assert (await there.get("/account")).status_code == 303


async def test_a_manager_changes_role_and_settings_of_a_rep(clients: Clients, cast: Cast, database: Database) -> None:
    browser, page = await clients.of(cast.manager), f"/team/people/{cast.rep.id}"
    assert "has been changed" in await _seen_after(browser, await browser.post(f"{page}/role", data={"role": "viewer"}))
    data = {"weight": "2.5", "max_open": "", "skills": "pumps 4, german", "seniority": "senior", "time_zone": "UTC"}
    data |= {
        "limits": "5/day, 20 a week rolling",
        "territories": "DACH, Nordics",
        "ramp_from": "2026-01-05",
        "country": "GB",
        "subdivision": "sct",
    }
    after = await _seen_after(browser, await browser.post(f"{page}/profile", data=data))
    async with database.transaction(cast.org_id) as tx:
        profile = (await get_person(tx, cast.rep.id)).profile
    assert profile is not None
    assert (profile.skills, profile.territories) == ({"pumps": 4, "german": 3}, ["DACH", "Nordics"])
    for shown in (
        "pumps 4, german 3",
        "DACH, Nordics",
        "5 a day, 20 a week rolling",
        "2026-01-05",
        'value="GB" selected',
        "SCT",
    ):
        assert shown in after
    emptied = await browser.post(f"{page}/profile", data={**data, "skills": "", "limits": "", "territories": ""})
    assert emptied.status_code == 303
    bad = await browser.post(f"{page}/profile", data={**data, "weight": "-1", "max_open": "many"})
    assert bad.status_code == 422
    assert "more than 0" in bad.text
    assert 'value="many"' in bad.text


WRONGLY_TYPED = [
    ("skills", "german 9", "levels from 1 to 5"),
    ("limits", "a few a day", "limits such as 5 a day"),
    ("ramp_from", "next week", "a date as YYYY-MM-DD"),
    ("country", "XX", "a code such as GB"),
    ("subdivision", "SCT", "without a country"),
]


@pytest.mark.parametrize(("field", "typed", "accepted"), WRONGLY_TYPED)
async def test_what_cannot_be_read_of_a_rep_is_said_with_what_can(
    clients: Clients, cast: Cast, field: str, typed: str, accepted: str
) -> None:
    browser, page = await clients.of(cast.manager), f"/team/people/{cast.rep.id}"
    data = {"weight": "1", "seniority": "mid", "time_zone": "UTC", field: typed}
    answer = await browser.post(f"{page}/profile", data=data)
    assert answer.status_code == 422
    assert accepted in answer.text


async def test_deactivating_asks_first_and_offers_the_way_back(clients: Clients, cast: Cast) -> None:
    browser, page = await clients.of(cast.manager), f"/team/people/{cast.rep.id}"
    assert "Deactivate Rita Rep?" in (await browser.get(f"{page}/deactivate")).text
    after = await _seen_after(browser, await browser.post(f"{page}/deactivate"))
    assert f"{page}/reactivate" in after
    assert "may log in again" in await _seen_after(browser, await browser.post(f"{page}/reactivate"))


async def test_the_last_owner_is_told_why_not(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    answer = await browser.post(f"/team/people/{cast.owner.id}/role", data={"role": "rep"})
    assert answer.status_code == 409
    assert "at least one active owner" in answer.text


async def test_a_team_is_founded_filled_and_dissolved(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.manager)
    founded = await browser.post("/team/teams/new", data={"name": "South", "description": ""})
    page = founded.headers["location"]
    assert "has been founded" in await _seen_after(browser, founded)
    members = {"user_ids": [str(cast.rep.id), str(cast.other_rep.id)]}
    assert "checked" in await _seen_after(browser, await browser.post(f"{page}/members", data=members))
    asked = await browser.post(f"{page}/members", data={})
    assert "Nothing is saved yet" in await _seen_after(browser, asked)
    assert "have been saved" in await _seen_after(
        browser, await browser.post(f"{page}/members", data={"shown": "true"})
    )
    assert "has been dissolved" in await _seen_after(browser, await browser.post(f"{page}/delete"))
    taken = await browser.post("/team/teams/new", data={"name": "north"})
    assert taken.status_code == 422


async def test_a_key_is_made_shown_once_and_revoked(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    made = await browser.post("/settings/api-keys/new", data={"name": "sync", "scopes": ["leads.read"], "days": "30"})
    found = re.search(r"opp_[a-z0-9]{10}_[A-Za-z0-9_-]{43}", made.text)
    assert found
    listed = (await browser.get("/settings/api-keys")).text
    assert found[0] not in listed
    revoke = re.search(r"/settings/api-keys/[0-9a-f-]{36}/revoke", listed)
    assert revoke
    assert "refused from then on" in (await browser.get(revoke[0])).text
    assert "has been revoked" in await _seen_after(browser, await browser.post(revoke[0]))
    machine = clients.anonymous()
    assert (await machine.get("/api/me", headers={"authorization": f"Bearer {found[0]}"})).status_code == 401


async def test_a_key_without_scopes_is_refused_beside_the_field(clients: Clients, cast: Cast) -> None:
    answer = await (await clients.of(cast.owner)).post("/settings/api-keys/new", data={"name": "none"})
    assert answer.status_code == 422
    assert "names no scope" in answer.text


async def test_notices_are_followed_and_put_away(clients: Clients, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        notices = [Notice(cast.rep.id, "test", f"Notice {n}", "", "/account") for n in range(3)]
        await notify_users(tx, cast.org_id, notices, utc_now())
    browser = await clients.of(cast.rep)
    page = (await browser.get("/notifications")).text
    assert "3 unread" in page
    link = re.search(r"/notifications/[0-9a-f-]{36}", page)
    assert link
    assert (await browser.get(link[0])).headers["location"] == "/account"
    assert "2 unread" in (await browser.get("/notifications")).text
    assert "Nothing unread" in await _seen_after(browser, await browser.post("/notifications/read-all"))
    assert "Notice 1" in (await browser.get("/notifications?show=all")).text


async def test_nobody_reads_the_notices_of_another(clients: Clients, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await notify_users(tx, cast.org_id, [Notice(cast.rep.id, "test", "Private", "", "/account")], utc_now())
    link = re.search(r"/notifications/[0-9a-f-]{36}", (await (await clients.of(cast.rep)).get("/notifications")).text)
    assert link
    assert (await (await clients.of(cast.other_rep)).get(link[0])).status_code == 404


async def test_the_audit_log_is_filtered_and_checked(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.manager)
    await browser.post(f"/team/people/{cast.rep.id}/role", data={"role": "viewer"})
    page = (await browser.get("/audit", params={"action": "user.role_changed", "q": "max"})).text
    assert "user.role_changed" in page
    assert "Nothing" not in page
    assert "No entry matches" in (await browser.get("/audit", params={"until": "2020-01-01"})).text
    assert (await browser.get("/audit", params={"since": "yesterday"})).status_code == 422
    assert "are as they were written" in await _seen_after(browser, await browser.post("/audit/verify"))


async def test_settings_change_the_organisation(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    data = {"name": "Southwind", "time_zone": "Europe/Paris"}
    assert "Southwind" in await _seen_after(browser, await browser.post("/settings", data=data))
    bad = await browser.post("/settings", data={"name": "", "time_zone": "Nowhere/Else", "currency": "GALLEONS"})
    assert bad.status_code == 422
    assert "is not a currency" in bad.text


async def test_amounts_are_shown_in_the_organisations_currency(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    lead = await browser.post("/api/leads", json={"email": "a@x.example", "company": {"annual_revenue": 4_800_000}})
    page = f"/leads/{lead.json()['id']}"
    assert "€4.8m" in (await browser.get(page)).text
    await browser.post("/settings", data={"name": "Southwind", "time_zone": "Europe/Zurich", "currency": "CHF"})
    await browser.post("/settings", data={"name": "Southwind AG", "time_zone": "Europe/Zurich"})
    assert "CHF 4.8m" in (await browser.get(page)).text
    assert (await browser.get("/api/me")).json()["organisation"]["currency"] == "CHF"


PAGES = ["/team/people/{rep}", "/team/people/{rep}/deactivate", "/team/teams/{team}", "/team/teams/{team}/delete"]
POSTS = [
    "/team/people/{rep}/role",
    "/team/people/{rep}/profile",
    "/team/people/{rep}/invitation",
    "/team/people/{rep}/deactivate",
    "/team/people/{rep}/reactivate",
    "/team/teams/{team}",
    "/team/teams/{team}/members",
    "/team/teams/{team}/delete",
    "/settings/api-keys/{rep}/revoke",
    "/account/sessions/{rep}/revoke",
]
FORM = {"role": "rep", "name": "Mine", "weight": "1", "seniority": "mid", "time_zone": "UTC"}


async def test_outsiders_find_no_page(clients: Clients, cast: Cast, outsiders: Cast) -> None:
    stranger = await clients.of(outsiders.owner)
    for pattern in PAGES:
        address = pattern.format(rep=cast.rep.id, team=cast.team_id)
        assert (address, (await stranger.get(address)).status_code) == (address, 404)
    for pattern in POSTS:
        address = pattern.format(rep=cast.rep.id, team=cast.team_id)
        fields = {"role": ["role"], "profile": ["weight", "seniority", "time_zone"], str(cast.team_id): ["name"]}
        data = {name: FORM[name] for name in fields.get(address.rsplit("/", 1)[1], [])}
        assert (address, (await stranger.post(address, data=data)).status_code) == (address, 404)


async def test_reps_see_the_team_and_change_nothing(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    assert (await browser.get("/team")).status_code == 200
    page = (await browser.get(f"/team/people/{cast.other_rep.id}")).text
    assert "Deactivate" not in page
    for address in ("/team/invite", "/team/teams/new", "/audit", "/settings", "/settings/api-keys"):
        assert (address, (await browser.get(address)).status_code) == (address, 403)


@pytest.mark.parametrize("typed", ["a\0b", "x" * 5000])
async def test_forms_refuse_what_no_field_holds(clients: Clients, cast: Cast, typed: str) -> None:
    browser = await clients.of(cast.owner)
    for address, field in (("/account/name", "name"), ("/login", "email"), ("/settings", "name")):
        answer = await browser.post(address, data={field: typed, **({"time_zone": "UTC"} if "sett" in address else {})})
        assert (address, answer.status_code) == (address, 422)
    assert (await browser.get("/audit", params={"q": typed})).status_code == 422
