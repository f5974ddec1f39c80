"""Roles, row-level security and partitions, as migrations apply them to every tenant table."""

from alembic import op
from sqlalchemy import text

from oppspot.core.db import APP_ROLE, JOBS_ROLE, PARTITIONS

# Roles are the server's: a neighbour that is being migrated holds them until it is done, and waiting for it keeps
# nobody from reading.
CREATE_ROLES = f"""
    DO $$ DECLARE
        patience text := current_setting('lock_timeout');
        role text;
    BEGIN
        PERFORM set_config('lock_timeout', '0', true);
        FOREACH role IN ARRAY ARRAY['{APP_ROLE}', '{JOBS_ROLE}'] LOOP
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', role);
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- created by a neighbour just now
            END;
            EXECUTE format('GRANT %I TO %I', role, current_user);
        END LOOP;
        PERFORM set_config('lock_timeout', patience, true);
    END $$;
"""

CURRENT_ORGANISATION = """
    CREATE FUNCTION current_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('oppspot.org_id', true), '')::uuid $$;
"""


GRANT_SCHEMA = f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def protect(table: str, key: str = "org_id", privileges: str = EVERYTHING) -> None:
    """Hide a table's rows from every organisation but their own, and let the application role use it."""
    op.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    # The sub-select makes the setting a constant of the statement, so that indexes are used.
    own = f"{key} = (SELECT current_org())"
    op.execute(text(f"CREATE POLICY own_organisation ON {table} TO {APP_ROLE} USING ({own}) WITH CHECK ({own})"))
    op.execute(text(f"GRANT {privileges} ON {table} TO {APP_ROLE}"))


def partition(table: str) -> None:
    """Create the hash partitions of a table; the application role reaches them through it only."""
    for number in range(PARTITIONS):
        op.execute(
            text(
                f"CREATE TABLE {table}_p{number} PARTITION OF {table} "
                f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})",
            ),
        )
