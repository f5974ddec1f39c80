"""The first schema: every table, the restricted roles, row-level security, partitions, doors and jobs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.core.db import APP_ROLE
from oppspot.migrations import doors, security

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PARTITIONED_TABLES = (
    "assessments",
    "audit_log",
    "claims",
    "engagement_events",
    "routing_decisions",
    "score_history",
    "timeline_events",
)
# What the application may do with a table when it may not do everything. Facts about a lead can be removed with it
# (undo of an import, erasure), but never rewritten.
PRIVILEGES = {
    "audit_log": "SELECT, INSERT",
    "config_versions": "SELECT, INSERT",
    "routing_decisions": "SELECT, INSERT, DELETE",
    "score_history": "SELECT, INSERT, DELETE",
    "timeline_events": "SELECT, INSERT, DELETE",
    "rep_loads": "SELECT",
}
TENANT_TABLES = (
    "api_keys",
    "assessments",
    "assignments",
    "attribute_definitions",
    "audit_heads",
    "audit_log",
    "claims",
    "companies",
    "company_identities",
    "config_heads",
    "config_versions",
    "contacts",
    "credential_tokens",
    "engagement_events",
    "fairness_credits",
    "idempotency_keys",
    "import_files",
    "import_mappings",
    "import_rows",
    "imports",
    "lead_identities",
    "lead_notes",
    "leads",
    "notifications",
    "rep_loads",
    "rep_profiles",
    "routing_decisions",
    "saved_views",
    "score_history",
    "sessions",
    "team_members",
    "teams",
    "timeline_events",
    "users",
)


def upgrade() -> None:
    """Build everything."""
    for statement in (security.CREATE_ROLES, security.CURRENT_ORGANISATION, security.GRANT_SCHEMA):
        op.execute(sa.text(statement))
    _create_tables()
    for table in PARTITIONED_TABLES:
        security.partition(table)
    security.protect("organisations", key="id", privileges="SELECT, INSERT, UPDATE")
    for table in TENANT_TABLES:
        security.protect(table, privileges=PRIVILEGES.get(table, security.EVERYTHING))
    for statement in doors.ALL:
        op.execute(sa.text(statement))
    doors.create_job_schema()
    # Which version the schema has is no secret: /readyz compares it with the code.
    op.execute(sa.text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))


def _create_tables() -> None:  # noqa: PLR0915 — one statement a table
    op.create_table(
        "assessments",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("framework_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("overall_score", sa.Numeric(), nullable=True),
        sa.Column("coverage", sa.Numeric(), nullable=False),
        sa.Column("confidence", sa.Numeric(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_assessments")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_assessments_org_id_lead_id_framework_at"),
        "assessments",
        ["org_id", "lead_id", "framework", "at"],
        unique=False,
    )
    op.create_table(
        "audit_log",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "seq", name=op.f("pk_audit_log")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_audit_log_org_id_at"), "audit_log", ["org_id", "at"], unique=False)
    op.create_table(
        "claims",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Numeric(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_claims")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_claims_org_id_lead_id_key"), "claims", ["org_id", "lead_id", "key"], unique=False)
    op.create_table(
        "engagement_events",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_engagement_events")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_engagement_events_org_id_lead_id_occurred_at"),
        "engagement_events",
        ["org_id", "lead_id", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "routing_decisions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("rule_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("config_version", sa.Integer(), nullable=False),
        sa.Column("config_hash", sa.Text(), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_routing_decisions")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_routing_decisions_org_id_at"), "routing_decisions", ["org_id", "at"], unique=False)
    op.create_index(
        op.f("ix_routing_decisions_org_id_lead_id_at"), "routing_decisions", ["org_id", "lead_id", "at"], unique=False
    )
    op.create_table(
        "score_history",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("overall", sa.Numeric(), nullable=True),
        sa.Column("fit", sa.Numeric(), nullable=True),
        sa.Column("engagement", sa.Numeric(), nullable=True),
        sa.Column("coverage", sa.Numeric(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("model_hash", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_score_history")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_score_history_org_id_lead_id_at"), "score_history", ["org_id", "lead_id", "at"], unique=False
    )
    op.create_table(
        "timeline_events",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_timeline_events")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(op.f("ix_timeline_events_org_id_at"), "timeline_events", ["org_id", "at"], unique=False)
    op.create_index(
        op.f("ix_timeline_events_org_id_lead_id_at"), "timeline_events", ["org_id", "lead_id", "at"], unique=False
    )
    op.create_table(
        "api_keys",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_api_keys_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_api_keys")),
    )
    op.create_index("uq_api_keys_prefix", "api_keys", ["prefix"], unique=True)
    op.create_table(
        "attribute_definitions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("choices", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "type IN ('text','number','boolean','datetime','choice','text_list')",
            name=op.f("ck_attribute_definitions_type"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_attribute_definitions_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_attribute_definitions")),
    )
    op.create_index("uq_attribute_definitions_key", "attribute_definitions", ["org_id", "key"], unique=True)
    op.create_table(
        "audit_heads",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_audit_heads_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "companies",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("sic_code", sa.Text(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("annual_revenue", sa.Numeric(), nullable=True),
        sa.Column("growth_rate", sa.Double(), nullable=True),
        sa.Column("funding_stage", sa.Text(), nullable=True),
        sa.Column("credit_score", sa.Integer(), nullable=True),
        sa.Column("technologies", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_companies_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_companies")),
    )
    op.create_index(op.f("ix_companies_org_id_domain"), "companies", ["org_id", "domain"], unique=False)
    op.create_index(op.f("ix_companies_org_id_name"), "companies", ["org_id", "name"], unique=False)
    op.create_table(
        "config_heads",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_config_heads_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", name=op.f("pk_config_heads")),
    )
    op.create_table(
        "config_versions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_config_versions_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", "version", name=op.f("pk_config_versions")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_idempotency_keys_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "import_mappings",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_import_mappings_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "signature", name=op.f("pk_import_mappings")),
    )
    op.create_table(
        "imports",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=True),
        sa.Column("processed_rows", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('uploaded','rehearsing','rehearsed','running','done','failed','undoing','undone')",
            name=op.f("ck_imports_status"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_imports_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_org_id_created_at"), "imports", ["org_id", "created_at"], unique=False)
    op.create_table(
        "teams",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_teams_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_teams")),
    )
    op.create_index("uq_teams_name", "teams", ["org_id", "name"], unique=True)
    op.create_table(
        "users",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('owner', 'manager', 'rep', 'viewer')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_users_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email", "users", ["email"], unique=True)
    op.create_table(
        "company_identities",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "company_id"],
            ["companies.org_id", "companies.id"],
            name=op.f("fk_company_identities_org_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_company_identities_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", "key", name=op.f("pk_company_identities")),
    )
    op.create_index(
        op.f("ix_company_identities_org_id_company_id"), "company_identities", ["org_id", "company_id"], unique=False
    )
    op.create_table(
        "contacts",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "company_id"], ["companies.org_id", "companies.id"], name=op.f("fk_contacts_org_id_company_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_contacts_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_org_id_company_id"), "contacts", ["org_id", "company_id"], unique=False)
    op.create_table(
        "credential_tokens",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('invitation', 'password_reset')", name=op.f("ck_credential_tokens_purpose")),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_credential_tokens_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_credential_tokens_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_credential_tokens")),
    )
    op.create_index("uq_credential_tokens_token_hash", "credential_tokens", ["token_hash"], unique=True)
    op.create_table(
        "fairness_credits",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_fairness_credits_org_id_rep_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_fairness_credits_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "pool", "rep_id", name=op.f("pk_fairness_credits")),
    )
    op.create_table(
        "import_files",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "import_id"],
            ["imports.org_id", "imports.id"],
            name=op.f("fk_import_files_org_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_import_files_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "import_id", "part", name=op.f("pk_import_files")),
    )
    op.create_table(
        "import_rows",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("original", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "import_id"],
            ["imports.org_id", "imports.id"],
            name=op.f("fk_import_rows_org_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_import_rows_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "import_id", "row_number", name=op.f("pk_import_rows")),
    )
    op.create_index(
        op.f("ix_import_rows_org_id_import_id_outcome"), "import_rows", ["org_id", "import_id", "outcome"], unique=False
    )
    op.create_table(
        "notifications",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_notifications_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_notifications_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_notifications")),
    )
    op.create_index(
        op.f("ix_notifications_org_id_user_id_created_at"),
        "notifications",
        ["org_id", "user_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "rep_loads",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("open_count >= 0", name=op.f("ck_rep_loads_open_count")),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_rep_loads_org_id_rep_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_rep_loads_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "rep_id", name=op.f("pk_rep_loads")),
    )
    op.create_table(
        "rep_profiles",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("max_open", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("territories", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("seniority", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("working_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.CheckConstraint("max_open IS NULL OR max_open >= 0", name=op.f("ck_rep_profiles_max_open")),
        sa.CheckConstraint("weight > 0 AND weight <= 1000", name=op.f("ck_rep_profiles_weight")),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_rep_profiles_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_rep_profiles_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "user_id", name=op.f("pk_rep_profiles")),
    )
    op.create_table(
        "saved_views",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_saved_views_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_saved_views_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_org_id_page"), "saved_views", ["org_id", "page"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_sessions_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_sessions_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_org_id_user_id"), "sessions", ["org_id", "user_id"], unique=False)
    op.create_index("uq_sessions_token_hash", "sessions", ["token_hash"], unique=True)
    op.create_table(
        "team_members",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "team_id"],
            ["teams.org_id", "teams.id"],
            name=op.f("fk_team_members_org_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_team_members_org_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_team_members_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_table(
        "leads",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("product_interest", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("sla_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score_overall", sa.Numeric(), nullable=True),
        sa.Column("score_fit", sa.Numeric(), nullable=True),
        sa.Column("score_engagement", sa.Numeric(), nullable=True),
        sa.Column("score_coverage", sa.Numeric(), nullable=True),
        sa.Column("score_band", sa.Text(), nullable=True),
        sa.Column("score_grade", sa.Text(), nullable=True),
        sa.Column("bant_status", sa.Text(), nullable=True),
        sa.Column("bant_score", sa.Numeric(), nullable=True),
        sa.Column("bant_coverage", sa.Numeric(), nullable=True),
        sa.Column("bant_confidence", sa.Numeric(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('lead','mql','sal','sql','opportunity','customer')", name=op.f("ck_leads_stage")),
        sa.CheckConstraint(
            "status IN ('new','working','qualified','nurturing','disqualified','converted','archived')",
            name=op.f("ck_leads_status"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "company_id"], ["companies.org_id", "companies.id"], name=op.f("fk_leads_org_id_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "contact_id"], ["contacts.org_id", "contacts.id"], name=op.f("fk_leads_org_id_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "owner_id"], ["users.org_id", "users.id"], name=op.f("fk_leads_org_id_owner_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_leads_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_leads")),
    )
    op.create_index("ix_leads_by_company", "leads", ["org_id", "company_id"], unique=False)
    op.create_index(
        "ix_leads_by_import",
        "leads",
        ["org_id", "import_id"],
        unique=False,
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    op.create_index(
        "ix_leads_by_owner", "leads", ["org_id", "owner_id", sa.literal_column("created_at DESC")], unique=False
    )
    op.create_index(
        "ix_leads_by_score",
        "leads",
        ["org_id", sa.literal_column("score_overall DESC NULLS LAST"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_leads_by_status", "leads", ["org_id", "status", sa.literal_column("created_at DESC")], unique=False
    )
    op.create_index(
        "ix_leads_due",
        "leads",
        ["org_id", "sla_due_at"],
        unique=False,
        postgresql_where=sa.text("sla_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_leads_next_check",
        "leads",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_leads_recent",
        "leads",
        ["org_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_leads_search",
        "leads",
        [sa.literal_column("to_tsvector('simple', search_text)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "assignments",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("rule_name", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("sla_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sla_breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("priority IN ('urgent','high','medium','low')", name=op.f("ck_assignments_priority")),
        sa.CheckConstraint(
            "status IN ('assigned','accepted','working','completed','reassigned','rejected','withdrawn')",
            name=op.f("ck_assignments_status"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f("fk_assignments_org_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"], ["users.org_id", "users.id"], name=op.f("fk_assignments_org_id_rep_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_assignments_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_of_rep",
        "assignments",
        ["org_id", "rep_id", "sla_due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('assigned', 'accepted', 'working')"),
    )
    op.create_index(
        op.f("ix_assignments_org_id_lead_id_assigned_at"),
        "assignments",
        ["org_id", "lead_id", "assigned_at"],
        unique=False,
    )
    op.create_index(
        "ix_assignments_sla_due",
        "assignments",
        ["sla_due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'assigned' AND sla_breached_at IS NULL"),
    )
    op.create_index(
        "uq_assignments_open",
        "assignments",
        ["org_id", "lead_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('assigned', 'accepted', 'working')"),
    )
    op.create_table(
        "lead_identities",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f("fk_lead_identities_org_id_lead_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_lead_identities_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "kind", "key", name=op.f("pk_lead_identities")),
    )
    op.create_index(op.f("ix_lead_identities_org_id_lead_id"), "lead_identities", ["org_id", "lead_id"], unique=False)
    op.create_table(
        "lead_notes",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "author_id"], ["users.org_id", "users.id"], name=op.f("fk_lead_notes_org_id_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f("fk_lead_notes_org_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_lead_notes_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_lead_notes")),
    )
    op.create_index(
        op.f("ix_lead_notes_org_id_lead_id_created_at"), "lead_notes", ["org_id", "lead_id", "created_at"], unique=False
    )
