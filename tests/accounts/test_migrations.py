"""What was known of reps before skills had levels is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from alembic import command
from sqlalchemy import make_url

from oppspot import migrations
from oppspot.core.ids import new_id

pytestmark = pytest.mark.db

_FOUNDED = (
    "INSERT INTO organisations (id, name, slug, time_zone, settings, created_at) "
    "VALUES (%(org)s, 'Old', 'old', 'UTC', '{}', now())"
)
_JOINED = (
    "INSERT INTO users (org_id, id, email, name, role, active, created_at) "
    "VALUES (%(org)s, %(user)s, %(email)s, 'Rita', 'rep', true, now())"
)
_KNOWN = (
    "INSERT INTO rep_profiles (org_id, user_id, weight, skills, territories, seniority, time_zone, working_hours, "
    "available) VALUES (%(org)s, %(user)s, 1, %(skills)s, %(skills)s, 'mid', 'UTC', '{}', true)"
)


@contextmanager
def _an_old_database(database_url: str) -> Iterator[str]:
    name = f"old_{new_id().hex}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        dsn = make_url(database_url).set(database=name).render_as_string(hide_password=False)
        command.upgrade(migrations.config(dsn), "0013")
        yield dsn
    finally:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_skills_without_a_level_get_the_middle_one_and_several_in_one_name_are_several(database_url: str) -> None:
    org, several, none = new_id(), new_id(), new_id()
    with _an_old_database(database_url) as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(_FOUNDED, {"org": org})
            for user, skills in ((several, ["german", "heat pumps, valves"]), (none, [])):
                connection.execute(_JOINED, {"org": org, "user": user, "email": f"{user.hex}@example.com"})
                connection.execute(_KNOWN, {"org": org, "user": user, "skills": skills})
        migrations.upgrade(dsn)
        with psycopg.connect(dsn) as connection:
            found = connection.execute("SELECT user_id, skills, territories FROM rep_profiles").fetchall()
    kept = {user: (skills, sorted(territories)) for user, skills, territories in found}
    names = ["german", "heat pumps", "valves"]
    assert kept == {several: (dict.fromkeys(names, 3), names), none: ({}, [])}
