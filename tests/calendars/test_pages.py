"""The pages of calendars: entered, shown, refused at the field, taken out, private to whom it concerns."""

import re
from datetime import timedelta

import httpx2
import pytest
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.db]

TOMORROW = (utc_now() + timedelta(days=1)).date()
LATER = TOMORROW + timedelta(days=2)
HOURS = {f"hours_{day}": "9:00-12:30, 13:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri")}


async def _followed(browser: httpx2.AsyncClient, answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return (await browser.get(answer.headers["location"])).text


async def _absent(browser: httpx2.AsyncClient, user_id: object, **more: str) -> httpx2.Response:
    data = {"first": str(TOMORROW), "last": str(LATER), "reason": "Operation"} | more
    return await browser.post(f"/calendars/people/{user_id}/absences", data=data)


async def test_hours_of_organisation_and_team_are_kept_and_shown(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    said = HOURS | {"time_zone": "Europe/Berlin", "country": "DE", "subdivision": "BY"}
    page = await _followed(manager, await manager.post("/calendars/organisation", data=said))
    assert "The hours have been saved." in page
    assert 'value="09:00-12:30, 13:00-17:00"' in page
    assert "Epiphany" in page
    person = (await manager.get(f"/calendars/people/{cast.rep.id}")).text
    assert "09:00–12:30, 13:00–17:00" in person  # noqa: RUF001 — a range
    assert "Hours: the organisation&#39;s" in person
    team = {"hours_sat": "10:00-12:00"}
    await _followed(manager, await manager.post(f"/calendars/teams/{cast.team_id}", data=team))
    assert "Hours: the team&#39;s" in (await manager.get(f"/calendars/people/{cast.rep.id}")).text


async def test_hours_that_cannot_be_read_come_back_with_what_is_wrong(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    for address in ("/calendars/organisation", f"/calendars/teams/{cast.team_id}"):
        answer = await manager.post(address, data={"hours_mon": "nine to five", "country": "DE"})
        assert answer.status_code == 422
        assert 'value="nine to five"' in answer.text
        assert 'id="field-hours_mon-error"' in answer.text
        wrong_part = await manager.post(address, data={"country": "DE", "subdivision": "XX"})
        assert 'id="field-subdivision-error"' in wrong_part.text


async def test_who_may_not_change_hours_sees_them(cast: Cast, clients: Clients) -> None:
    rep = await clients.of(cast.rep)
    for address in ("/calendars/organisation", f"/calendars/teams/{cast.team_id}"):
        page = (await rep.get(address)).text
        assert "none said" in page
        assert f'action="{address}"' not in page


async def test_closing_days_are_added_once_and_removed_after_a_question(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    day = {"day": str(TOMORROW), "name": "Moving house"}
    page = await _followed(manager, await manager.post("/calendars/closing-days", data=day))
    assert "is a day off for everybody" in page
    again = await manager.post("/calendars/closing-days", data=day)
    assert (again.status_code, "already" in again.text) == (409, True)
    remove = re.search(r"/calendars/closing-days/[0-9a-f-]{36}/remove", page)
    assert remove
    assert "Moving house" in (await manager.get(remove[0])).text
    assert "has been removed" in await _followed(manager, await manager.post(remove[0]))
    assert "Moving house" not in (await manager.get("/calendars/organisation")).text


async def test_a_person_enters_changes_and_removes_an_absence(cast: Cast, clients: Clients) -> None:
    rep = await clients.of(cast.rep)
    page = await _followed(rep, await _absent(rep, cast.rep.id, cover_id=str(cast.manager.id)))
    assert "The absence has been entered." in page
    assert "Operation" in page
    assert cast.manager.name in page
    address = re.search(r"/calendars/absences/[0-9a-f-]{36}", page)
    assert address
    form = (await rep.get(address[0])).text
    assert f'value="{TOMORROW}"' in form
    assert f'value="{LATER}"' in form
    timed = {"first": str(TOMORROW), "from_time": "13:00", "to_time": "17:30"}
    assert "has been changed" in await _followed(rep, await rep.post(address[0], data=timed))
    assert 'value="17:30"' in (await rep.get(address[0])).text
    assert "Remove this absence?" in (await rep.get(f"{address[0]}/remove")).text
    gone = await _followed(rep, await rep.post(f"{address[0]}/remove"))
    assert "No absences" in gone


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last": str(TOMORROW - timedelta(days=3))}, "last"),
        ({"first": "soon"}, "first"),
        ({"last": str(TOMORROW), "from_time": "13:00", "to_time": "12:00"}, "to_time"),
        ({"last": str(TOMORROW + timedelta(days=999))}, "last"),
        ({"cover_id": "nobody"}, "cover_id"),
    ],
)
async def test_an_absence_that_makes_no_sense_comes_back_with_what_is_wrong(
    cast: Cast, clients: Clients, wrong: dict[str, str], field: str
) -> None:
    answer = await _absent(await clients.of(cast.rep), cast.rep.id, **wrong)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert 'value="Operation"' in answer.text


async def test_absences_of_others_are_for_managers_to_enter_and_their_reasons_to_see(
    cast: Cast, clients: Clients
) -> None:
    rep, manager = await clients.of(cast.rep), await clients.of(cast.manager)
    assert (await _absent(rep, cast.owner.id)).status_code == 403
    page = await _followed(manager, await _absent(manager, cast.owner.id))
    address = re.search(r"/calendars/absences/[0-9a-f-]{36}", page)
    assert address
    assert (await rep.get(address[0])).status_code == 403
    for shown in (f"/calendars/people/{cast.owner.id}", f"/calendars?month={TOMORROW:%Y-%m}"):
        assert "Operation" not in (await rep.get(shown)).text
        assert "Operation" in (await manager.get(shown)).text


async def test_the_month_shows_who_is_off_and_the_year_how_often(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    await _absent(manager, cast.rep.id, last=str(TOMORROW))
    month = (await manager.get(f"/calendars?month={TOMORROW:%Y-%m}")).text
    assert month.count('class="day-away"') == 2  # the day, and the legend
    assert f"{cast.rep.name}, " in month
    year = (await manager.get(f"/calendars?year={TOMORROW.year}")).text
    assert "<strong>1</strong>" in year or TOMORROW.year != utc_now().year
    team = (await manager.get(f"/calendars?team={cast.team_id}")).text
    assert (cast.rep.name in team, "<thead>" in team) == (True, True)
    far = (await manager.get("/calendars?month=2099-01")).text
    assert "January 2099" not in far


async def test_a_calendar_file_is_read_and_what_is_none_says_so(cast: Cast, clients: Clients) -> None:
    rep, manager = await clients.of(cast.rep), await clients.of(cast.manager)
    event = f"BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Skiing\r\nDTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}\r\nEND:VEVENT"
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
    for browser, address in (
        (rep, f"/calendars/people/{cast.rep.id}/absences/files"),
        (manager, "/calendars/closing-days/files"),
    ):
        page = await _followed(browser, await browser.post(address, files={"file": ("my.ics", content)}))
        assert "1 added" in page
        assert "Skiing" in page
        bad = await _followed(browser, await browser.post(address, files={"file": ("my.ics", b"hello")}))
        assert "is not a calendar file" in bad
        none = await _followed(browser, await browser.post(address, data={}))
        assert "choose one first" in none
    assert "SUMMARY:Skiing" in (await rep.get(f"/calendars/people/{cast.rep.id}/absences.ics")).text
    assert "SUMMARY:Skiing" in (await rep.get("/calendars/closing-days.ics")).text


async def test_calendars_are_a_link_away_from_routing_people_teams_and_the_account(
    cast: Cast, clients: Clients
) -> None:
    rep = await clients.of(cast.rep)
    for address, leads_to in (
        ("/routing", "/calendars"),
        (f"/team/people/{cast.rep.id}", f"/calendars/people/{cast.rep.id}"),
        (f"/team/teams/{cast.team_id}", f"/calendars/teams/{cast.team_id}"),
        ("/account", f"/calendars/people/{cast.rep.id}"),
    ):
        assert f'href="{leads_to}"' in (await rep.get(address)).text
