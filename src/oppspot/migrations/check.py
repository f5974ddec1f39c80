"""Is the schema that the migrations build the one the models describe? `python -m oppspot.migrations.check`."""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from oppspot import migrations
from oppspot.core import embedded_postgres
from oppspot.migrations.comparing import is_ours
from oppspot.models import metadata


def differences(dsn: str) -> list[str]:
    """Return what differs between a migrated database and the models; empty when nothing does."""
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return [str(item) for item in found]


def main() -> int:
    """Migrate an empty database and compare; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder, embedded_postgres.running(Path(folder), durable=False) as dsn:
        migrations.upgrade(dsn)
        found = differences(dsn)
    for item in found:
        sys.stderr.write(f"{item}\n")
    sys.stdout.write("migrations and models differ\n" if found else "migrations match the models\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
