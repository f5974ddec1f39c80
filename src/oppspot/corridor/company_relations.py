"""Who may own a company, and which company it may belong to."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.queries.roles import can_work
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid

RELATIONS: Final = ("owner_id", "parent_id")

# The company itself, the one it belongs to, the one that belongs to, and so on.
_UPWARD: Final = text(
    """
    WITH RECURSIVE upward AS (
        SELECT id, parent_id FROM companies WHERE org_id = :org_id AND id = :id
        UNION
        SELECT c.id, c.parent_id FROM upward AS u JOIN companies AS c ON c.org_id = :org_id AND c.id = u.parent_id
    )
    SELECT id FROM upward
    """
)


async def check_relations(
    tx: Transaction, org_id: UUID, company_id: UUID, changes: Mapping[str, Any]
) -> dict[str, UUID | None]:
    """Return who shall own a company and what it shall belong to, of those that are told; raises Invalid.

    Whoever asks has the organisation's turn, so that two companies cannot become each other's parent at once.
    """
    told = {name: None if changes[name] is None else UUID(str(changes[name])) for name in RELATIONS if name in changes}
    problems = []
    owner_id, parent_id = told.get("owner_id"), told.get("parent_id")
    if owner_id is not None and not await can_work(tx, org_id, owner_id):
        problems.append(
            FieldProblem("owner_id", "is nobody who can own a company", "an active person who is no viewer")
        )
    if parent_id is not None:
        upward = set((await tx.execute(_UPWARD, {"org_id": org_id, "id": parent_id})).scalars())
        if not upward:
            problems.append(FieldProblem("parent_id", "is no company of yours", "the id of another company"))
        elif company_id in upward:
            message = "is the company itself, or belongs to it"
            problems.append(FieldProblem("parent_id", message, "a company that does not belong to this one"))
    if problems:
        raise Invalid("The company cannot have this owner or parent.", errors=problems)
    return told
