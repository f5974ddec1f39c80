"""Looks at an installation and says what is wrong and what to do; changes nothing, but may start the database."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from oppspot import migrations
from oppspot.core import clock, postgres
from oppspot.core.startup_errors import CannotStart
from oppspot.settings import ENV_PREFIX, Settings
from oppspot.web.assets import Assets

MINIMUM_FREE_BYTES = 1_000_000_000
# Sessions, SLA clocks and job schedules mix both clocks.
CLOCK_TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` is what to do, None when all is well."""

    subject: str
    fact: str
    advice: str | None = None


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield findings as they are made; the ones about the database need it to be reachable."""
    yield from _unknown_settings()
    yield _data_folder(settings.data_dir)
    yield _assets()
    yield from _database(settings)


def _unknown_settings() -> Iterator[Finding]:
    known = {f"{ENV_PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(ENV_PREFIX) and name not in known:
            yield Finding("Settings", f"{name} means nothing", f"Use one of {', '.join(sorted(known))}.")


def _data_folder(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        # Permissions do not tell everything: root may write anywhere, but not into /proc or a read-only disk.
        with TemporaryDirectory(prefix=".oppspot-doctor-", dir=existing):
            pass
    except OSError as error:
        advice = f"Change its owner, or set {ENV_PREFIX}DATA_DIR to a folder that can be written."
        return Finding("Data folder", f"{existing} cannot be written: {error.strerror}", advice)
    free = shutil.disk_usage(existing).free
    fact = f"{folder}, {free / 1e9:.1f} GB free"
    return Finding("Data folder", fact, "Make room." if free < MINIMUM_FREE_BYTES else None)


def _assets() -> Finding:
    missing = Assets().missing()
    if missing:
        return Finding("Page assets", f"missing: {', '.join(missing)}", "Run `make assets`.")
    return Finding("Page assets", "present")


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with postgres.reachable(settings, report=lambda _: None) as dsn, psycopg.connect(dsn) as connection:
            yield _version(connection, private=settings.database_url is None)
            yield _schema(dsn)
            yield _clock(connection)
    except CannotStart as error:
        yield Finding("Database", str(error).strip(), f"Start it, or correct {ENV_PREFIX}DATABASE_URL.")


def _version(connection: psycopg.Connection, *, private: bool) -> Finding:
    number = connection.info.server_version // 10_000
    return Finding("Database", f"PostgreSQL {number}, {'private, in the data folder' if private else 'external'}")


def _schema(dsn: str) -> Finding:
    found, needed = migrations.current_version(dsn), migrations.newest_version()
    if found == needed:
        return Finding("Migrations", f"at {needed}")
    return Finding("Migrations", f"at {found or 'none'}, needs {needed}", "Run `oppspot migrate`.")


def _clock(connection: psycopg.Connection) -> Finding:
    """Compare the clocks; the reading here is as old as one round trip."""
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None, "a SELECT without FROM has one row"  # noqa: S101
    difference = abs(clock.utc_now() - row[0])
    advice = "Let both machines set their clocks by NTP." if difference > CLOCK_TOLERANCE else None
    return Finding("Clock", f"{difference.total_seconds():.2f} s from the database's", advice)
