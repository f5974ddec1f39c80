"""Calendars for machines: hours, closing days, absences, files, and who may what."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.audit import verify_chain
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]

API = "/api/calendars"
WEEK = {day: [["09:00", "12:30"], ["13:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
TOMORROW = (utc_now() + timedelta(days=1)).date()
NEXT_WEEK = TOMORROW + timedelta(days=7)


def _ics(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:t", *events, "END:VCALENDAR", ""]).encode()


def _event(uid: str, *more: str) -> str:
    start = f"DTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}"
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{uid}", *(more or (start,)), "END:VEVENT"])


async def _sent(browser: httpx2.AsyncClient, path: str, content: bytes) -> dict[str, object]:
    answer = await browser.post(API + path, files={"file": ("my.ics", content)})
    assert answer.status_code == 200, answer.text
    sent: dict[str, object] = answer.json()
    return sent


async def test_hours_are_the_organisations_until_a_team_says_its_own_and_again_when_it_takes_them_back(
    cast: Cast, clients: Clients
) -> None:
    manager = await clients.of(cast.manager)
    person = f"{API}/people/{cast.rep.id}"
    assert (await manager.get(person)).json()["hours_from"] == "nobody"
    said = {"hours": WEEK, "time_zone": "Europe/Berlin", "country": "DE", "subdivision": "BY"}
    assert (await manager.put(f"{API}/organisation", json=said)).json() == said
    found = (await manager.get(person)).json()
    assert (found["hours_from"], found["holidays_from"], found["time_zone"]) == (
        "organisation",
        "organisation",
        "Europe/Berlin",
    )
    await manager.put(f"{API}/teams/{cast.team_id}", json={"hours": {"sat": [["10:00", "12:00"]]}})
    assert (await manager.get(person)).json()["hours_from"] == "team"
    assert (await manager.put(f"{API}/teams/{cast.team_id}", json={})).status_code == 200
    assert (await manager.get(person)).json()["hours_from"] == "organisation"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"hours": {"mon": [["09:00", "08:00"]]}}, "hours.mon"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"country": "ZZ"}, "country"),
        ({"country": "DE", "subdivision": "XX"}, "subdivision"),
        ({"subdivision": "BY"}, "subdivision"),
    ],
)
async def test_hours_that_make_no_sense_are_refused_at_their_field(
    cast: Cast, clients: Clients, body: dict[str, object], path: str
) -> None:
    answer = await (await clients.of(cast.manager)).put(f"{API}/organisation", json=body)
    assert answer.status_code == 422
    assert [error["path"].removeprefix("body.") for error in answer.json()["errors"]] == [path]
    assert answer.json()["errors"][0].get("accepted") or "IANA" in answer.json()["errors"][0]["message"]


async def test_a_closing_day_closes_everybody_until_it_is_removed(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    made = await manager.post(f"{API}/closing-days", json={"day": str(TOMORROW), "name": "Moving house"})
    assert made.status_code == 201
    person = (await manager.get(f"{API}/people/{cast.rep.id}")).json()
    assert person["holidays"] == [{"day": str(TOMORROW), "name": "Moving house"}]
    midnight = datetime.combine(TOMORROW, datetime.min.time(), UTC)
    assert person["open"][0]["end"] == midnight.isoformat().replace("+00:00", "Z")
    again = await manager.post(f"{API}/closing-days", json={"day": str(TOMORROW), "name": "Something else"})
    assert (again.status_code, "Moving house" in again.json()["detail"]) == (409, True)
    assert (await manager.delete(f"{API}/closing-days/{made.json()['id']}")).status_code == 204
    assert (await manager.get(f"{API}/closing-days")).json() == []


async def test_people_enter_their_own_absences_and_managers_everybodys(cast: Cast, clients: Clients) -> None:
    rep, manager = await clients.of(cast.rep), await clients.of(cast.manager)
    own = {"first": str(TOMORROW), "last": str(NEXT_WEEK), "reason": "Operation", "cover_id": str(cast.manager.id)}
    entered = await rep.post(f"{API}/absences", json=own)
    assert entered.status_code == 201, entered.text
    assert (entered.json()["user_id"], entered.json()["all_day"]) == (str(cast.rep.id), True)
    others = own | {"user_id": str(cast.owner.id)}
    assert (await rep.post(f"{API}/absences", json=others)).status_code == 403
    assert (await manager.post(f"{API}/absences", json=others)).status_code == 201
    address = f"{API}/absences/{entered.json()['id']}"
    shorter = await rep.put(address, json=own | {"last": str(TOMORROW)})
    assert shorter.json()["end"][:10] == str(TOMORROW + timedelta(days=1))
    assert (await manager.delete(address)).status_code == 204
    assert (await manager.delete(address)).status_code == 404


async def test_why_somebody_is_away_is_for_them_and_for_managers(cast: Cast, clients: Clients) -> None:
    manager, rep = await clients.of(cast.manager), await clients.of(cast.rep)
    for member in (cast.owner, cast.rep):
        body = {"user_id": str(member.id), "first": str(TOMORROW), "reason": "Operation"}
        await manager.post(f"{API}/absences", json=body)
    seen = {who: (await client.get(f"{API}/absences")).json() for who, client in (("m", manager), ("r", rep))}
    assert [one["reason"] for one in seen["m"]] == ["Operation"] * 2
    reasons = {one["user_id"]: one["reason"] for one in seen["r"]}
    assert reasons == {str(cast.owner.id): None, str(cast.rep.id): "Operation"}
    foreign = (await rep.get(f"{API}/people/{cast.owner.id}/absences.ics")).text
    assert ("Operation" in foreign, "SUMMARY:Away" in foreign) == (False, True)


async def test_why_somebody_is_away_is_neither_in_the_timeline_nor_in_the_audit_log(
    cast: Cast, clients: Clients, database: Database
) -> None:
    rep = await clients.of(cast.rep)
    entered = await rep.post(f"{API}/absences", json={"first": str(TOMORROW), "reason": "Operation"})
    await rep.delete(f"{API}/absences/{entered.json()['id']}")
    async with database.transaction(cast.org_id) as tx:
        told = (await tx.execute(text("SELECT name, payload::text FROM timeline_events ORDER BY at, id"))).all()
        kept = (await tx.execute(text("SELECT action, payload::text FROM audit_log ORDER BY seq"))).all()
        assert (await verify_chain(tx, cast.org_id)).broken_at is None
    assert [row[0] for row in told] == ["absence.added", "absence.removed"]
    assert [row[0] for row in kept][-2:] == ["absence.added", "absence.removed"]
    assert all("Operation" not in row[1] for row in (*told, *kept))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "first"),
        ({"first": "2026-08-03", "start": "2026-08-03T09:00:00Z"}, "first"),
        ({"first": "2026-08-03", "last": "2026-08-01"}, "last"),
        ({"first": "2026-08-03", "last": "2036-08-01"}, "end"),
        ({"start": "2026-08-03T09:00:00Z", "end": "2026-08-03T09:00:00Z"}, "end"),
        ({"first": "2026-08-03", "cover_id": "01a21531-8e5e-702c-b2f4-de7497db3546"}, "cover_id"),
    ],
)
async def test_an_absence_that_makes_no_sense_is_refused_at_its_field(
    cast: Cast, clients: Clients, body: dict[str, object], path: str
) -> None:
    answer = await (await clients.of(cast.rep)).post(f"{API}/absences", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"].removeprefix("body.") == path


async def test_nobody_covers_for_themselves(cast: Cast, clients: Clients) -> None:
    body = {"first": str(TOMORROW), "cover_id": str(cast.rep.id)}
    answer = await (await clients.of(cast.rep)).post(f"{API}/absences", json=body)
    assert answer.json()["errors"][0]["path"] == "cover_id"


async def test_who_only_looks_on_covers_for_nobody(cast: Cast, clients: Clients) -> None:
    body = {"first": str(TOMORROW), "cover_id": str(cast.viewer.id)}
    answer = await (await clients.of(cast.rep)).post(f"{API}/absences", json=body)
    [error] = answer.json()["errors"]
    assert (error["path"], error["message"]) == ("cover_id", "only looks on")


async def test_a_key_has_no_absences_of_its_own(cast: Cast, clients: Clients) -> None:
    machine = await clients.with_key(cast, ["team.write", "team.read"])
    answer = await machine.post(f"{API}/absences", json={"first": str(TOMORROW)})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "user_id")
    reader = await clients.with_key(cast, ["team.read"])
    body = {"first": str(TOMORROW), "user_id": str(cast.rep.id)}
    assert (await reader.post(f"{API}/absences", json=body)).status_code == 403


async def test_a_file_of_absences_may_come_again_and_changes_only_what_it_changed(cast: Cast, clients: Clients) -> None:
    rep, path = await clients.of(cast.rep), f"/people/{cast.rep.id}/absences/files"
    free = _event("Lunch", f"DTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}", "TRANSP:TRANSPARENT")
    first = await _sent(rep, path, _ics(_event("Skiing"), _event("Fair"), free))
    assert (first["added"], first["changed"], first["removed"]) == (2, 0, 0)
    assert first["notes"] == ["“Lunch” was left out: it keeps nobody busy."]
    assert (await _sent(rep, path, _ics(_event("Skiing"), _event("Fair"))))["added"] == 0
    moved = _event("Skiing", f"DTSTART;VALUE=DATE:{NEXT_WEEK:%Y%m%d}")
    off = _event("Fair", f"DTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}", "STATUS:CANCELLED")
    again = await _sent(rep, path, _ics(moved, off))
    assert (again["added"], again["changed"], again["removed"]) == (0, 1, 1)
    found = (await rep.get(f"{API}/absences")).json()
    assert [(one["reason"], one["start"][:10]) for one in found] == [("Skiing", str(NEXT_WEEK))]


_DAILY = (f"DTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}", "RRULE:FREQ=DAILY;COUNT=3")
_SECOND = f"{TOMORROW + timedelta(days=1):%Y%m%d}"
_IN_PLACE = f"RECURRENCE-ID;VALUE=DATE:{_SECOND}"


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (_DAILY, (*_DAILY, f"EXDATE;VALUE=DATE:{_SECOND}"), [0, 2]),
        (_DAILY, (*_DAILY, "TRANSP:TRANSPARENT"), []),
        (_DAILY, _DAILY[:1], [0]),
        (_DAILY[:1], _DAILY, [0, 1, 2]),
        (_DAILY, (*_DAILY, "EXDATE:nonsense"), [0, 1, 2]),
        (_DAILY, (_IN_PLACE, f"DTSTART;VALUE=DATE:{TOMORROW + timedelta(days=9):%Y%m%d}"), [0, 2, 9]),
        (_DAILY, (_IN_PLACE, f"DTSTART;VALUE=DATE:{_SECOND}", "STATUS:CANCELLED"), [0, 2]),
        (_DAILY[:1], (f"DTSTART;VALUE=DATE:{TOMORROW + timedelta(days=1500):%Y%m%d}",), []),
    ],
    ids=[
        "a day is left out",
        "it keeps nobody busy",
        "it stops repeating",
        "it begins to repeat",
        "it cannot be read",
        "only a day that was moved comes",
        "only a day that is called off comes",
        "it was moved beyond what is read",
    ],
)
async def test_what_a_file_no_longer_says_of_an_event_is_taken_back(
    cast: Cast, clients: Clients, before: tuple[str, ...], after: tuple[str, ...], left: list[int]
) -> None:
    rep, path = await clients.of(cast.rep), f"/people/{cast.rep.id}/absences/files"
    await _sent(rep, path, _ics(_event("Kept"), _event("Fair", *before)))
    await _sent(rep, path, _ics(_event("Fair", *after)))
    found = (await rep.get(f"{API}/absences")).json()
    days = [one["start"][:10] for one in found if one["reason"] == "Fair"]
    assert days == [str(TOMORROW + timedelta(days=day)) for day in left]
    assert sum(one["reason"] == "Kept" for one in found) == 1


async def test_what_was_taken_out_as_a_file_is_not_doubled_when_it_comes_back(cast: Cast, clients: Clients) -> None:
    rep = await clients.of(cast.rep)
    body = {"first": str(TOMORROW), "last": str(NEXT_WEEK), "reason": "Skiing"}
    await rep.post(f"{API}/absences", json=body)
    taken = await rep.get(f"{API}/people/{cast.rep.id}/absences.ics")
    assert taken.headers["content-type"].startswith("text/calendar")
    assert f"DTEND;VALUE=DATE:{NEXT_WEEK + timedelta(days=1):%Y%m%d}" in taken.text
    assert (await _sent(rep, f"/people/{cast.rep.id}/absences/files", taken.content))["added"] == 0
    assert len((await rep.get(f"{API}/absences")).json()) == 1


async def test_a_file_of_closing_days_closes_every_whole_day_of_it(cast: Cast, clients: Clients) -> None:
    manager = await clients.of(cast.manager)
    end = f"DTEND;VALUE=DATE:{TOMORROW + timedelta(days=3):%Y%m%d}"
    days = _event("Stocktaking", f"DTSTART;VALUE=DATE:{TOMORROW:%Y%m%d}", end)
    timed = _event("Party", f"DTSTART:{TOMORROW:%Y%m%d}T180000Z", "DURATION:PT2H")
    sent = await _sent(manager, "/closing-days/files", _ics(days, timed))
    assert (sent["added"], sent["notes"]) == (3, ["“Party” was left out: it is no whole day."])
    assert (await _sent(manager, "/closing-days/files", _ics(days)))["added"] == 0
    taken = (await manager.get(f"{API}/closing-days.ics")).text
    assert taken.count("SUMMARY:Stocktaking") == 3


@pytest.mark.parametrize("path", ["/closing-days/files", "/people/{rep}/absences/files"])
async def test_a_file_that_is_no_calendar_is_refused_and_says_what_is_accepted(
    cast: Cast, clients: Clients, path: str
) -> None:
    manager = await clients.of(cast.manager)
    for content in (b"", b"\x00\xff", b"email,name\n"):
        answer = await manager.post(API + path.format(rep=cast.rep.id), files={"file": ("my.ics", content)})
        assert answer.status_code == 422
        assert "iCalendar" in answer.json()["errors"][0]["accepted"]


async def test_holidays_are_listed_by_country_and_part(cast: Cast, clients: Clients) -> None:
    rep = await clients.of(cast.rep)
    asked = {"country": "DE", "year": 2026}
    whole = (await rep.get(f"{API}/holidays", params=asked)).json()
    bavaria = (await rep.get(f"{API}/holidays", params=asked | {"subdivision": "BY"})).json()
    assert {"day": "2026-10-03", "name": "German Unity Day"} in whole
    assert {day["name"] for day in bavaria} - {day["name"] for day in whole} == {
        "Epiphany",
        "Corpus Christi",
        "All Saints' Day",
    }
    assert (await rep.get(f"{API}/holidays", params=asked | {"country": "ZZ"})).status_code == 422


async def test_who_may_not_change_others_changes_nothing(cast: Cast, clients: Clients) -> None:
    rep = await clients.of(cast.rep)
    assert (await rep.put(f"{API}/organisation", json={})).status_code == 403
    assert (await rep.post(f"{API}/closing-days", json={"day": str(TOMORROW), "name": "No"})).status_code == 403
    foreign = await rep.post(
        f"{API}/people/{cast.owner.id}/absences/files", files={"file": ("my.ics", _ics(_event("Skiing")))}
    )
    assert foreign.status_code == 403
