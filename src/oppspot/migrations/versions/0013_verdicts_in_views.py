"""The views of cards tell the verdict that counts beside what the machine says."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from oppspot.core.db import APP_ROLE

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the views anew: a column can only be added at the end of one."""
    for statement in VIEWS:
        op.execute(sa.text(statement))


def _view(name: str, framework: str, elements: Sequence[str], verdict: str, confidence: str) -> str:
    scores = ", ".join(f"(a.terms->'{element}'->>'score')::integer AS {element}_score" for element in elements)
    details = ", ".join(f"a.terms->'{element}'->'values' AS {element}_details" for element in elements)
    # The invoker's rights: row-level security binds whoever reads the view.
    return f"""
        CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS
        SELECT a.id, l.org_id, l.id AS lead_id, l.company_id, {scores},
            a.overall_score::integer AS overall_score, {confidence} a.status AS {verdict}, {details},
            a.at AS calculated_at, a.actor_id AS calculated_by, a.next_review_on AS next_review_date,
            l.overrides->'{framework}'->>'reason' AS notes, l.created_at, a.at AS updated_at,
            (SELECT s->>'verdict' FROM jsonb_array_elements(l.standings) AS s WHERE s->>'framework' = '{framework}')
                AS verdict
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
