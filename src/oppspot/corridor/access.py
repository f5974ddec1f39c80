"""How requests reach the corridor of their process."""

from typing import cast

from starlette.requests import HTTPConnection

from oppspot.corridor.batching import IntakeBatcher


def intake_of(connection: HTTPConnection) -> IntakeBatcher:
    """Return this process's batcher."""
    return cast("IntakeBatcher", connection.app.state.intake)
