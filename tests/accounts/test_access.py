"""Who gets in: sessions, keys, permissions; and what stops when they are taken away."""

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from tests.casting import Cast, Clients

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture(scope="session", autouse=True)
def _probe(app: FastAPI) -> None:
    @app.get("/api/probe", include_in_schema=False)
    async def probe(actor: Annotated[Actor, Depends(needs("team.write"))]) -> str:
        return actor.name

    @app.get("/probe", include_in_schema=False)
    async def page(actor: Annotated[Actor, Depends(needs("team.write"))]) -> str:
        return actor.name


async def test_a_key_with_the_scope_gets_in(clients: Clients, cast: Cast) -> None:
    machine = await clients.with_key(cast, ["team.write"])
    assert (await machine.get("/api/probe")).status_code == 200
    assert (await machine.get("/api/probe")).status_code == 200


async def test_a_session_gets_in(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.manager)
    answer = await browser.get("/probe")
    assert answer.json() == cast.manager.name
