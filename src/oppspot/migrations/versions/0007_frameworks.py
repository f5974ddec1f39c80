"""Several frameworks a lead, claims about companies, overrides by people, and views of cards for other tools."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.core.db import APP_ROLE
from oppspot.migrations import security

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_JSON = postgresql.JSONB(astext_type=sa.Text())

# What was said of leads so far was said by BANT.
_STANDINGS = """
    UPDATE leads SET verdict = bant_status, standings = jsonb_build_array(jsonb_build_object(
        'framework', 'bant', 'by', 'default', 'reason', 'The default: no rule says otherwise.',
        'status', bant_status, 'overall_score', bant_score, 'coverage', bant_coverage, 'confidence', bant_confidence,
        'next_review_on', next_review_on, 'verdict', bant_status))
"""


def upgrade() -> None:
    """Add columns, tables and views."""
    _extend_leads()
    _extend_claims()
    _extend_assessments()
    _create_overrides()
    for statement in VIEWS:
        op.execute(sa.text(statement))


def _extend_leads() -> None:
    op.add_column("leads", sa.Column("framework", sa.Text(), nullable=False, server_default="bant"))
    op.add_column("leads", sa.Column("verdict", sa.Text(), nullable=True))
    op.add_column("leads", sa.Column("standings", _JSON, nullable=False, server_default="[]"))
    op.add_column("leads", sa.Column("framework_choice", _JSON, nullable=True))
    op.add_column("leads", sa.Column("overrides", _JSON, nullable=False, server_default="{}"))
    op.execute(sa.text(_STANDINGS))
    for column in ("framework", "standings", "overrides"):
        op.alter_column("leads", column, server_default=None)
    op.create_index("ix_leads_by_verdict", "leads", ["org_id", "framework", "verdict"])


def _extend_claims() -> None:
    op.alter_column("claims", "lead_id", nullable=True)
    op.add_column("claims", sa.Column("company_id", sa.Uuid(), nullable=True))
    op.create_check_constraint("one_subject", "claims", "num_nonnulls(lead_id, company_id) = 1")
    op.create_index(
        "ix_claims_of_company", "claims", ["org_id", "company_id"], postgresql_where=sa.text("company_id IS NOT NULL")
    )


def _extend_assessments() -> None:
    op.add_column("assessments", sa.Column("on_record", _JSON, nullable=False, server_default="[]"))
    op.alter_column("assessments", "on_record", server_default=None)
    op.add_column("assessments", sa.Column("actor_id", sa.Uuid(), nullable=True))


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("overall_score", sa.Integer(), nullable=True),
        sa.Column("machine_status", sa.Text(), nullable=True),
        sa.Column("machine_score", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_overrides")),
        postgresql_partition_by="HASH (org_id)",
    )
    op.create_index(
        op.f("ix_overrides_org_id_lead_id_framework_made_at"),
        "overrides",
        ["org_id", "lead_id", "framework", "made_at"],
    )
    security.partition("overrides")
    security.protect("overrides", privileges="SELECT, INSERT, DELETE")


def _view(name: str, framework: str, elements: Sequence[str], verdict: str, confidence: str) -> str:
    scores = ", ".join(f"(a.terms->'{element}'->>'score')::integer AS {element}_score" for element in elements)
    details = ", ".join(f"a.terms->'{element}'->'values' AS {element}_details" for element in elements)
    # The invoker's rights: row-level security binds whoever reads the view.
    return f"""
        CREATE VIEW {name} WITH (security_invoker = true) AS
        SELECT a.id, l.org_id, l.id AS lead_id, l.company_id, {scores},
            a.overall_score::integer AS overall_score, {confidence} a.status AS {verdict}, {details},
            a.at AS calculated_at, a.actor_id AS calculated_by, a.next_review_on AS next_review_date,
            l.overrides->'{framework}'->>'reason' AS notes, l.created_at, a.at AS updated_at
        FROM leads AS l JOIN LATERAL (
            SELECT * FROM assessments AS x
            WHERE x.org_id = l.org_id AND x.lead_id = l.id AND x.framework = '{framework}'
            ORDER BY x.at DESC, x.id DESC LIMIT 1
        ) AS a ON true
    """  # noqa: S608 — names of ours


VIEWS = (
    _view("bant_qualifications", "bant", ("budget", "authority", "need", "timeline"), "qualification_status", ""),
    _view(
        "meddic_qualifications",
        "meddic",
        ("metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion"),
        "forecast_category",
        "round(a.confidence, 2) AS qualification_confidence,",
    ),
    f"GRANT SELECT ON bant_qualifications, meddic_qualifications TO {APP_ROLE}",
)
