"""The numbered doors: the only functions that look across organisations, each returning the least it can.

Before anyone is known to belong to an organisation, something must find out which one. Each door takes a secret or an
exact name and returns identifiers; everything after it runs inside one organisation.
"""

from typing import Final

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from oppspot.core.db import APP_ROLE, JOBS_ROLE

_SECURE: Final = "STABLE SECURITY DEFINER SET search_path = public"


def _door(signature: str, returns: str, query: str) -> str:
    name = signature.split("(", maxsplit=1)[0]
    types = ", ".join(part.split()[1] for part in signature.split("(")[1].rstrip(")").split(",") if part.strip())
    return (
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {_SECURE} AS $$ {query} $$; "
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC; "
        f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP_ROLE};"
    )


# 1. Who logs in with this e-mail address?
FIND_LOGIN = _door(
    "door_find_login(address text)",
    "TABLE (org_id uuid, user_id uuid)",
    "SELECT org_id, id FROM users WHERE email = lower(address)",
)
# 2. Whose browser session is this?
FIND_SESSION = _door(
    "door_find_session(token bytea)",
    "TABLE (org_id uuid, session_id uuid)",
    "SELECT org_id, id FROM sessions WHERE token_hash = token",
)
# 3. Whose API key starts like this?
FIND_API_KEY = _door(
    "door_find_api_key(key_prefix text)",
    "TABLE (org_id uuid, key_id uuid)",
    "SELECT org_id, id FROM api_keys WHERE prefix = key_prefix",
)
# 4. Whose invitation or reset link is this?
FIND_CREDENTIAL_TOKEN = _door(
    "door_find_credential_token(token bytea)",
    "TABLE (org_id uuid, token_id uuid)",
    "SELECT org_id, id FROM credential_tokens WHERE token_hash = token",
)
# 5. Which organisations are there (sweeps visit each in turn)?
LIST_ORGANISATIONS = _door(
    "door_list_organisations()",
    "TABLE (org_id uuid, slug text)",
    "SELECT id, slug FROM organisations ORDER BY id",
)
# 6. Which organisations have an assignment whose time ran out, or a lead due to be looked at again?
LIST_ORGANISATIONS_DUE = _door(
    "door_list_organisations_due(moment timestamptz)",
    "TABLE (org_id uuid)",
    "SELECT org_id FROM assignments WHERE status = 'assigned' AND sla_breached_at IS NULL AND sla_due_at <= moment "
    "UNION SELECT org_id FROM leads WHERE next_check_at <= moment",
)

# rep_loads follows assignments, whoever writes them: the capacity check never counts.
COUNT_LOADS = """
    CREATE FUNCTION count_rep_loads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO rep_loads AS loads (org_id, rep_id, open_count)
            SELECT org_id, rep_id, count(*) FROM new_rows
            WHERE status IN ('assigned', 'accepted', 'working') GROUP BY org_id, rep_id ORDER BY org_id, rep_id
            ON CONFLICT (org_id, rep_id) DO UPDATE SET open_count = loads.open_count + excluded.open_count;
        ELSIF TG_OP = 'DELETE' THEN
            UPDATE rep_loads AS loads SET open_count = loads.open_count - gone.number
            FROM (SELECT org_id, rep_id, count(*) AS number FROM old_rows
                  WHERE status IN ('assigned', 'accepted', 'working') GROUP BY org_id, rep_id) AS gone
            WHERE loads.org_id = gone.org_id AND loads.rep_id = gone.rep_id;
        ELSE
            -- Two statements: a row proposed with a negative count would fail its check before it could conflict.
            INSERT INTO rep_loads AS loads (org_id, rep_id, open_count)
            SELECT org_id, rep_id, sum(change) FROM (
                SELECT org_id, rep_id, 1 AS change FROM new_rows WHERE status IN ('assigned', 'accepted', 'working')
                UNION ALL
                SELECT org_id, rep_id, -1 FROM old_rows WHERE status IN ('assigned', 'accepted', 'working')
            ) AS changes GROUP BY org_id, rep_id HAVING sum(change) > 0 ORDER BY org_id, rep_id
            ON CONFLICT (org_id, rep_id) DO UPDATE SET open_count = loads.open_count + excluded.open_count;
            UPDATE rep_loads AS loads SET open_count = loads.open_count + net.change
            FROM (SELECT org_id, rep_id, sum(change) AS change FROM (
                SELECT org_id, rep_id, 1 AS change FROM new_rows WHERE status IN ('assigned', 'accepted', 'working')
                UNION ALL
                SELECT org_id, rep_id, -1 FROM old_rows WHERE status IN ('assigned', 'accepted', 'working')
            ) AS changes GROUP BY org_id, rep_id HAVING sum(change) < 0) AS net
            WHERE loads.org_id = net.org_id AND loads.rep_id = net.rep_id;
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER count_loads_inserted AFTER INSERT ON assignments
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_rep_loads();
    CREATE TRIGGER count_loads_deleted AFTER DELETE ON assignments
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_rep_loads();
    CREATE TRIGGER count_loads_updated AFTER UPDATE ON assignments
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_rep_loads();
"""

ALL: Final = (
    FIND_LOGIN,
    FIND_SESSION,
    FIND_API_KEY,
    FIND_CREDENTIAL_TOKEN,
    LIST_ORGANISATIONS,
    LIST_ORGANISATIONS_DUE,
    COUNT_LOADS,
)

# The application may put jobs in, and nothing else: what is in there belongs to other organisations too.
_ENQUEUE: Final = f"""
    CREATE FUNCTION jobs.enqueue(wanted jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = jobs AS $$
        INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT w.queue, w.task, 0, w.lock, w.queueing_lock, w.args, w.at
        FROM jsonb_to_recordset(wanted)
            AS w(queue text, task text, lock text, queueing_lock text, args jsonb, at timestamptz)
        ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
    $$;
    REVOKE ALL ON FUNCTION jobs.enqueue(jsonb) FROM PUBLIC;
    GRANT USAGE ON SCHEMA jobs TO {APP_ROLE}, {JOBS_ROLE};
    GRANT EXECUTE ON FUNCTION jobs.enqueue(jsonb) TO {APP_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {JOBS_ROLE};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {JOBS_ROLE};
"""  # noqa: S608 — role names are constants of ours


def create_job_schema() -> None:
    """Install procrastinate's own schema under `jobs`, behind one door."""
    connection = op.get_bind()
    connection.execute(text("CREATE SCHEMA jobs"))
    connection.execute(text("SET LOCAL search_path = jobs"))
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.execute(text("SET LOCAL search_path = public"))
    # A driver-level statement: SQLAlchemy would read the colons of ::casts as parameters.
    connection.exec_driver_sql(_ENQUEUE)
