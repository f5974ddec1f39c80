"""How a decision is written as JSON."""

from collections.abc import Sequence
from typing import Any, Final

from oppspot.core.errors import FieldProblem
from oppspot.corridor.types import LeadResult

# The most valuable come first; the card has them all.
MOST_ACTIONS: Final = 5


def answer(result: LeadResult) -> dict[str, Any]:
    """Return one lead's decision as the API answers it."""
    score, verdict, assignment = result.score, result.qualification, result.assignment
    return {
        "id": str(result.id),
        "status": result.status,
        "outcome": result.outcome,
        "reason": result.reason,
        "score": {
            "overall": _number(score.overall),
            "fit": _number(score.fit),
            "engagement": _number(score.engagement),
            "coverage": _number(score.coverage),
            "band": score.band,
            "grade": score.grade,
        },
        "qualification": {
            "framework": verdict.framework,
            "reason": verdict.reason,
            "status": verdict.status,
            "verdict": verdict.verdict,
            "overall_score": verdict.overall_score,
            "coverage": verdict.coverage,
            "confidence": verdict.confidence,
            "next_review_date": verdict.next_review_date.isoformat(),
            "next_actions": list(verdict.next_actions[:MOST_ACTIONS]),
            "also": [
                {"framework": item.framework, "status": item.status, "overall_score": item.overall_score}
                for item in result.standings[1:]
            ],
        },
        "assignment": assignment
        and {
            "id": str(assignment.id),
            "owner": {"id": str(assignment.owner.id), "name": assignment.owner.name},
            "reason": assignment.reason,
            "priority": assignment.priority,
            "sla_due_at": assignment.sla_due_at and assignment.sla_due_at.isoformat(),
        },
        "warnings": _problems(result.warnings),
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def rows_answer(rows: Sequence[LeadResult | Sequence[FieldProblem]]) -> dict[str, Any]:
    """Return what became of each row of a batch, with the totals."""
    results = [_row(index, row) for index, row in enumerate(rows)]
    kinds = [row["result"] for row in results]
    return {kind: kinds.count(kind) for kind in ("created", "updated", "rejected")} | {"results": results}


def _row(index: int, row: LeadResult | Sequence[FieldProblem]) -> dict[str, Any]:
    if isinstance(row, LeadResult):
        kind = "created" if row.created else "updated"
        return {"index": index, "result": kind, "lead": answer(row), "errors": []}
    return {"index": index, "result": "rejected", "lead": None, "errors": _problems(row)}


def _problems(problems: Sequence[FieldProblem]) -> list[dict[str, Any]]:
    return [{"path": item.path, "message": item.message, "accepted": item.accepted} for item in problems]
