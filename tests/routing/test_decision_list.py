"""Decisions as lists: narrowed, paged, exported; one decision as whoever reads it needs it."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.world import ANN, BEN, CLEO, HELD, a_config, a_lead, a_rule, leads, rep_id, route

from oppspot.core.clock import utc_now
from oppspot.routing.explain_reader import why_you_or_not
from oppspot.routing.outcomes import Outcome
from oppspot.routing.pages.outcome_words import GROUPS, SIGNS

RULES = "/api/qualification/routing/rules"
DECISIONS = "/api/routing/decisions"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _rules(manager: httpx2.AsyncClient, cast: Cast) -> dict[str, str]:
    """Software to the team, hardware to a queue; the rest matches nothing. Returns the rules' ids by name."""
    made = {}
    for name, target in [
        ("Software", {"type": "team", "id": str(cast.team_id)}),
        ("Hardware", {"type": "queue", "id": "Shelf"}),
    ]:
        condition = {"field": "company.industry", "op": "eq", "value": name}
        answer = await manager.post(RULES, json={"name": name, "assignment_target": target, "conditions": condition})
        made[name] = answer.json()["id"]
    return made


async def _take(manager: httpx2.AsyncClient, *industries: str) -> None:
    body = {
        "leads": [
            {
                "email": f"p{n}@{industry.lower()}{n}.example",
                "first_name": f"Person{n}",
                "company": {"industry": industry},
            }
            for n, industry in enumerate(industries)
        ]
    }
    answer = await manager.post("/api/leads/batch", json=body)
    assert answer.status_code == 200, answer.text


