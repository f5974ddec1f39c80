import random
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from oppspot.core import embedded_postgres

WRITER = Path(__file__).with_name("writer.py")
ROUNDS = 10


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_kill_9_at_any_moment_loses_no_acknowledged_row_and_doubles_none(tmp_path: Path) -> None:
    folder, acknowledged = tmp_path / "a folder", 0
    for turn in range(ROUNDS):
        acknowledged = max(acknowledged, last_acknowledged(folder, writing=turn % 2 == 1))
    with embedded_postgres.running(folder) as dsn, psycopg.connect(dsn) as connection:
        kept = [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]
    assert acknowledged > 0
    # The last one may be kept without our having heard of it.
    assert kept in (list(range(1, acknowledged + 1)), list(range(1, acknowledged + 2)))


def last_acknowledged(folder: Path, *, writing: bool) -> int:
    """Kill a writer, while it writes or at any moment of its start; returns the last number it reported."""
    with subprocess.Popen([sys.executable, str(WRITER), str(folder)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        output = writer.stdout.readline() if writing else ""
        threading.Timer(random.uniform(0, 2), writer.kill).start()  # noqa: S311 - no secret
        output += writer.stdout.read()
    # A line that the kill cut short is no acknowledgement.
    whole = output[: output.rfind("\n") + 1].split()
    return int(whole[-1]) if whole else 0
