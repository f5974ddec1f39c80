"""The real server as a child process: uvicorn on a free port of the loopback, no worker beside it.

`python -m bench.serving DSN LISTENER --data-dir DIR [--leads-per-batch N]` serves an inherited socket until SIGTERM.
"""

import argparse
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.arena import folder

START_SECONDS = 120
STOP_SECONDS = 20
BACKLOG = 2048
MEMORY = re.compile(r"VmHWM:\s+(\d+) kB")


class ServerProcess:
    """A running server, and how to end it well or badly. Its log goes to a file, as in production."""

    def __init__(self, dsn: str, data_dir: Path, *, leads_per_batch: int | None = None) -> None:
        options = ["--leads-per-batch", str(leads_per_batch)] if leads_per_batch else []
        # The child inherits the listening socket, so that the port is known and taken before it starts.
        with (
            socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener,
            (data_dir / "server.log").open("ab") as log,
        ):
            descriptor = listener.fileno()
            self.port: int = listener.getsockname()[1]
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.serving", dsn, str(descriptor), "--data-dir", str(data_dir), *options],
                stdout=log,
                stderr=log,
                pass_fds=[descriptor],
            )
        # The kernel queues the connection until the server accepts it.
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)) as connection:
            connection.request("GET", "/healthz")
            connection.getresponse()

    def peak_rss_mib(self) -> float:
        """Return the most memory the process has used so far."""
        found = MEMORY.search(Path(f"/proc/{self.process.pid}/status").read_text())
        return round(int(found[1]) / 1024, 1) if found else 0.0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut would: no clean-up runs."""
        self.process.kill()
        self.process.wait()


@contextmanager
def server(dsn: str, *, leads_per_batch: int | None = None) -> Iterator[ServerProcess]:
    """Run a server for as long as the block runs."""
    with folder("server") as data_dir:
        running = ServerProcess(dsn, data_dir, leads_per_batch=leads_per_batch)
        try:
            yield running
        finally:
            running.stop()


def main() -> None:
    from oppspot import serving  # noqa: PLC0415 — the parent does not need the application
    from oppspot.app import create_app  # noqa: PLC0415
    from oppspot.corridor.batching import LEADS_PER_BATCH  # noqa: PLC0415
    from oppspot.settings import Settings  # noqa: PLC0415

    arguments = argparse.ArgumentParser()
    arguments.add_argument("dsn")
    arguments.add_argument("listener", type=int)
    arguments.add_argument("--data-dir", type=Path, required=True)
    arguments.add_argument("--leads-per-batch", type=int, default=LEADS_PER_BATCH)
    given = arguments.parse_args()
    app = create_app(
        Settings(data_dir=given.data_dir, requests_per_minute=0), given.dsn, leads_per_batch=given.leads_per_batch
    )
    serving.run(app, socket.socket(fileno=given.listener))


if __name__ == "__main__":
    main()
