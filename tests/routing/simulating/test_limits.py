"""Other limits of people are tried on what has happened: how much they have open, and are given in a period."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.simulating.test_running import Lived, settled
from tests.routing.simulating.test_simulations import a_lead, a_rule, live_document, run
from tests.routing.world import ANN, BEN, a_config, leads, to_rep
from tests.routing.world import a_rule as one_rule

from oppspot.accounts.period_limits import Period, PeriodLimit
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.services.simulating import run_simulation
from oppspot.routing.simulating.limits import TriedLimits

SIMULATE = "/api/qualification/routing/simulate"


def given_by(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {rep["name"]: (rep["live"]["given"], rep["draft"]["given"]) for rep in report["reps"]}


def test_fewer_open_leads_leave_more_to_others_and_the_rest_waits() -> None:
    lived = Lived(a_config(one_rule()), settled([replace(ANN, max_open=6), replace(BEN, max_open=4)]))
    for start in range(1, 9, 2):
        lived.come(leads(2, start))
    report = lived.report(limits={ANN.id: TriedLimits(max_open=1)})
    assert report["trusted"]
    assert given_by(report) == {"Ann": (4, 1), "Ben": (4, 4)}
    assert report["draft"]["not_given"] == {"at_capacity": 3}
    assert {rep["name"]: (rep["max_open"], rep.get("tried")) for rep in report["reps"]} == {
        "Ann": (6, "1 open"),
        "Ben": (4, None),
    }


def test_a_limit_that_is_lifted_lets_through_what_waited() -> None:
    lived = Lived(a_config(one_rule(to_rep(ANN))), settled([replace(ANN, max_open=1)]))
    lived.come(leads(3))
    lived.come(leads(1, 10))
    report = lived.report(limits={ANN.id: TriedLimits(max_open=None)})
    assert given_by(report) == {"Ann": (1, 4)}
    assert report["reps"][0]["tried"] == "any number open"


def test_so_many_in_a_period_are_counted_as_given_in_the_course_that_is_tried() -> None:
    lived = Lived(a_config(one_rule()), settled([ANN, BEN]))
    for start in range(1, 13, 2):  # two an hour
        lived.come(leads(2, start))
    report = lived.report(limits={ANN.id: TriedLimits(limits=(PeriodLimit(2, Period.DAY),))})
    assert report["trusted"]
    assert given_by(report) == {"Ann": (6, 2), "Ben": (6, 10)}
    lifted = Lived(
        a_config(one_rule(to_rep(ANN))), settled([replace(ANN, limits=(PeriodLimit(2, Period.DAY),), used=(0,))])
    )
    lifted.come(leads(5))
    assert given_by(lifted.report(limits={ANN.id: TriedLimits(limits=())})) == {"Ann": (2, 5)}


def test_limits_as_they_were_move_nobody() -> None:
    lived = Lived(a_config(one_rule()), settled([replace(ANN, max_open=2), BEN]))
    for start in range(1, 9, 2):
        lived.come(leads(2, start))
    report = lived.report(limits={ANN.id: TriedLimits(max_open=2), BEN.id: TriedLimits()})
    assert report["moved"] == []
    assert all(rep["live"] == rep["draft"] for rep in report["reps"])


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


@pytest.mark.anyio
@pytest.mark.db
async def test_a_machine_tries_other_limits_and_nobodys_are_changed(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    for _ in range(6):
        await a_lead(manager)
    day = {"leads": 2, "per": "day", "window": "rolling"}
    limits = [{"rep_id": str(cast.rep.id), "max_open": 1}, {"rep_id": str(cast.other_rep.id), "limits": [day]}]
    before = await run(database, cast, "SELECT user_id, max_open, limits FROM rep_profiles ORDER BY user_id")
    begun = await manager.post(SIMULATE, json={"weeks": 1, "limits": limits})
    assert begun.status_code == 202, begun.text
    await run_simulation(database, cast.org_id, UUID(begun.json()["id"]), utc_now())
    read = (await manager.get(f"/api/qualification/routing/simulations/{begun.json()['id']}")).json()
    assert read["state"] == "done", read
    assert read["limits"] == limits
    assert read["title"] == "Live configuration, with other limits"
    assert read["result"]["trusted"]
    assert given_by(read["result"]) == {"Ravi Rep": (3, 2), "Rita Rep": (3, 1)}
    assert await run(database, cast, "SELECT user_id, max_open, limits FROM rep_profiles ORDER BY user_id") == before


@pytest.mark.anyio
@pytest.mark.db
async def test_only_limits_that_somebody_could_have_are_tried(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rita = str(cast.rep.id)
    day = {"leads": 2, "per": "day"}
    for limits, path in (
        ([{"rep_id": str(new_id()), "max_open": 1}], "limits[0].rep_id"),
        ([{"rep_id": rita}, {"rep_id": rita, "max_open": 1}], "limits[1].rep_id"),
        ([{"rep_id": rita, "limits": [day, day]}], "limits[0].limits"),
        ([{"rep_id": rita, "max_open": -1}], "limits[0].max_open"),
    ):
        answer = await manager.post(SIMULATE, json={"weeks": 1, "limits": limits})
        assert answer.status_code == 422, (limits, answer.text)
        assert [error["path"] for error in answer.json()["errors"]] == [path]


@pytest.mark.anyio
@pytest.mark.db
async def test_the_page_tries_other_limits_of_one_person(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    for _ in range(6):
        await a_lead(manager)
    assert "Rita Rep" in (await manager.get("/routing/simulator")).text
    typed = {"weeks": "1", "try": "change", "rep": str(cast.rep.id)}
    begun = await manager.post("/routing/simulator", data=typed | {"max_open": "1", "limits": "none"})
    assert begun.status_code == 303, begun.text
    place = begun.headers["location"]
    await run_simulation(database, cast.org_id, UUID(place.rpartition("/")[2]), utc_now())
    shown = (await manager.get(place)).text
    assert "Rita Rep: 1 open, no limit in any period" in shown
    for wrong, said in (({"max_open": "many"}, "Open leads at most"), ({"limits": "often"}, "such as 5 a day")):
        answer = await manager.post("/routing/simulator", data=typed | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert next(iter(wrong.values())) in answer.text
    answer = await manager.post("/routing/simulator", data=typed)
    assert answer.status_code == 422
    assert "Say what becomes of the limits" in answer.text
    answer = await manager.post("/routing/simulator", data={"weeks": "1", "try": "change", "max_open": "1"})
    assert (answer.status_code, "is nobody who takes leads here" in answer.text) == (422, True)
    assert (await live_document(database, cast)).rules
