"""Which lead and which company is this? Claims identities in one statement each, so that racing requests agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text

from oppspot.core import json
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem
from oppspot.core.ids import new_id
from oppspot.leads.identities import company_keys, lead_keys
from oppspot.leads.models import CompanyIdentity, LeadIdentity
from oppspot.leads.types import CompanyInput, LeadInput

Key = tuple[str, str]

# The first kind found wins: a CRM's own number is surer than an address, an address than a name.
LEAD_KINDS = ("external", "email", "person")
COMPANY_KINDS = ("domain", "registration", "name")


@dataclass(frozen=True, slots=True)
class RecognisedLead:
    """The lead an input is about, whether it is seen for the first time, and which fields are another lead's.

    Only an address can be: a sender's own number that is known decides which lead it is.
    """

    lead_id: UUID
    is_new: bool
    foreign: frozenset[str] = frozenset()


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
        foreign = frozenset(key[0] for key in owned if key[0] == "email" and claimed[key] != lead_id)
        found.append(RecognisedLead(lead_id, is_new=lead_id in fresh and lead_id not in seen, foreign=foreign))
        settled.update(keys)
        seen.add(lead_id)
    if moves:
        await tx.execute(_REPOINT, {"org_id": org_id, "rows": json.dumps(moves)})
    return found


_FIND_COMPANIES = text(
    "SELECT i.kind, i.key, i.company_id, c.domain FROM company_identities AS i "
    "JOIN companies AS c ON c.org_id = i.org_id AND c.id = i.company_id "
    "JOIN jsonb_to_recordset(CAST(:keys AS jsonb)) AS r(kind text, key text) ON r.kind = i.kind AND r.key = i.key "
    "WHERE i.org_id = :org_id",
)


@dataclass(slots=True)
class CompanyBook:
    """Which company holds which key, as known so far in this batch, and the keys to write."""

    holders: dict[Key, UUID]
    domains: dict[UUID, str | None]
    new_keys: list[dict[str, Any]]
    new_ids: set[UUID]

    def resolve(self, org_id: UUID, item: LeadInput) -> UUID | None:
        """Return the company of one input, making a new one when no key is known; None when it has no key."""
        keys = company_keys(item)
        if not keys:
            return None
        company_id = self._known(keys)
        if company_id is None:
            company_id = new_id()
            self.new_ids.add(company_id)
        self.domains[company_id] = self.domains.get(company_id) or dict(keys).get("domain")
        for kind, key in keys:
            if (kind, key) not in self.holders:
                self.holders[kind, key] = company_id
                self.new_keys.append({"org_id": org_id, "kind": kind, "key": key, "company_id": company_id})
        return company_id

    def _known(self, keys: Sequence[Key]) -> UUID | None:
        domain = dict(keys).get("domain")
        for key in keys:
            holder = self.holders.get(key)
            if holder is None:
                continue
            # Two companies may share a name; a different domain tells them apart.
            if key[0] != "domain" and domain and self.domains.get(holder) not in {None, domain}:
                continue
            return holder
        return None


async def open_company_book(tx: Transaction, org_id: UUID, inputs: Sequence[LeadInput]) -> CompanyBook:
    """Load who holds the company keys of a batch, in one read."""
    keys = sorted({key for item in inputs for key in company_keys(item)})
    book = CompanyBook({}, {}, [], set())
    if keys:
        wanted = json.dumps([{"kind": kind, "key": key} for kind, key in keys])
        for row in await tx.execute(_FIND_COMPANIES, {"org_id": org_id, "keys": wanted}):
            book.holders[row.kind, row.key] = row.company_id
            book.domains[row.company_id] = row.domain
    return book


async def write_company_keys(tx: Transaction, book: CompanyBook) -> None:
    """Write the keys of companies seen for the first time."""
    await insert_rows(tx, CompanyIdentity, book.new_keys)


_FIELD_OF_KIND = {"domain": "domain", "registration": "registration_number", "name": "name"}


async def move_company_keys(
    tx: Transaction, org_id: UUID, company_id: UUID, before: CompanyInput, after: CompanyInput, prefix: str
) -> None:
    """Let a company's replaced keys go and take the new ones.

    Raises Conflict naming the field, after `prefix`, whose key is another company's. Other names it has been
    recognised by stay its own.
    """
    old, new = LeadInput(company=before), LeadInput(company=after)
    gone, fresh = set(company_keys(old)) - set(company_keys(new)), set(company_keys(new)) - set(company_keys(old))
    book = await open_company_book(tx, org_id, [new])
    for kind, key in sorted(fresh):
        holder = book.holders.get((kind, key), company_id)
        if holder != company_id and not (kind == "name" and _told_apart(book.domains[holder], after.domain)):
            _refuse(prefix + _FIELD_OF_KIND[kind], holder)
    for kind, key in sorted(gone):
        own = CompanyIdentity.org_id == org_id, CompanyIdentity.company_id == company_id
        await tx.execute(delete(CompanyIdentity).where(*own, CompanyIdentity.kind == kind, CompanyIdentity.key == key))
    rows = [{"org_id": org_id, "kind": kind, "key": key, "company_id": company_id} for kind, key in sorted(fresh)]
    await insert_rows(tx, CompanyIdentity, rows, "ON CONFLICT DO NOTHING")


def _told_apart(one: str | None, other: str | None) -> bool:
    """Two companies may share a name when both have a domain, and not the same."""
    return one is not None and other is not None and one != other


def _refuse(path: str, holder: UUID) -> None:
    problem = FieldProblem(path, f"belongs to company {holder}", "one that no other company has")
    raise Conflict(f"Another company already has this {path.rpartition('.')[2].replace('_', ' ')}.", errors=[problem])
