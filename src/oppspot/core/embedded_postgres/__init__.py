"""A private PostgreSQL in the data folder: owned by one process, shared by others, reachable by nothing else."""

from oppspot.core.embedded_postgres.errors import EmbeddedPostgresError
from oppspot.core.embedded_postgres.server import Server, running, start

__all__ = ["EmbeddedPostgresError", "Server", "running", "start"]
