"""Territories: what people write and paste, who covers them, what is warned of."""

import re
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.coverage import Cover, coverage_of
from oppspot.routing.policies import Territory
from oppspot.routing.territory_checks import postcode_fault
from oppspot.routing.territory_texts import in_words, list_of, read_table

TERRITORIES = "/api/qualification/routing/territories"


def test_lists_are_typed_with_lines_or_commas() -> None:
    assert list_of("DE, AT\nCH;  DE\n\n") == ["DE", "AT", "CH"]
    assert list_of("Baden  Württemberg") == ["Baden Württemberg"]


def test_lines_of_one_name_add_up_and_headings_may_stand_in_any_order() -> None:
    table = read_table("Postcode\tTerritory\tSize\n80-87\tBavaria\t51-200\n90-97\tbavaria\t\n1\tEast\t5001+")
    assert table.problems == ()
    assert table.territories == (
        Territory(name="Bavaria", postcodes=("80-87", "90-97"), min_employees=51, max_employees=200),
        Territory(name="East", postcodes=("1",), min_employees=5001),
    )


def test_without_headings_the_columns_have_their_order_and_cells_may_be_lists() -> None:
    table = read_table('DACH;DE, AT|CH;;;Software;-50;"a.example; b.example";5')
    assert table.problems == ()
    assert table.territories == (
        Territory(
            name="DACH",
            countries=("DE", "AT", "CH"),
            industries=("Software",),
            max_employees=50,
            accounts=("a.example", "b.example"),
            priority=5,
        ),
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("name,colour\nA,red", 'line 1: "colour" is no column'),
        ("A,DE\n,FR", "line 2: has no name"),
        ("name,size\nA,large", 'line 2: "large" is no size'),
        ("name,priority\nA,first", 'line 2: "first" is no priority'),
        ("name,postcodes\nA,20-1", "“A”, postcodes: "),
        ("name,size\nA,50-10", "“A”, max_employees: "),
        ("North/South,DE", "“North/South”, name: "),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line_or_name(lines: str, said: str) -> None:
    problems = read_table(lines).problems
    assert [problem.message.startswith(said) for problem in problems] == [True], problems


@pytest.mark.parametrize("postcode", ["SW1", "sw1a 2aa", "10000-10999", "10 - 12", "SW1A-SW1Y"])
def test_beginnings_and_ranges_are_postcodes(postcode: str) -> None:
    assert postcode_fault(postcode) is None


@pytest.mark.parametrize("postcode", ["SW*", "1000-001", "10-1199", "12-10", "1-2-3", "10-", "SW1 A-SW1 B"])
def test_what_is_neither_is_none(postcode: str) -> None:
    assert postcode_fault(postcode) is not None


def test_a_territory_reads_as_a_sentence() -> None:
    here = Territory(name="X", countries=("DE",), postcodes=tuple("123456"), min_employees=50)
    assert in_words(here) == "DE; postcodes 1, 2, 3, 4 and 2 more; 50 employees and more"
    assert in_words(Territory(name="Rest")) == "everywhere"


def test_who_covers_what_goes_by_name_whatever_its_case() -> None:
    ann = Cover(new_id(), "Ann", ("bavaria", "Atlantis"))
    coverage = coverage_of([Territory(name="Bavaria"), Territory(name="Saxony")], [ann])
    assert coverage.by_territory == {"Bavaria": (ann,), "Saxony": ()}
    assert coverage.uncovered == ("Saxony",)
    assert coverage.unknown == {"Atlantis": (ann,)}


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _names(manager: httpx2.AsyncClient) -> list[str]:
    return [item["name"] for item in (await manager.get(TERRITORIES)).json()["items"]]


def _form(**changes: Any) -> dict[str, Any]:
    return {"name": "Bavaria", "countries": "DE", "postcodes": "80-87\n90-97", "priority": "10"} | changes


@pytest.mark.anyio
@pytest.mark.db
async def test_a_territory_is_written_renamed_and_removed(manager: httpx2.AsyncClient) -> None:
    assert (await manager.post("/routing/territories/new", data=_form())).status_code == 303
    page = (await manager.get("/routing/territories/Bavaria")).text
    assert "80-87\n90-97</textarea>" in page
    await manager.post("/routing/territories/Bavaria", data=_form(name="Upper Bavaria"))
    assert await _names(manager) == ["Upper Bavaria"]
    await manager.post("/routing/territories/Upper Bavaria/delete", data={"expected_version": "2"})
    assert await _names(manager) == []
    assert (await manager.get("/routing/territories/Bavaria")).status_code == 404


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"name": ""}, "name", "Name"),
        ({"name": "Saxony"}, "name", "Name"),
        ({"postcodes": "80-87\n9-1"}, "postcodes", "Postcodes"),
        ({"min_employees": "many"}, "min_employees", "Employees from"),
        ({"min_employees": "9", "max_employees": "3"}, "max_employees", "Employees to"),
        ({"priority": "-1"}, "priority", "Priority"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    manager: httpx2.AsyncClient, changes: dict[str, Any], field: str, label: str
) -> None:
    await manager.post("/routing/territories/new", data=_form(name="Saxony"))
    answer = await manager.post("/routing/territories/new", data=_form(**changes))
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', answer.text) == [(field, label)]
    assert f'id="field-{field}-error"' in answer.text


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("country", "said"), [("UK", "accepted: GB"), ("Germany", "accepted: DE"), ("XX", "is not a country we know")]
)
async def test_a_country_is_its_code(manager: httpx2.AsyncClient, country: str, said: str) -> None:
    answer = await manager.post(TERRITORIES, json={"name": "Q", "countries": [country]})
    [problem] = answer.json()["errors"]
    assert (answer.status_code, problem["path"]) == (422, "countries[0]")
    assert said in f"{problem['message']}; accepted: {problem['accepted']}"


