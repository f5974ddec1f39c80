"""Documents about leads, and what is proposed from them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.migrations import security

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Create both tables, closed to other organisations."""
    op.create_table(
        "documents",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('notes','email','transcript')", name=op.f("ck_documents_kind")),
        sa.CheckConstraint("state IN ('waiting','ready','failed')", name=op.f("ck_documents_state")),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f("fk_documents_org_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_documents_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_org_id_lead_id_added_at"), "documents", ["org_id", "lead_id", "added_at"])
    op.create_table(
        "proposals",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Numeric(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('proposed','accepted','edited','rejected')", name=op.f("ck_proposals_state")),
        sa.CheckConstraint('0 <= "start" AND "start" < "end"', name=op.f("ck_proposals_offsets")),
        sa.CheckConstraint('length(quote) = "end" - "start"', name=op.f("ck_proposals_quote")),
        sa.CheckConstraint(
            "(state IN ('accepted','edited')) = (claim_id IS NOT NULL)", name=op.f("ck_proposals_claim")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "document_id"],
            ["documents.org_id", "documents.id"],
            name=op.f("fk_proposals_org_id_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f("fk_proposals_org_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_proposals_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_org_id_document_id_start"), "proposals", ["org_id", "document_id", "start"])
    op.create_index(op.f("ix_proposals_org_id_lead_id"), "proposals", ["org_id", "lead_id"])
    security.protect("documents")
    security.protect("proposals")
