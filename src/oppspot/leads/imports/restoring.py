"""Puts old values back where the imported ones still stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.bulk import update_rows, uuid_array
from oppspot.core.db import Transaction
from oppspot.core.jobs import enqueue
from oppspot.corridor.errands import reassess_company_leads
from oppspot.corridor.loading import load_companies
from oppspot.corridor.pipeline import amend, reassess
from oppspot.corridor.removing import remove_empty_companies
from oppspot.corridor.types import Cause, LeadState
from oppspot.leads.identities import Key, company_keys, lead_keys
from oppspot.leads.imports.mapping import usable_mapping
from oppspot.leads.imports.rules import values_to_restore
from oppspot.leads.models import Company, CompanyIdentity, Import, ImportRow, LeadIdentity
from oppspot.leads.types import NO_COMPANY, CompanyInput, LeadInput

Changes = Mapping[str, Sequence[Any]]
# Names of fields left alone, by row number.
Left = dict[int, list[str]]
_COMPANY = "company."
_COMPANY_ID = "lead.company_id"


async def restore_companies(tx: Transaction, org_id: UUID, rows: Sequence[ImportRow], now: datetime) -> Left:
    """Put back what rows changed in companies, last row first; returns what has changed since."""
    left: Left = {}
    wanted = {row.row_number: (UUID(row.before["company_id"]), _of_company(row)) for row in rows if _of_company(row)}  # type: ignore[index]
    companies = await load_companies(tx, org_id, sorted({company_id for company_id, _ in wanted.values()}))
    touched: set[UUID] = set()
    released: list[tuple[UUID, Key]] = []
    for number, (company_id, changes) in wanted.items():
        company = companies.get(company_id)
        if company is None:
            continue
        current = {f"{_COMPANY}{name}": value for name, value in company.items()}
        restored, changed_since = values_to_restore(changes, current)
        keys = company_keys(LeadInput(company=_company_input(company)))
        company.update({name.removeprefix(_COMPANY): value for name, value in restored.items()})
        if restored:
            company["updated_at"] = now
            touched.add(company_id)
            kept = company_keys(LeadInput(company=_company_input(company)))
            released += [(company_id, key) for key in keys if key not in kept]
        if changed_since:
            left[number] = changed_since
    await update_rows(tx, Company, [companies[company_id] for company_id in touched])
    await _release_keys(tx, org_id, CompanyIdentity, released)
    await enqueue(tx, [reassess_company_leads(org_id, company_id) for company_id in sorted(touched)])
    return left


def _of_company(row: ImportRow) -> Changes:
    changes: Changes = row.before["changes"] if row.before else {}
    return {name: change for name, change in changes.items() if name.startswith(_COMPANY)}


async def restore_leads(
    tx: Transaction, actor: Actor, rows: Sequence[ImportRow], companies_since: datetime, now: datetime
) -> Left:
    """Put back what rows changed in leads that were known before, last row first; returns what has changed since.

    Their scores and verdicts follow, and keys that only the import had given them are taken back.
    """
    work = _Restoring(await _former_companies(tx, actor.org_id, rows), now)
    for row in rows:
        changes = {n: c for n, c in (row.before or {}).get("changes", {}).items() if not n.startswith(_COMPANY)}
        if changes and row.lead_id:
            work.wanted.setdefault(row.lead_id, []).append((row.row_number, changes))
    await amend(tx, actor, list(work.wanted), work.restore, now, Cause("undo"))
    await _release_keys(tx, actor.org_id, LeadIdentity, work.released)
    await remove_empty_companies(tx, actor.org_id, work.abandoned, companies_since)
    return work.left


_FORGET_ACTS = text(
    "DELETE FROM engagement_events WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) "
    "AND properties ->> 'import_id' = CAST(:import_id AS text) RETURNING lead_id",
)


async def forget_acts(tx: Transaction, actor: Actor, import_id: UUID, lead_ids: Sequence[UUID], now: datetime) -> None:
    """Delete what an import told of the acts of leads that were known before, and assess those leads again."""
    given = {"org_id": actor.org_id, "ids": uuid_array(lead_ids), "import_id": import_id}
    touched = sorted(set((await tx.execute(_FORGET_ACTS, given)).scalars()))
    if touched:
        await reassess(tx, actor, touched, now, Cause("undo"))


_FORGET_ATTRIBUTES = text(
    """
    DELETE FROM attribute_definitions AS d
    WHERE d.org_id = :org_id AND d.key = ANY(CAST(:keys AS text[])) AND d.created_at = :since
        AND NOT EXISTS (SELECT FROM leads AS l WHERE l.org_id = d.org_id AND l.attributes ? d.key)
        AND NOT EXISTS (SELECT FROM config_versions AS c
            WHERE c.org_id = d.org_id AND strpos(CAST(c.document AS text), 'attributes.' || d.key) > 0)
    RETURNING d.key
    """,
)


async def forget_attributes(tx: Transaction, found: Import) -> list[str]:
    """Delete the custom fields that an import declared, unless a lead has or a published rule asks one; return which.

    They were declared in the moment the import began.
    """
    mapping = usable_mapping(found)
    keys = [column.target.removeprefix("attributes.") for column in mapping.columns]
    given = {"org_id": found.org_id, "keys": keys, "since": found.started_at}
    return sorted((await tx.execute(_FORGET_ATTRIBUTES, given)).scalars())


async def _former_companies(tx: Transaction, org_id: UUID, rows: Sequence[ImportRow]) -> dict[UUID, dict[str, Any]]:
    changes = [(row.before or {}).get("changes", {}).get(_COMPANY_ID) for row in rows]
    return await load_companies(tx, org_id, sorted({UUID(change[0]) for change in changes if change and change[0]}))


class _Restoring:
    """What is put back in each lead, and what that leaves behind."""

    def __init__(self, companies: dict[UUID, dict[str, Any]], now: datetime) -> None:
        self.wanted: dict[UUID, list[tuple[int, Changes]]] = {}
        self.left: Left = {}
        self.released: list[tuple[UUID, Key]] = []
        self.abandoned: list[UUID] = []
        self._companies = companies
        self._now = now

    def restore(self, state: LeadState) -> None:
        keys = lead_keys(_input_of(state))
        for number, changes in self.wanted[state.id]:
            restored, changed_since = values_to_restore(changes, _current(state))
            if changed_since:
                self.left[number] = changed_since
            for name, value in restored.items():
                self._set(state, name, value)
        kept = set(lead_keys(_input_of(state)))
        self.released += [(state.id, key) for key in keys if key not in kept]

    def _set(self, state: LeadState, name: str, value: Any) -> None:
        state.changes[name] = [_current(state).get(name), value]
        part, _, field = name.partition(".")
        state.lead["updated_at"] = self._now
        if name == _COMPANY_ID:
            self._set_company(state, UUID(value) if value else None)
        elif part == "attributes":
            others = {key: held for key, held in state.lead["attributes"].items() if key != field}
            state.lead["attributes"] = others if value is None else {**others, field: value}
        else:
            row = state.lead if part == "lead" else state.contact
            row[field] = value
            row["updated_at"] = self._now

    def _set_company(self, state: LeadState, company_id: UUID | None) -> None:
        if state.lead["company_id"]:
            self.abandoned.append(state.lead["company_id"])
        state.company = self._companies.get(company_id) if company_id else None
        state.lead["company_id"] = state.contact["company_id"] = state.company and state.company["id"]


def _current(state: LeadState) -> dict[str, Any]:
    return {
        **{f"lead.{name}": value for name, value in state.lead.items()},
        **{f"contact.{name}": value for name, value in state.contact.items()},
        **{f"attributes.{name}": value for name, value in state.lead["attributes"].items()},
    }


def _input_of(state: LeadState) -> LeadInput:
    contact = state.contact
    return LeadInput(
        email=contact["email"],
        first_name=contact["first_name"],
        last_name=contact["last_name"],
        external_id=state.lead["external_id"],
        company=_company_input(state.company) if state.company else NO_COMPANY,
    )


def _company_input(company: Mapping[str, Any]) -> CompanyInput:
    """Return what says which company it is."""
    return CompanyInput(**{name: company[name] for name in ("name", "domain", "registration_number", "country")})


_RELEASE = {
    model: text(
        f"DELETE FROM {model.__tablename__} AS i "  # noqa: S608
        "USING jsonb_to_recordset(CAST(:keys AS jsonb)) AS r(id uuid, kind text, key text) "
        f"WHERE i.org_id = :org_id AND i.{owner} = r.id AND i.kind = r.kind AND i.key = r.key",
    )
    for model, owner in ((LeadIdentity, "lead_id"), (CompanyIdentity, "company_id"))
}


async def _release_keys(
    tx: Transaction,
    org_id: UUID,
    model: type[LeadIdentity] | type[CompanyIdentity],
    released: Sequence[tuple[UUID, Key]],
) -> None:
    rows = [{"id": holder, "kind": key[0], "key": key[1]} for holder, key in released]
    if rows:
        await tx.execute(_RELEASE[model], {"org_id": org_id, "keys": json.dumps(rows)})
