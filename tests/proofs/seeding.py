"""A large organisation made inside the database: leads with their people, companies, identities and assignments."""

import psycopg
from bench.arena import Organisation

_COMPANIES = """
    INSERT INTO companies (org_id, id, name, domain, created_at, updated_at)
    SELECT %(org)s, uuid_of('company', n), 'Company ' || n, 'company' || n || '.example', now(), now()
    FROM generate_series(0, %(leads)s / 2) AS n
"""
_COMPANY_KEYS = """
    INSERT INTO company_identities (org_id, kind, key, company_id)
    SELECT org_id, 'domain', domain, id FROM companies WHERE org_id = %(org)s
"""
_CONTACTS = """
    INSERT INTO contacts (org_id, id, company_id, email, first_name, last_name, created_at, updated_at)
    SELECT %(org)s, uuid_of('contact', n), uuid_of('company', n / 2), address_of(n), 'First' || n % 500,
           'Last' || n, now(), now()
    FROM generate_series(1, %(leads)s) AS n
"""
# One lead in twenty waits for a rep with room; the others have been given out.
_LEADS = """
    INSERT INTO leads (org_id, id, contact_id, company_id, source, status, stage, attributes, outcome, owner_id,
                       sla_due_at, next_check_at, score_overall, framework, standings, overrides,
                       search_text, created_at, updated_at, assessed_at)
    SELECT %(org)s, uuid_of('lead', n), uuid_of('contact', n), uuid_of('company', n / 2), 'source ' || n % 12,
           (ARRAY['new', 'working', 'qualified', 'nurturing', 'converted'])[1 + n % 5], 'lead', '{}',
           CASE WHEN n % 20 = 0 THEN 'no_capacity' ELSE 'assigned' END,
           CASE WHEN n % 20 > 0 THEN (%(reps)s::uuid[])[1 + n % %(rep_count)s] END,
           CASE WHEN n % 20 > 0 THEN now() + n * interval '1 second' END,
           CASE WHEN n % 20 = 0 THEN now() + n * interval '1 minute' END,
           n % 1000 / 10.0, 'bant', '[]', '{}', 'first' || n % 500 || ' last' || n || ' ' || address_of(n),
           now() - n * interval '1 minute', now() - n * interval '7 seconds', now()
    FROM generate_series(1, %(leads)s) AS n
"""
_LEAD_KEYS = """
    INSERT INTO lead_identities (org_id, kind, key, lead_id)
    SELECT %(org)s, 'email', address_of(n), uuid_of('lead', n) FROM generate_series(1, %(leads)s) AS n
"""
_ASSIGNMENTS = """
    INSERT INTO assignments (org_id, id, lead_id, rep_id, status, reason, priority, sla_due_at, assigned_at,
                             assigned_by)
    SELECT org_id, gen_random_uuid(), id, owner_id, 'assigned', '', 'low', sla_due_at, created_at, 'routing'
    FROM leads WHERE org_id = %(org)s AND owner_id IS NOT NULL
"""
_MAKERS = """
    CREATE FUNCTION pg_temp.uuid_of(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT md5(kind || n)::uuid $$;
    CREATE FUNCTION pg_temp.address_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT 'person' || n || '@company' || n / 2 || '.example' $$;
"""


def seed(dsn: str, organisation: Organisation, leads: int) -> None:
    """Fill an organisation and let PostgreSQL look at its tables."""
    given = {
        "org": organisation.org_id,
        "leads": leads,
        "reps": list(organisation.rep_ids),
        "rep_count": len(organisation.rep_ids),
    }
    with psycopg.connect(dsn) as connection:
        connection.execute(_MAKERS)
        for statement in (_COMPANIES, _COMPANY_KEYS, _CONTACTS, _LEADS, _LEAD_KEYS, _ASSIGNMENTS):
            called = statement.replace("uuid_of(", "pg_temp.uuid_of(").replace("address_of(", "pg_temp.address_of(")
            connection.execute(called.replace(" % ", " %% "), given)
        connection.execute("ANALYZE")
