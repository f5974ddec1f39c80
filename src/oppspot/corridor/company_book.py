"""Which company is this? Who holds which key, as known so far in a batch; a key belongs to one company only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text

from oppspot.core import json
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem
from oppspot.core.ids import new_id
from oppspot.corridor.types import Disputed
from oppspot.leads.identities import Key, company_keys, registration_of
from oppspot.leads.models import CompanyIdentity
from oppspot.leads.types import CompanyInput, LeadInput

Row = Mapping[str, Any]


@dataclass(slots=True)
class CompanyBook:
    """Which company holds which key, as known so far in this batch, and the keys to write."""

    holders: dict[Key, UUID] = field(default_factory=dict)
    domains: dict[UUID, str | None] = field(default_factory=dict)
    new_keys: dict[Key, UUID] = field(default_factory=dict)
    new_ids: set[UUID] = field(default_factory=set)
    looked_up: set[Key] = field(default_factory=set)

    def resolve(self, item: LeadInput) -> UUID | None:
        """Return the company of one input, making a new one when no key is known; None when it has no key."""
        keys = company_keys(item)
        if not keys:
            return None
        company_id = self._known(keys)
        if company_id is None:
            company_id = new_id()
            self.new_ids.add(company_id)
        self.domains[company_id] = self.domains.get(company_id) or dict(keys).get("domain")
        for key in keys:
            if key not in self.holders:
                self.holders[key] = self.new_keys[key] = company_id
        return company_id

    def _known(self, keys: Sequence[Key]) -> UUID | None:
        domain = dict(keys).get("domain")
        for key in keys:
            holder = self.holders.get(key)
            if holder is None:
                continue
            if not _is_proof(key) and domain and self.domains.get(holder) not in {None, domain}:
                continue
            return holder
        return None

    def hold_number(self, company_id: UUID, held: Row, given: CompanyInput) -> Disputed | None:
        """Let a company hold the registration number that it has once `given` joins `held`, its row so far.

        When it is another company's, nothing is held and the value that would make it so is returned.
        """
        number = given.registration_number or held["registration_number"]
        country = given.country or held["country"]
        if (number, country) == (held["registration_number"], held["country"]):
            return None
        key = registration_of(number, country)
        if key is None:
            return None
        holder = self.holders.get(key)
        if holder is None:
            self.holders[key] = self.new_keys[key] = company_id
        elif holder != company_id:
            self._let_go(registration_of(given.registration_number, given.country), company_id)
            path = "registration_number" if given.registration_number else "country"
            return Disputed(f"company.{path}", str(getattr(given, path)), "company", holder)
        return None

    def _let_go(self, key: Key | None, company_id: UUID) -> None:
        """Take back what `resolve` claimed in this batch, before it was known whose number that is."""
        if key is not None and self.new_keys.get(key) == company_id:
            del self.new_keys[key], self.holders[key]


def _is_proof(key: Key) -> bool:
    """Say whether a key alone tells which company it is, whatever its domain.

    A domain does, and a number with the country whose register gave it. Names are shared, and so are bare numbers:
    there a different domain tells two companies apart.
    """
    kind, value = key
    return kind == "domain" or (kind == "registration" and not value.startswith("|"))


_FIND = text(
    "SELECT i.kind, i.key, i.company_id, c.domain FROM company_identities AS i "
    "JOIN companies AS c ON c.org_id = i.org_id AND c.id = i.company_id "
    "JOIN jsonb_to_recordset(CAST(:keys AS jsonb)) AS r(kind text, key text) ON r.kind = i.kind AND r.key = i.key "
    "WHERE i.org_id = :org_id",
)


async def open_company_book(tx: Transaction, org_id: UUID, inputs: Sequence[LeadInput]) -> CompanyBook:
    """Load who holds the company keys of a batch, in one read."""
    book = CompanyBook()
    await _look_up(tx, org_id, book, {key for item in inputs for key in company_keys(item)})
    return book


async def look_up_numbers(
    tx: Transaction,
    org_id: UUID,
    book: CompanyBook,
    companies: Mapping[UUID, Row],
    said: Sequence[tuple[UUID, CompanyInput]],
) -> None:
    """Load who holds the registration numbers that companies may come to have, where inputs say only half of them.

    A number counts within its country: one half may stand in the company's row or come with another input.
    """
    numbers: dict[UUID, set[str]] = defaultdict(set)
    countries: dict[UUID, set[str]] = defaultdict(set)
    for company_id, given in said:
        for values, value in ((numbers, given.registration_number), (countries, given.country)):
            if value:
                values[company_id].add(value)
    for company_id in numbers.keys() | countries.keys():
        if (row := companies.get(company_id)) is None:
            continue
        is_news = numbers[company_id] or not countries[company_id] <= {row["country"]}
        for values, value in ((numbers, row["registration_number"]), (countries, row["country"])):
            if value and is_news:
                values[company_id].add(value)
    keys = {
        key
        for company_id, of_company in numbers.items()
        for number in of_company
        for country in countries[company_id]
        if (key := registration_of(number, country))
    }
    await _look_up(tx, org_id, book, keys - book.looked_up)


async def _look_up(tx: Transaction, org_id: UUID, book: CompanyBook, keys: set[Key]) -> None:
    if not keys:
        return
    book.looked_up |= keys
    wanted = json.dumps([{"kind": kind, "key": key} for kind, key in sorted(keys)])
    for row in await tx.execute(_FIND, {"org_id": org_id, "keys": wanted}):
        book.holders[row.kind, row.key] = row.company_id
        book.domains.setdefault(row.company_id, row.domain)


async def write_company_keys(tx: Transaction, org_id: UUID, book: CompanyBook) -> None:
    """Write the keys that companies hold since this batch."""
    rows = [_key_row(org_id, key, company_id) for key, company_id in book.new_keys.items()]
    await insert_rows(tx, CompanyIdentity, rows)


def _key_row(org_id: UUID, key: Key, company_id: UUID) -> dict[str, Any]:
    return {"org_id": org_id, "kind": key[0], "key": key[1], "company_id": company_id}


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
    rows = [_key_row(org_id, key, company_id) for key in sorted(fresh)]
    await insert_rows(tx, CompanyIdentity, rows, "ON CONFLICT DO NOTHING")


def _told_apart(one: str | None, other: str | None) -> bool:
    """Two companies may share a name when both have a domain, and not the same."""
    return one is not None and other is not None and one != other


def _refuse(path: str, holder: UUID) -> None:
    problem = FieldProblem(path, f"belongs to company {holder}", "one that no other company has")
    raise Conflict(f"Another company already has this {path.rpartition('.')[2].replace('_', ' ')}.", errors=[problem])
