"""The ledger for people: one's own place, everybody's, why a credit is what it is, and calibration step by step."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.test_ledgers import a_manager_with_a_rule, leads_come, ledger_of
from tests.routing.world import ANN, BEN

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.fairness import LEAD
from oppspot.routing.ledger_accounts import account_of
from oppspot.routing.ledger_standings import MemberStanding
from oppspot.routing.models import LedgerCalibration
from oppspot.routing.queries.ledger_history import Effect, TurnTaken
from oppspot.routing.queries.ledgers import get_pool
from oppspot.routing.stretches import FailedTest
from oppspot.web.formats import MINUS

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await a_manager_with_a_rule(clients, cast)


async def page_of(client: httpx2.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def form_of(html: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that posts there."""
    form = html.partition(f'action="{action}"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


async def test_a_rep_sees_their_place_and_why(
    manager: httpx2.AsyncClient,
    clients: Clients,
    cast: Cast,
) -> None:
    await leads_come(manager, 1)
    owed = next(each for each in (await ledger_of(manager, cast))["members"] if each["credit"] > 0)
    first, second = (cast.rep, cast.other_rep) if owed["rep_id"] == str(cast.rep.id) else (cast.other_rep, cast.rep)
    assert "You are next in turn." in await page_of(await clients.of(first), "/routing/my-turn")
    page = await page_of(await clients.of(second), "/routing/my-turn")
    assert "You are 2nd in turn: one colleague is owed more." in page
    assert f"Before you {first.name}, owed 0.50 leads" in page
    assert 'href="/routing/my-turn"' in (await (await clients.of(second)).get("/inbox")).text


async def test_who_is_in_no_pool_is_told(clients: Clients, cast: Cast) -> None:
    await a_manager_with_a_rule(clients, cast)
    assert "You are in no pool" in await page_of(await clients.of(cast.viewer), "/routing/my-turn")


async def test_the_ledger_lists_every_pool(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await leads_come(manager, 3)
    page = await page_of(manager, "/routing/ledger")
    assert "owed 0.50 leads" in page
    assert "1.0 leads apart" in page
    assert f"/routing/ledger/{cast.team_id}" in (await manager.get("/routing/ledger")).text


async def test_before_any_rule_the_ledger_says_what_to_do(clients: Clients, cast: Cast) -> None:
    assert "No pools yet" in await page_of(await clients.of(cast.manager), "/routing/ledger")


async def test_a_credit_opens_every_turn_that_made_it(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await leads_come(manager, 5)
    path = f"/routing/ledger/{cast.team_id}/members/{cast.rep.id}"
    page = await page_of(manager, path)
    assert page.count("own share of the lead") + page.count("Own turn") == 5
    assert "Before these 0.00" in page
    assert "Settled" not in page  # the turns alone account for it
    assert (await manager.get(f"/routing/ledger/{cast.team_id}/members/{cast.viewer.id}")).status_code == 404


async def test_calibrating_is_asked_shown_done_and_undone(
    manager: httpx2.AsyncClient,
    clients: Clients,
    cast: Cast,
) -> None:
    await leads_come(manager, 2)
    base = f"/routing/ledger/{cast.team_id}"
    asked = await page_of(manager, f"{base}/calibrate?rep_id={cast.rep.id}")
    assert "What would come of it" not in asked
    query = f"{base}/calibrate?rep_id={cast.rep.id}&kind=catch_up&leads=3&away_from=&away_until=&level_with=most_owed"
    shown = await page_of(manager, query)
    assert f"{cast.rep.name} is moved by +3.00 leads of turns; it is worked off after the next" in shown
    html = (await manager.get(query)).text
    fields = form_of(html, f"{base}/calibrations")
    assert fields["leads"] == "3"
    unsaid = await manager.post(f"{base}/calibrations", data=fields)
    assert unsaid.status_code == 422
    done = await manager.post(f"{base}/calibrations", data=fields | {"reason": "Parental leave"})
    assert (done.status_code, done.headers["location"]) == (303, base)
    page = await page_of(manager, base)
    assert f"Catch up: {cast.rep.name} +3.00 · Parental leave" in page
    assert "+3.00" in await page_of(await clients.of(cast.rep), base)
    undo = re.search(rf'action="({base}/calibrations/[^"]+/undo)"', (await manager.get(base)).text)
    assert undo
    assert (await manager.post(undo[1])).status_code == 303
    after = await page_of(manager, base)
    assert f"Undone: {cast.rep.name} {MINUS}3.00 · Undone: Parental leave" in after
    assert f'action="{undo[1]}"' not in (await manager.get(base)).text
    assert (await manager.post(undo[1])).headers["location"] == base


async def test_what_has_moved_since_is_shown_again_before_it_is_done(
    manager: httpx2.AsyncClient,
    cast: Cast,
) -> None:
    await leads_come(manager, 1)
    base = f"/routing/ledger/{cast.team_id}"
    html = (await manager.get(f"{base}/calibrate?rep_id={cast.rep.id}&kind=even")).text
    fields = form_of(html, f"{base}/calibrations") | {"reason": "New here"}
    await leads_come(manager, 1, start=20)
    moved = await manager.post(f"{base}/calibrations", data=fields)
    assert moved.status_code == 409
    assert "Leads were given in this pool since its credits were shown" in moved.text
    again = form_of(moved.text, f"{base}/calibrations") | {"reason": "New here"}
    assert again["seen"] != fields["seen"]
    assert (await manager.post(f"{base}/calibrations", data=again)).status_code == 303


async def test_what_cannot_be_shown_says_why_at_its_field(manager: httpx2.AsyncClient, cast: Cast) -> None:
    base = f"/routing/ledger/{cast.team_id}/calibrate?rep_id={cast.rep.id}&kind=catch_up"
    assert "Say how many leads" in await page_of(manager, base) or "a number of leads" in await page_of(manager, base)
    assert "50" in await page_of(manager, f"{base}&leads=400")


async def test_reps_see_but_do_not_calibrate(clients: Clients, cast: Cast) -> None:
    rep = await clients.of(cast.rep)
    assert (await rep.get(f"/routing/ledger/{cast.team_id}")).status_code == 200
    assert (await rep.get(f"/routing/ledger/{cast.team_id}/calibrate")).status_code == 403
    assert "/calibrate" not in (await rep.get(f"/routing/ledger/{cast.team_id}")).text


def standing(credit: int) -> MemberStanding:
    return MemberStanding(ANN, None, 1, 0.5, LEAD // 2, credit, 0, None, None)


def turn(hour: int, turn_of: UUID, rep_id: UUID, effects: Mapping[UUID, Effect]) -> TurnTaken:
    at = datetime(2026, 11, 20, hour, tzinfo=UTC)
    return TurnTaken(at, new_id(), new_id(), rep_id, "", turn_of, effects)


def test_an_account_adds_up_whatever_happened_between() -> None:
    """Two turns, a calibration, and somebody who left: start and lines are what is owed now."""
    half = LEAD // 2
    turns = [
        turn(11, BEN.id, ANN.id, {ANN.id: Effect(half, 0, FailedTest.ABSENT)}),
        turn(9, ANN.id, BEN.id, {ANN.id: Effect(LEAD, -half, None)}),
    ]
    made = [
        LedgerCalibration(
            rep_id=ANN.id, kind="even", changes={str(ANN.id): LEAD}, reason="Fair", made_by="Max", at=turns[1].at
        )
    ]
    account = account_of(standing(credit=half), turns, made, {ANN.id: "Ann", BEN.id: "Ben"})
    assert account.start + sum(entry.leads for entry in account.entries) == account.now == 0.5
    said = [entry.why for entry in account.entries]
    assert said[0] == "Ben's turn, preferred to them; sat out: away"
    assert "Own turn, but Ben was preferred" in said
    assert "Calibrated by Max: Fair" in said
    assert said[-1] == "Settled when somebody left, or when a new month began"


async def test_a_team_nobody_sends_leads_to_has_a_page_too(clients: Clients, cast: Cast, database: Database) -> None:
    assert "Next turns" in await page_of(await clients.of(cast.rep), f"/routing/ledger/{cast.team_id}")
    async with database.transaction(cast.org_id) as tx:
        _, pool = await get_pool(tx, cast.org_id, str(cast.team_id), utc_now())
    assert not pool.in_use
