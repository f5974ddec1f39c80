"""Runs the web application, and beside it the worker, until a signal; owns the port, the event loop and the signals."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from oppspot.core.garbage import collect_seldom
from oppspot.core.startup_errors import CannotStart
from oppspot.settings import ENV_PREFIX, Settings

BACKLOG = 2048
# Open pages hold WebSockets for ever; they reconnect by themselves.
GRACE_SECONDS = 5

Worker = Callable[[], Coroutine[Any, Any, None]]


class CannotListen(CannotStart):
    """The machine does not let us listen on the address or port we were given."""


class PortTaken(CannotListen):
    """Another program listens on the port we were given."""


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started, so that a second demo changes nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(settings, error) from None
    return listener


def _refusal(settings: Settings, error: OSError) -> CannotListen:
    host, port = settings.host, settings.port
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} on {host} is taken by another program. "
            f"Stop that program, or choose another port: {ENV_PREFIX}PORT={port + 1}"
        )
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return CannotListen(
            f"{host} is not an address of this machine. "
            f"Set {ENV_PREFIX}HOST to one that is, or to 127.0.0.1 (this machine only) or 0.0.0.0 (all its addresses)."
        )
    if error.errno == errno.EACCES:
        return CannotListen(f"This account may not use port {port}. Choose one from 1024 on: {ENV_PREFIX}PORT=8700")
    return CannotListen(f"Cannot listen on {host}, port {port}: {error.strerror or error}.")


class _Server(uvicorn.Server):
    """uvicorn, with the signals left to `_serve`, which must also stop the worker."""

    started_hook: Callable[[], None]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        collect_seldom()
        self.started_hook()


def run(
    app: ASGIApp, listener: socket.socket, *, worker: Worker | None = None, started: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGINT or SIGTERM, which also cancels the worker; a worker that fails ends it with its error."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    server.started_hook = started
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(server, listener, worker))


async def _serve(server: _Server, listener: socket.socket, worker: Worker | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.handle_exit, number, None)
    if worker is None:
        await server.serve(sockets=[listener])
        return
    beside = asyncio.create_task(worker())
    beside.add_done_callback(lambda _: server.handle_exit(signal.SIGTERM, None))
    await server.serve(sockets=[listener])
    beside.cancel()
    with suppress(asyncio.CancelledError):
        await beside
