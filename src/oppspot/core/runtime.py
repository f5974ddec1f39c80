"""What a running process holds: settings, connections, the live hub. Made in app.py, found on the request."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from oppspot.core.db import Database
from oppspot.core.live import LiveHub
from oppspot.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """The open resources of this process."""

    settings: Settings
    database: Database
    live: LiveHub


def runtime_of(connection: HTTPConnection) -> Runtime:
    """Return the resources behind a request or a WebSocket."""
    return cast("Runtime", connection.app.state.runtime)