@pytest.mark.anyio
@pytest.mark.db
async def test_a_table_adds_replaces_and_may_be_all_there_is(manager: httpx2.AsyncClient) -> None:
    await manager.post("/routing/territories/new", data=_form())
    await manager.post("/routing/territories/new", data=_form(name="Saxony"))
    pasted = {"lines": "name\tcountries\nbavaria\tAT\nTyrol\tAT", "others": "keep"}
    assert (await manager.post("/routing/territories/paste", data=pasted)).status_code == 303
    assert await _names(manager) == ["bavaria", "Saxony", "Tyrol"]
    stale = await manager.post("/routing/territories/paste", data=pasted | {"expected_version": "1"})
    assert stale.status_code == 409
    assert "bavaria\tAT" in stale.text
    await manager.post("/routing/territories/paste", data=pasted | {"others": "remove"})
    assert await _names(manager) == ["bavaria", "Tyrol"]
    wrong = await manager.post("/routing/territories/paste", data={"lines": "A,B/C,,9-1"})
    assert wrong.status_code == 422
    assert "“A”, postcodes" in wrong.text
    assert (await manager.post("/routing/territories/paste", data={"lines": " "})).status_code == 422


@pytest.mark.anyio
@pytest.mark.db
async def test_territories_nobody_covers_and_names_that_are_none_are_warned_of(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        said = text("UPDATE rep_profiles SET territories = ARRAY['BAVARIA', 'Atlantis'] WHERE user_id = :id")
        await tx.execute(said, {"id": cast.rep.id})
    await manager.post("/routing/territories/new", data=_form())
    await manager.post("/routing/territories/new", data=_form(name="Saxony"))
    page = (await manager.get("/routing/territories")).text
    assert "Nobody covers Saxony" in page
    assert re.search(r'Atlantis: <a href="/team/people/[0-9a-f-]+">Rita Rep</a>', page)
    assert "No rule that is on picks by territory yet" in page
