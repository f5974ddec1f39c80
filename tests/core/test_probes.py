"""What machines ask a running process."""

import pytest
from tests.casting import Clients

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def test_a_running_process_lives_and_is_ready(clients: Clients) -> None:
    anybody = clients.anonymous()
    assert (await anybody.get("/healthz")).json() == {"status": "ok"}
    assert (await anybody.get("/readyz")).json()["status"] == "ready"


async def test_answered_requests_are_counted(clients: Clients) -> None:
    anybody = clients.anonymous()
    await anybody.get("/api/me")
    assert 'oppspot_requests_total{method="GET",status="401"}' in (await anybody.get("/metrics")).text
