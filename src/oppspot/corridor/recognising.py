"""Which lead is this? Claims its identities in one statement, so that racing requests agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.leads.identities import Key, lead_keys
from oppspot.leads.models import LeadIdentity
from oppspot.leads.types import LeadInput


@dataclass(frozen=True, slots=True)
class RecognisedLead:
    """The lead an input is about, whether it is seen for the first time, and which fields are whose other lead's.

    Only an address can be: a sender's own number that is known decides which lead it is.
    """

    lead_id: UUID
    is_new: bool
    foreign: Mapping[str, UUID] = field(default_factory=dict)


_CLAIM = "ON CONFLICT (org_id, kind, key) DO UPDATE SET lead_id = lead_identities.lead_id RETURNING kind, key, lead_id"
_REPOINT = text(
    "UPDATE lead_identities AS i SET lead_id = r.lead_id "
    "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(kind text, key text, lead_id uuid) "
    "WHERE i.org_id = :org_id AND i.kind = r.kind AND i.key = r.key",
)


async def recognise_leads(tx: Transaction, org_id: UUID, inputs: Sequence[LeadInput]) -> list[RecognisedLead]:
    """Answer, input by input, which lead it is; new identities belong to it from now on.

    Claims every key with a candidate lead (or finds whose it is), then hands keys claimed for a
    candidate that turned out to be known to the known lead.
    """
    keys_of = [lead_keys(item) for item in inputs]
    candidates: dict[Key, UUID] = {}
    for keys in keys_of:
        candidate = next((candidates[key] for key in keys if key in candidates), None) or new_id()
        for key in keys:
            candidates.setdefault(key, candidate)
    # In one order everywhere, so that two batches wait for each other instead of deadlocking.
    rows = [
        {"org_id": org_id, "kind": kind, "key": key, "lead_id": candidates[kind, key]}
        for kind, key in sorted(candidates)
    ]
    claimed = {(row.kind, row.key): row.lead_id for row in await insert_rows(tx, LeadIdentity, rows, _CLAIM)}
    return await _settle(tx, org_id, keys_of, candidates, claimed)


async def _settle(
    tx: Transaction,
    org_id: UUID,
    keys_of: Sequence[Sequence[Key]],
    candidates: dict[Key, UUID],
    claimed: dict[Key, UUID],
) -> list[RecognisedLead]:
    fresh = set(candidates.values())
    moves: list[dict[str, Any]] = []
    # Keys an earlier input of this batch brought belong to its lead, as if it had come alone.
    settled: set[Key] = set()
    seen: set[UUID] = set()
    found: list[RecognisedLead] = []
    for keys in keys_of:
        owned = [key for key in keys if key in settled or claimed[key] not in fresh]
        lead_id = claimed[(owned or keys)[0]]
        for key in keys:
            if key not in owned and claimed[key] != lead_id:
                claimed[key] = lead_id
                moves.append({"kind": key[0], "key": key[1], "lead_id": lead_id})
        foreign = {key[0]: claimed[key] for key in owned if key[0] == "email" and claimed[key] != lead_id}
        found.append(RecognisedLead(lead_id, is_new=lead_id in fresh and lead_id not in seen, foreign=foreign))
        settled.update(keys)
        seen.add(lead_id)
    if moves:
        await tx.execute(_REPOINT, {"org_id": org_id, "rows": json.dumps(moves)})
    return found
