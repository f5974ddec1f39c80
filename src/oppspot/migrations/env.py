"""How Alembic runs our migrations: one transaction, short lock waits, partitions left alone."""

from alembic import context
from sqlalchemy import Connection, create_engine, make_url, text

from oppspot.migrations.comparing import is_ours
from oppspot.models import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        # Waiting long for a table lock would hold up every reader behind us.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


def _connect() -> None:
    attributes = context.config.attributes
    if "connection" in attributes:
        _run(attributes["connection"])
        return
    engine = create_engine(make_url(attributes["dsn"]).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        _run(connection)
    engine.dispose()


_connect()
