"""Owns a private PostgreSQL until it is killed: `python -m tests.proofs.owner FOLDER` prints the address."""

import signal
import sys
from pathlib import Path

from oppspot import migrations
from oppspot.core import embedded_postgres

if __name__ == "__main__":
    with embedded_postgres.running(Path(sys.argv[1]), durable=True) as dsn:
        migrations.upgrade(dsn)
        print(dsn, flush=True)  # noqa: T201 — the answer to who started it
        signal.pause()
