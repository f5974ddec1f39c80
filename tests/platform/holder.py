"""Runs the private PostgreSQL of a folder until killed: `holder.py FOLDER` prints the server's process number."""

import sys
import time
from pathlib import Path

from oppspot.core import embedded_postgres

server = embedded_postgres.start(Path(sys.argv[1]))
print(server.process.pid if server.process else "attached", flush=True)  # noqa: T201
time.sleep(60)
