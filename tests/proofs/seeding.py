"""A large organisation made inside the database: leads with all that hangs on them."""

import re
from datetime import timedelta

import psycopg
from bench.arena import Organisation

# However many leads there are, they came over this time: what asks of the last weeks finds but a part of them.
PAST = timedelta(days=140)

_COMPANIES = """
    INSERT INTO companies (org_id, id, name, domain, owner_id, parent_id, created_at, updated_at)
    SELECT %(org)s, uuid_of('company', n), 'Company ' || n, 'company' || n || '.example',
           CASE WHEN n % 3 = 0 THEN (%(reps)s::uuid[])[1 + n % %(rep_count)s] END,
           CASE WHEN n % 10 = 1 THEN uuid_of('company', n - 1) END, now(), now()
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
# One lead in twenty waits for a rep with room; the others have been given out. One in forty is a customer.
_LEADS = """
    INSERT INTO leads (org_id, id, contact_id, company_id, source, status, stage, attributes, outcome, owner_id,
                       sla_due_at, next_check_at, score_overall, framework, standings, overrides,
                       search_text, created_at, updated_at, assessed_at)
    SELECT %(org)s, uuid_of('lead', n), uuid_of('contact', n), uuid_of('company', n / 2), 'source ' || n % 12,
           (ARRAY['new', 'working', 'qualified', 'nurturing', 'converted'])[1 + n % 5],
           CASE n % 40 WHEN 1 THEN 'customer' WHEN 2 THEN 'opportunity' ELSE 'lead' END, '{}',
           CASE WHEN n % 20 = 0 THEN 'at_capacity' ELSE 'assigned' END,
           CASE WHEN n % 20 > 0 THEN (%(reps)s::uuid[])[1 + n % %(rep_count)s] END,
           CASE WHEN n % 20 > 0 THEN now() + n * interval '1 second' END,
           CASE WHEN n % 20 = 0 THEN now() + n * interval '1 minute' END,
           n % 1000 / 10.0, 'bant', '[]', '{}', 'first' || n % 500 || ' last' || n || ' ' || address_of(n),
           now() - n * %(apart)s, now() - n * interval '7 seconds', now()
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
# Each lead was somebody's before, for a day: over a good year, for what is counted of the last half of one.
_PAST_ASSIGNMENTS = """
    INSERT INTO assignments (org_id, id, lead_id, rep_id, status, reason, priority, assigned_at, assigned_by, ended_at,
                             completed_at)
    SELECT %(org)s, gen_random_uuid(), uuid_of('lead', n), (%(reps)s::uuid[])[1 + n % %(rep_count)s], 'completed', '',
           'low', now() - interval '1 day' - n * 3 * %(apart)s, CASE n % 5 WHEN 0 THEN 'Moa' ELSE 'routing' END,
           now() - n * 3 * %(apart)s, now() - n * 3 * %(apart)s
    FROM generate_series(1, %(leads)s) AS n
"""
_CLOCKS = """
    INSERT INTO sla_clocks (org_id, id, lead_id, kind, assignment_id, started_at, due_at, allowed_seconds, met_at,
                            next_step_at)
    SELECT a.org_id, gen_random_uuid(), a.lead_id, 'first_touch', a.id, a.assigned_at, a.sla_due_at, 86400,
           CASE WHEN l.status <> 'new' THEN a.assigned_at END, CASE WHEN l.status = 'new' THEN a.sla_due_at END
    FROM assignments AS a JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id WHERE a.org_id = %(org)s
"""
# Two decisions a lead: by ten rules to five teams; whoever could not be placed waits.
_DECISIONS = """
    INSERT INTO routing_decisions (org_id, id, lead_id, at, outcome, rep_id, team_id, rule_id, rule_name, reason,
                                   config_version, config_hash, record)
    SELECT l.org_id, id_at(l.created_at - again * interval '1 day'), l.id, l.created_at - again * interval '1 day',
           CASE WHEN l.owner_id IS NULL THEN 'at_capacity' ELSE 'assigned' END, l.owner_id,
           uuid_of('team', get_byte(uuid_send(l.id), 0) % 5), 'rule' || get_byte(uuid_send(l.id), 1) % 10, 'Rule',
           'Because', 1, '', '{"lead": {}}'
    FROM leads AS l, generate_series(0, 1) AS again WHERE l.org_id = %(org)s
"""
_STATEMENTS = (
    _COMPANIES,
    _COMPANY_KEYS,
    _CONTACTS,
    _LEADS,
    _LEAD_KEYS,
    _ASSIGNMENTS,
    _CLOCKS,
    _PAST_ASSIGNMENTS,
    _DECISIONS,
)
_MAKERS = """
    CREATE FUNCTION pg_temp.uuid_of(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT md5(kind || n)::uuid $$;
    CREATE FUNCTION pg_temp.address_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT 'person' || n || '@company' || n / 2 || '.example' $$;
    CREATE FUNCTION pg_temp.id_at(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE
    AS $$ SELECT CAST(overlay(replace(CAST(gen_random_uuid() AS text), '-', '') placing lpad(to_hex(
        CAST(extract(epoch FROM moment) * 1000 AS bigint)), 12, '0') || '7' from 1 for 13) AS uuid) $$;
"""


def seed(dsn: str, organisation: Organisation, leads: int) -> None:
    """Fill an organisation and let PostgreSQL look at its tables."""
    given = {
        "org": organisation.org_id,
        "leads": leads,
        "apart": PAST / leads,
        "reps": list(organisation.rep_ids),
        "rep_count": len(organisation.rep_ids),
    }
    with psycopg.connect(dsn) as connection:
        connection.execute(_MAKERS)
        for statement in _STATEMENTS:
            called = re.sub(r"\b(uuid_of|address_of|id_at)\(", r"pg_temp.\1(", statement)
            connection.execute(called.replace(" % ", " %% "), given)
            # What other proofs left would have the next statement join a hundred thousand rows as if they were ten.
            connection.execute("ANALYZE")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