async def _listed(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(DECISIONS, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.anyio
@pytest.mark.db
async def test_each_filter_lets_through_what_it_says(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rules = await _rules(manager, cast)
    await _take(manager, "Software", "Software", "Hardware", "Fishing")
    everything = await _listed(manager)
    assert sorted(item["outcome"] for item in everything) == ["assigned", "assigned", "no_rule_matched", "queued"]
    assert {item["team_name"] for item in await _listed(manager, rule_id=rules["Software"])} == {"North"}
    assert [item["queue"] for item in await _listed(manager, rule_id=rules["Hardware"])] == ["Shelf"]
    assert len(await _listed(manager, team_id=str(cast.team_id))) == 2
    assert [item["rep_name"] for item in await _listed(manager, rep_id=str(cast.rep.id))] == ["Rita Rep"]
    both = await _listed(manager, outcome=["queued", "no_rule_matched"])
    assert {item["outcome"] for item in both} == {"queued", "no_rule_matched"}
    assert [item["lead_name"] for item in await _listed(manager, q="person3")] == ["Person3"]
    assert len(await _listed(manager, lead_id=everything[0]["lead_id"])) == 1
    now = utc_now()
    assert len(await _listed(manager, decided_after=(now - timedelta(hours=1)).isoformat())) == 4
    assert await _listed(manager, decided_before=(now - timedelta(hours=1)).isoformat()) == []


@pytest.mark.anyio
@pytest.mark.db
async def test_pages_hold_every_decision_once_though_a_batch_has_one_moment(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    await _rules(manager, cast)
    await _take(manager, *["Software"] * 11)
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = (await manager.get(DECISIONS, params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert (len(seen), len(set(seen))) == (11, 11)


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("outcome=lost", "query.outcome"),
        ("rep_id=rita", "query.rep_id"),
        ("decided_after=yesterday", "query.decided_after"),
        ("cursor=WzEsMl0", "cursor"),
        ("colour=red", "query.colour"),
    ],
)
async def test_a_filter_that_cannot_be_is_refused_by_name(manager: httpx2.AsyncClient, query: str, path: str) -> None:
    answer = await manager.get(f"{DECISIONS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"].startswith(path), answer.json()


@pytest.mark.anyio
@pytest.mark.db
async def test_the_page_shows_what_the_api_lists_and_exports_it(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await _rules(manager, cast)
    await _take(manager, "Software", "Hardware", "Fishing")
    page = (await manager.get("/routing/decisions?outcome=queued")).text
    assert ("Person1" in page, "Person0" in page) == (True, False)
    today = utc_now().date().isoformat()
    assert "Person0" in (await manager.get(f"/routing/decisions?since={today}&until={today}")).text
    assert "No decision matches" in (await manager.get("/routing/decisions?until=2020-01-01")).text
    assert (await manager.get("/routing/decisions?since=soon")).status_code == 422
    file = await manager.get("/routing/decisions/export.csv?outcome=assigned&outcome=queued")
    rows = list(csv.DictReader(StringIO(file.text.lstrip("\ufeff"))))
    assert sorted((row["lead"], row["outcome"], row["rule"]) for row in rows) == [
        ("Person0", "assigned", "Software"),
        ("Person1", "queued", "Hardware"),
    ]


@pytest.mark.anyio
@pytest.mark.db
async def test_no_decision_of_others_is_listed(
    clients: Clients, manager: httpx2.AsyncClient, cast: Cast, outsiders: Cast
) -> None:
    await _rules(manager, cast)
    await _take(manager, "Software")
    stranger = await clients.of(outsiders.manager)
    assert await _listed(stranger) == []
    assert "No decisions yet" in (await stranger.get("/routing/decisions")).text


@pytest.mark.anyio
@pytest.mark.db
async def test_a_decision_tells_whoever_reads_it_why_them_or_why_not(
    clients: Clients, manager: httpx2.AsyncClient, cast: Cast
) -> None:
    await _rules(manager, cast)
    await _take(manager, "Software")
    [decision] = await _listed(manager)
    winner, other = sorted(cast.reps, key=lambda rep: str(rep.id) != decision["rep_id"])
    told = (await (await clients.of(winner)).get(f"/routing/decisions/{decision['id']}")).text
    assert "Why you<" in told
    told = (await (await clients.of(other)).get(f"/routing/decisions/{decision['id']}")).text
    assert re.search(r"Why not you</strong> · You were number 2 of 2 in turn", told)
    told = (await manager.get(f"/routing/decisions/{decision['id']}")).text
    assert "Why you<" not in told
    assert "Why not you" not in told
    assert f"/routing/versions/{decision['config_version']}" in told


@pytest.mark.anyio
@pytest.mark.db
async def test_decisions_about_one_lead_lead_to_each_other(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await _rules(manager, cast)
    await _take(manager, "Software")
    [lead] = await _listed(manager)
    await manager.post(f"/leads/{lead['lead_id']}/reject", data={"reason": "Not mine"})
    after, before = await _listed(manager, lead_id=lead["lead_id"])
    first = (await manager.get(f"/routing/decisions/{before['id']}")).text
    second = (await manager.get(f"/routing/decisions/{after['id']}")).text
    assert f'href="/routing/decisions/{after["id"]}"' in first
    assert "Decision before" not in first
    assert f'href="/routing/decisions/{before["id"]}"' in second
    assert "Decision after" not in second


def test_every_outcome_has_a_sign_and_can_be_asked_for_by_a_tab() -> None:
    assert set(SIGNS) == set(Outcome)
    assert set(Outcome) - {outcome for _, group in GROUPS for outcome in group} == {Outcome.KEPT_OWNER}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"active": False}, "You could work no leads then: your account was closed, or a viewer's."),
        ({"weight": 0}, "Your weight is 0, so routing gives you nothing."),
        ({"available": False}, "You had paused."),
        ({"max_open": 20, "open_count": 20}, "You were at your limit, with 20 of 20 open."),
    ],
)
def test_who_failed_a_test_is_told_which_as_you(change: dict[str, Any], sentence: str) -> None:
    (decision,) = route(a_lead(), reps=[ANN, replace(BEN, **change)]).decisions
    assert why_you_or_not(decision, BEN.id) == sentence


def test_who_comes_later_in_turn_is_told_how_much_later() -> None:
    *_, third = route(leads(3)).decisions
    assert why_you_or_not(third, BEN.id) == (
        "You were number 3 of 3 in turn, owed nothing. Cleo was number 1, owed 1.00 of a lead."
    )
    assert str(why_you_or_not(third, CLEO.id)).startswith("It came to you. Rule")


def test_who_had_nothing_to_do_with_it_is_told_nothing() -> None:
    (won,) = route(a_lead()).decisions
    (queued,) = route(a_lead(), a_config(a_rule(HELD))).decisions
    assert why_you_or_not(won, rep_id(99)) is None
    assert why_you_or_not(queued, ANN.id) is None
