import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from oppspot import serving
from oppspot.serving import PortTaken
from oppspot.settings import Settings

app = PlainTextResponse("here")


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_pages_and_then_the_worker(listener: socket.socket, number: signal.Signals) -> None:
    seen: list[str] = []

    async def worker() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("worker stopped")

    serving.run(app, listener, worker=worker, started=lambda: os.kill(os.getpid(), number))
    assert seen == ["worker stopped"]


def test_a_worker_that_fails_ends_the_process_with_its_error(listener: socket.socket) -> None:
    async def worker() -> None:
        raise LookupError("no such queue")

    with pytest.raises(LookupError, match="no such queue"):
        serving.run(app, listener, worker=worker)


def test_pages_are_served_without_a_worker(listener: socket.socket) -> None:
    stop = lambda: os.kill(os.getpid(), signal.SIGTERM)  # noqa: E731
    serving.run(app, listener, started=stop)
    assert listener.fileno() == -1


def test_a_taken_port_is_refused_with_the_next_one_as_advice(listener: socket.socket, tmp_path: Path) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(PortTaken, match=f"OPPSPOT_PORT={port + 1}"), listener:
        serving.listen(Settings(port=port, data_dir=tmp_path))
