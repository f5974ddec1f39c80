"""A key or a session makes so many requests a minute; beyond that it is told when to go on. Nobody else is slowed."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from fastapi import FastAPI
from tests.casting import Cast, Clients

from oppspot.accounts.rate_limits import RequestLimit
from oppspot.core.errors import TooManyRequests

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
def three_a_minute(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.state, "request_limit", RequestLimit(3), raising=False)


@pytest.mark.usefixtures("three_a_minute")
async def test_a_key_is_told_when_to_go_on_and_others_are_not_slowed(clients: Clients, cast: Cast) -> None:
    key, other = [await clients.with_key(cast, ["leads.read", "leads.write"]) for _ in range(2)]
    batch = {"leads": [{"email": f"p{number}@x.example"} for number in range(20)]}
    answers = [await key.get("/api/leads"), await key.post("/api/leads/batch", json=batch), await key.get("/api/leads")]
    assert [answer.status_code for answer in answers] == [200] * 3
    refused = await key.post("/api/leads", json={"email": "one-more@x.example"})
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await other.get("/api/leads")).status_code == 200


@pytest.mark.usefixtures("three_a_minute")
async def test_a_session_is_limited_and_a_person_has_one_limit_a_session(clients: Clients, cast: Cast) -> None:
    first, second = [await clients.of(cast.rep) for _ in range(2)]
    assert [(await first.get("/leads")).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (await second.get("/leads")).status_code == 200


def test_every_operation_that_asks_who_it_is_says_so(app: FastAPI) -> None:
    operations = [operation for path in app.openapi()["paths"].values() for operation in path.values()]
    limited = [operation["responses"]["429"] for operation in operations if "security" in operation]
    assert limited
    assert all("Retry-After" in answer["headers"] for answer in limited)


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    if (program := shutil.which("redis-server")) is None:
        pytest.skip("needs redis-server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    deadline = monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert monotonic() < deadline, "redis-server does not answer"
            sleep(0.05)
        else:
            return


async def test_processes_count_together_through_redis(redis_url: str, cast: Cast) -> None:
    processes = [RequestLimit(4, redis_url) for _ in range(2)]
    for number in range(4):
        await processes[number % 2].admit(cast.rep.actor)
    for process in processes:
        with pytest.raises(TooManyRequests):
            await process.admit(cast.rep.actor)
        await process.close()


async def test_without_redis_answering_each_process_counts_for_itself(cast: Cast) -> None:
    limit = RequestLimit(1, "redis://127.0.0.1:1/0")
    await limit.admit(cast.rep.actor)
    with pytest.raises(TooManyRequests):
        await limit.admit(cast.rep.actor)
