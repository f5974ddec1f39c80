"""A small application with the web layer and nothing else, and a client that reads it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Form, Query, Request, WebSocket
from fastapi.websockets import WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.testclient import TestClient
from tests.browser import serving

from oppspot import web
from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict, FieldProblem, NotFound, TooManyRequests, Unauthenticated

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)


class FakeSettings:
    environment = "test"
    base_url = "https://leads.example"

    def load_secret_key(self) -> str:
        return "a secret that is only used in tests, and long enough"


class Company(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=20)
    employees: int = Field(ge=0)


class Batch(BaseModel):
    companies: list[Company]


def application(clock: Any = lambda: NOW) -> FastAPI:
    """Return an application whose routes fail in every way there is."""
    app = FastAPI()
    web.setup(app, FakeSettings(), body_limits={"/upload": 4_000_000}, clock=clock)

    @app.get("/missing")
    @app.get("/api/missing")
    async def missing() -> None:
        raise NotFound

    @app.get("/api/conflict")
    async def conflict() -> None:
        raise Conflict("It moved on.", errors=[FieldProblem("stage", "has changed", "a current stage")])

    @app.get("/api/busy")
    async def busy() -> None:
        raise TooManyRequests(retry_after=7)

    @app.get("/private")
    @app.post("/private")
    @app.get("/api/private")
    async def private() -> None:
        raise Unauthenticated

    @app.get("/crash")
    @app.get("/api/crash")
    async def crash() -> None:
        raise RuntimeError("the secret cause")

    @app.post("/api/companies")
    async def create(batch: Batch, limit: Annotated[int, Query()] = 1) -> int:
        return len(batch.companies) * limit

    @app.post("/upload")
    @app.post("/api/raw")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.post("/write")
    async def write(request: Request, name: Annotated[str, Form()] = "it") -> Response:
        return web.redirect(request, "/_patterns", web.Flash(f"{name} was saved.", undo=web.Undo("/undo")))

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    _add_live(app)

    return app


def _add_live(app: FastAPI) -> None:
    """Add a twin of the live channel: it tells every page what /announce says, and /hang-up ends all of them."""
    listening: dict[WebSocket, list[str]] = {}

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                listening[socket] = (await socket.receive_json())["topics"]
        listening.pop(socket, None)

    @app.get("/announce/{topic}")
    async def announce(topic: str) -> int:
        concerned = [socket for socket, topics in listening.items() if topic in topics]
        for socket in concerned:
            await socket.send_json({"topics": [topic]})
        return len(concerned)

    @app.get("/hang-up")
    async def hang_up() -> None:
        for socket in list(listening):
            await socket.close(1012)


@pytest.fixture(scope="session")
def quiet_app() -> FastAPI:
    return application()


@pytest.fixture
def client(quiet_app: FastAPI) -> TestClient:
    """A machine: it sends no cookie and asks for nothing in particular."""
    return TestClient(quiet_app, raise_server_exceptions=False)


@pytest.fixture
def person(quiet_app: FastAPI) -> TestClient:
    """A browser on our own site, in a session."""
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    return TestClient(
        quiet_app, headers=headers, cookies={"session": "x"}, raise_server_exceptions=False, follow_redirects=False
    )


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The application on the clock of the machine, served for a browser."""
    with serving(application(utc_now)) as address:
        yield address
