"""How the private PostgreSQL is set up: safe for a demo that people keep, fast for tests that are thrown away."""

from pathlib import Path

# Given on the command line at every start, so that a newer oppSpot also tunes an older cluster.
COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    # Tables that have just been filled get their statistics soon: plans made for empty tables are bad for full ones.
    "autovacuum_naptime": "10s",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# wal_compression stays off: this build has only pglz, which costs more time than the bytes are worth.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def arguments(sockets: Path, *, durable: bool) -> list[str]:
    """Return the settings as arguments of the `postgres` program."""
    settings = COMMON | (DURABLE if durable else THROWAWAY) | {"unix_socket_directories": _as_list_item(sockets)}
    return [f"--{name}={value}" for name, value in settings.items()]


def _as_list_item(folder: Path) -> str:
    """Quote one item of a comma-separated setting, because a path may hold spaces and commas."""
    return '"{}"'.format(str(folder).replace('"', '""'))
