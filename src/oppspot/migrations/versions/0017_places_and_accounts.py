"""Where companies and people are; who owns a company, and which company it belongs to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns, the keys and the index by which subsidiaries are found."""
    for table in ("companies", "contacts"):
        op.add_column(table, sa.Column("region", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("postcode", sa.Text(), nullable=True))
    op.add_column("companies", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("companies", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_companies_org_id_owner_id"), "companies", "users", ["org_id", "owner_id"], ["org_id", "id"]
    )
    op.create_foreign_key(
        op.f("fk_companies_org_id_parent_id"), "companies", "companies", ["org_id", "parent_id"], ["org_id", "id"]
    )
    op.create_check_constraint(op.f("ck_companies_parent"), "companies", "parent_id <> id")
    op.create_index(
        "ix_companies_by_parent",
        "companies",
        ["org_id", "parent_id"],
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
