"""The schema's history; `upgrade` brings a database to the newest version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from oppspot.core.startup_errors import CannotStart

_FOLDER = Path(__file__).parent
# Any two processes that migrate one database take turns.
_LOCK = 7_206_452_231


def config(dsn: str) -> Config:
    """Return Alembic's configuration for a database."""
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    settings.attributes["dsn"] = dsn
    return settings


def upgrade(dsn: str) -> None:
    """Bring the database to the newest schema version; safe to call from several processes."""
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            settings = config(dsn)
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
    finally:
        engine.dispose()


class NotMigrated(CannotStart):
    """The database does not have the schema of this release."""


def must_be_current(dsn: str) -> None:
    """Raise NotMigrated, saying what to do, unless the database has this release's schema."""
    found, needed = current_version(dsn), newest_version()
    if found == needed:
        return
    if found is None:
        raise NotMigrated("The database has no schema yet. Run `oppspot migrate`.")
    known = {script.revision for script in ScriptDirectory.from_config(config("")).walk_revisions()}
    advice = "Run `oppspot migrate`." if found in known else "A newer oppSpot has migrated it: update this one."
    raise NotMigrated(f"The database's schema is at {found}, this release needs {needed}. {advice}")


def newest_version() -> str:
    """Return the schema version this code needs."""
    head = ScriptDirectory.from_config(config("")).get_current_head()
    assert head is not None, "there is at least one migration"  # noqa: S101
    return head


def current_version(dsn: str) -> str | None:
    """Return the schema version a database has, None when it has none."""
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
