"""What is malformed is refused with a 4xx that says what is wrong; nothing from outside ends in a 5xx."""

import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests.casting import Cast, Clients
from tests.contracts.routes import routes_of
from tests.contracts.worlds import a_bare_world

pytestmark = [pytest.mark.anyio, pytest.mark.db]
LEADS, BATCH = "/api/leads", "/api/leads/batch"
JSON = {"content-type": "application/json"}
MEBIBYTE = 1024 * 1024
HUGE = 10**400


def _first_now_others_later(values: Sequence[Any], now: int) -> list[Any]:
    """Return test parameters, of which only the first are tried in the quick suite: each visits every route."""
    later = pytest.mark.prove
    return [pytest.param(each, id=str(n), marks=() if n < now else later) for n, each in enumerate(values)]


@pytest.fixture
async def machine(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.with_key(cast)


def _is_problem(answer: httpx2.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["detail"]


def _deep(levels: int) -> str:
    return '{"attributes": ' + '{"a": ' * levels + "1" + "}" * levels + "}"


RAW = {
    "half a document": b'{"email": ',
    "no JSON at all": b"email=a@x.example",
    "ten thousand levels": _deep(10_000).encode(),
    "ten thousand lists": b"[" * 10_000 + b"]" * 10_000,
    "a list where an object belongs": b"[]",
    "a bare number": b"7",
    "nothing": b"",
    "invalid UTF-8": b'{"email": "\xff\xfe@x.example"}',
    "a number of 5,000 digits": b'{"email": ' + b"9" * 5_000 + b"}",
    "UTF-16": '{"email": "a@x.example", "zzz": 1}'.encode("utf-16"),
    "a NUL byte outside a text": b'{"email": "a@x.example"}\x00',
    "not a number": b'{"email": "a@x.example", "company": {"employees": NaN}}',
    "infinity": b'{"email": "a@x.example", "company": {"annual_revenue": Infinity}}',
    "the same key twice, the last one bad": b'{"email": "a@x.example", "email": 7}',
}


@pytest.mark.parametrize("path", [LEADS, BATCH])
@pytest.mark.parametrize("fault", RAW)
async def test_a_body_that_is_no_sound_document_is_refused(machine: httpx2.AsyncClient, path: str, fault: str) -> None:
    answer = await machine.post(path, content=RAW[fault], headers=JSON)
    _is_problem(answer, 422)
    assert answer.json()["errors"], "what is wrong, and what would be accepted"


UNREADABLE = {
    "ten thousand lists": "is not valid JSON: it is nested too deeply",
    "a number of 5,000 digits": "is not valid JSON: it holds a number of more than 4,300 digits",
    "invalid UTF-8": "is not valid JSON: byte 12 is not UTF-8",
}


@pytest.mark.parametrize("fault", UNREADABLE)
async def test_a_body_that_stops_the_parser_is_told_of_like_any_other(machine: httpx2.AsyncClient, fault: str) -> None:
    answer = await machine.post(LEADS, content=RAW[fault], headers=JSON)
    told = {"path": "body", "message": UNREADABLE[fault], "accepted": "a JSON document"}
    assert (answer.status_code, answer.json()["errors"]) == (422, [told])


FIELDS: dict[str, dict[str, Any]] = {
    "email": {"email": "a\x00@x.example"},
    "first_name": {"email": "a@x.example", "first_name": "A\x00da"},
    "last_name": {"email": "a@x.example", "last_name": "x" * 500_000},
    "title": {"email": "a@x.example", "title": "\x1b[31mred"},
    "external_id": {"external_id": ["a"]},
    "phone": {"email": "a@x.example", "phone": {"number": 1}},
    "company.employees": {"email": "a@x.example", "company": {"employees": HUGE}},
    "company.annual_revenue": {"email": "a@x.example", "company": {"annual_revenue": "much"}},
    "company.domain": {"email": "a@x.example", "company": {"domain": "no domain"}},
    "company.color": {"email": "a@x.example", "company": {"color": "red"}},
    "shoe_size": {"email": "a@x.example", "shoe_size": 42},
    "attributes.unknown": {"email": "a@x.example", "attributes": {"unknown": 1}},
    "claims": {"email": "a@x.example", "claims": "yes"},
    "company": {"email": "a@x.example", "company": "Nordwind"},
}


@pytest.mark.parametrize("path", FIELDS)
async def test_a_bad_value_is_refused_by_the_name_of_its_field(machine: httpx2.AsyncClient, path: str) -> None:
    single = await machine.post(LEADS, content=json.dumps(FIELDS[path]), headers=JSON)
    _is_problem(single, 422)
    assert any(error["path"].startswith(path) for error in single.json()["errors"]), single.text[:500]
    if len(json.dumps(FIELDS[path])) < MEBIBYTE // 4:
        batch = (await machine.post(BATCH, content=json.dumps({"leads": [FIELDS[path]]}), headers=JSON)).json()
        assert any(path in error["path"] for error in batch["results"][0]["errors"]), batch


@pytest.mark.parametrize("chunked", [True, False])
async def test_ten_megabytes_are_too_large_however_they_come(machine: httpx2.AsyncClient, chunked: bool) -> None:
    async def parts() -> Any:
        for _ in range(10):
            yield b"x" * MEBIBYTE

    content = parts() if chunked else b'{"email": "' + b"a" * 10 * MEBIBYTE + b'"}'
    _is_problem(await machine.post(LEADS, content=content, headers=JSON), 413)


async def test_a_batch_of_a_thousand_and_one_is_refused(machine: httpx2.AsyncClient) -> None:
    answer = await machine.post(BATCH, json={"leads": [{"email": f"a{n}@x.example"} for n in range(1_001)]})
    _is_problem(answer, 422)
    assert answer.json()["errors"][0]["path"] == "leads"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"])
async def test_a_document_that_does_not_say_it_is_json_is_refused(machine: httpx2.AsyncClient, kind: str) -> None:
    answer = await machine.post(LEADS, content=b'{"email": "a@x.example"}', headers={"content-type": kind})
    _is_problem(answer, 415, 422)


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü"])
async def test_a_strange_idempotency_key_is_refused(machine: httpx2.AsyncClient, key: str) -> None:
    answer = await machine.post(LEADS, json={"email": "a@x.example"}, headers={"idempotency-key": key.encode()})
    _is_problem(answer, 422)


async def test_a_keyed_batch_answers_whatever_names_its_fields_have(machine: httpx2.AsyncClient) -> None:
    content = r'{"leads": [{"email": "a@x.example", "odd\u0000": 1, "\ud800": 2, "company": {"\u0000": 3}}]}'
    answer = await machine.post(BATCH, content=content, headers=JSON | {"idempotency-key": "odd"})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["results"][0]["errors"]) == 3


@pytest.mark.parametrize("value", ["12345678901234567890123", "1e400", '"\\ud800"'])
async def test_a_keyed_batch_takes_any_json_there_is(machine: httpx2.AsyncClient, value: str) -> None:
    content = '{"leads": [{"email": "a@x.example", "odd": ' + value + "}]}"
    answer = await machine.post(BATCH, content=content, headers=JSON | {"idempotency-key": "odd"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][0]["errors"][0]["path"] == "odd"


CURSORS = ["garbage", "%00", "AAAA", "eyJhIjoxfQ", "💥", "-1", "x" * 501, "null"]
LISTS = ["/api/leads", "/api/companies", "/api/imports", "/api/audit", "/api/users"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_nobody_gave_is_refused(machine: httpx2.AsyncClient, path: str) -> None:
    for cursor in CURSORS:
        answer = await machine.get(path, params={"cursor": cursor})
        assert answer.status_code in (400, 422), (path, cursor, answer.status_code)


ABSURD = [
    "q=%00&sort=%00&cursor=%00&limit=-1&page=-1&after=%00&status=%ff%fe&owner=%00&outcome=%00&next=//evil.example",
    "q=" + "x" * 5_000,
    "status=never&owner=nobody&band=lukewarm&bant=maybe&source=%00&replay=%00&at=%00&token=%00",
    "cursor=garbage&page=" + "9" * 400,
    "q=%25%27%22%5C;--&sort=nothing",
    "a=1&" * 1_200,
    "%00=%00",
    "[]=1&q[]=2&q=3&q=4",
]


@pytest.mark.parametrize("query", _first_now_others_later(ABSURD, 1))
async def test_no_page_and_no_list_breaks_on_an_absurd_address(
    app: FastAPI, clients: Clients, cast: Cast, query: str
) -> None:
    browser, world = await clients.of(cast.owner), a_bare_world(cast)
    for route in routes_of(app):
        if route.method == "GET":
            answer = await browser.get(f"{world.address(route)}?{query}")
            assert answer.status_code < 500, (route.name, answer.status_code)


STRANGE = ["%00", "..%2f..%2fetc%2fpasswd", "%ff", "x" * 5_000, "💥", "'--"]


@pytest.mark.parametrize("strange", _first_now_others_later(STRANGE, 1))
async def test_no_path_breaks_on_a_strange_part(app: FastAPI, clients: Clients, cast: Cast, strange: str) -> None:
    browser = await clients.of(cast.owner)
    for route in routes_of(app):
        if route.parameters and route.method == "GET":
            answer = await browser.get(route.path.format(**dict.fromkeys(route.parameters, strange)))
            assert answer.status_code in (400, 404, 414, 422), (route.name, answer.status_code)


FORMS: list[dict[str, Any]] = [
    {
        **dict.fromkeys(("name", "email", "body", "reason", "title", "q", "key", "label", "company.name"), "\x00"),
        "ids": "nobody",
        "do": "status",
        "status": "archived",
        "owner": "\x00",
        "target": "team:\x00",
        "priority": "9" * 400,
        "sla_hours": "NaN",
        "weight": "1e999",
        "by": "9" * 5_000,
        "json": "{",
        "role": "king",
    },
    dict.fromkeys(("name", "email", "body", "reason", "title", "q", "key", "label", "company.name"), "x" * 90_000),
    {f"field{number}": "x" for number in range(900)},
]


@pytest.mark.parametrize("form", _first_now_others_later(FORMS, 1))
async def test_no_form_breaks_on_strange_fields(
    app: FastAPI, clients: Clients, cast: Cast, form: dict[str, Any]
) -> None:
    world = a_bare_world(cast)
    for route in routes_of(app):
        if route.method == "POST" and not route.path.startswith("/api/") and route.path != "/logout":
            browser = await clients.of(cast.owner)
            answer = await browser.post(world.address(route), data=form)
            assert answer.status_code < 500, (route.name, answer.status_code)
