"""What companies are as accounts: whose they are, and how far their leads are."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.casting import Cast

from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.leads.account_facts import AccountFacts, ToldLead, answers_of, size_band
from oppspot.leads.models import Company, Contact, Lead
from oppspot.leads.queries.accounts import load_account_facts
from oppspot.routing.models import Assignment

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
Ask = Callable[..., Awaitable[AccountFacts]]


class Books:
    """Writes companies with leads, and asks what they are."""

    def __init__(self, database: Database, cast: Cast) -> None:
        self._database, self._cast = database, cast

    async def company(self, **given: Any) -> UUID:
        row = {"org_id": self._cast.org_id, "id": new_id(), "created_at": NOW, "updated_at": NOW} | given
        return await self._write(Company, row)

    async def lead(self, company_id: UUID, stage: str, status: str = "qualified") -> UUID:
        common = {"org_id": self._cast.org_id, "created_at": NOW, "updated_at": NOW, "company_id": company_id}
        contact_id = await self._write(Contact, common | {"id": new_id()})
        blank: dict[str, Any] = {"attributes": {}, "standings": [], "overrides": {}, "framework": "bant"}
        row = blank | {"outcome": "assigned", "search_text": "", "assessed_at": NOW, "stage": stage, "status": status}
        return await self._write(Lead, common | row | {"id": new_id(), "contact_id": contact_id})

    async def assignment(self, lead_id: UUID, rep_id: UUID, status: str, days_ago: int = 0) -> None:
        row = {"org_id": self._cast.org_id, "id": new_id(), "lead_id": lead_id, "rep_id": rep_id, "status": status}
        row |= {"reason": "", "priority": "low", "assigned_at": NOW - timedelta(days_ago), "assigned_by": "routing"}
        await self._write(Assignment, row)

    async def facts(self, company_id: UUID, *told: ToldLead) -> AccountFacts:
        async with self._database.transaction(self._cast.org_id) as tx:
            return (await load_account_facts(tx, self._cast.org_id, [company_id], told))[company_id]

    async def _write(self, model: Any, row: dict[str, Any]) -> UUID:
        async with self._database.transaction(self._cast.org_id) as tx:
            await insert_rows(tx, model, [row])
        return UUID(str(row["id"]))


@pytest.fixture
def books(database: Database, cast: Cast) -> Books:
    return Books(database, cast)


async def test_a_company_about_which_nothing_is_said_is_nobodys(books: Books) -> None:
    assert await books.facts(await books.company()) == AccountFacts()


async def test_an_account_has_an_owner_and_its_parents_owner(books: Books, cast: Cast) -> None:
    parent = await books.company(owner_id=cast.manager.id)
    facts = await books.facts(await books.company(owner_id=cast.rep.id, parent_id=parent))
    assert (facts.owner_id, facts.parent_owner_id) == (cast.rep.id, cast.manager.id)


async def test_one_lead_that_is_a_customer_makes_its_company_one(books: Books) -> None:
    company, other = await books.company(), await books.company()
    for stage in ("lead", "customer", "mql"):
        await books.lead(company, stage, status="archived")
    assert (await books.facts(company)).is_customer
    assert not (await books.facts(other)).is_customer


@pytest.mark.parametrize(
    ("stage", "status", "is_open"),
    [
        ("opportunity", "working", True),
        ("opportunity", "qualified", True),
        ("opportunity", "nurturing", True),
        ("opportunity", "disqualified", False),
        ("opportunity", "converted", False),
        ("opportunity", "archived", False),
        ("sql", "working", False),
        ("customer", "working", False),
    ],
)
async def test_an_opportunity_is_open_until_it_is_settled(
    books: Books, cast: Cast, stage: str, status: str, is_open: bool
) -> None:
    company = await books.company()
    await books.assignment(await books.lead(company, stage, status), cast.rep.id, "completed")
    facts = await books.facts(company)
    assert (facts.has_open_opportunity, facts.opportunity_owner_id) == (is_open, cast.rep.id if is_open else None)


async def test_an_opportunity_is_whose_it_was_given_last_unless_they_gave_it_back(books: Books, cast: Cast) -> None:
    company = await books.company()
    old, new = await books.lead(company, "opportunity"), await books.lead(company, "opportunity")
    await books.assignment(old, cast.manager.id, "accepted", days_ago=9)
    await books.assignment(new, cast.rep.id, "completed", days_ago=3)
    await books.assignment(new, cast.other_rep.id, "rejected", days_ago=1)
    assert (await books.facts(company)).opportunity_owner_id == cast.rep.id


async def test_what_is_told_of_a_lead_counts_instead_of_what_is_written(books: Books, cast: Cast) -> None:
    company, other = await books.company(), await books.company()
    lead = await books.lead(company, "customer")
    await books.assignment(lead, cast.rep.id, "completed")
    told = await books.facts(company, ToldLead(lead, company, "opportunity", "working"))
    assert (told.is_customer, told.has_open_opportunity, told.opportunity_owner_id) == (False, True, cast.rep.id)
    assert await books.facts(company, ToldLead(lead, None, "customer", "working")) == AccountFacts()
    assert (await books.facts(other, ToldLead(lead, other, "customer", "working"))).is_customer


async def test_other_organisations_companies_are_not_there(database: Database, books: Books, outsiders: Cast) -> None:
    company = await books.company()
    async with database.transaction(outsiders.org_id) as tx:
        assert await load_account_facts(tx, outsiders.org_id, [company]) == {}


async def test_nothing_is_asked_about_no_company(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        assert await load_account_facts(tx, cast.org_id, []) == {}


def test_an_account_answers_what_conditions_ask() -> None:
    answers = {"account.is_customer": True, "account.has_open_opportunity": False, "account.has_owner": False}
    assert answers_of(AccountFacts(parent_owner_id=new_id(), is_customer=True)) == answers
    assert answers_of(AccountFacts(owner_id=new_id()))["account.has_owner"]


@pytest.mark.parametrize(
    ("employees", "band"),
    [
        (None, None), (0, "1-10"), (10, "1-10"), (11, "11-50"), (50, "11-50"), (51, "51-200"), (200, "51-200"),
        (201, "201-500"), (500, "201-500"), (501, "501-1000"), (1000, "501-1000"), (1001, "1001-5000"),
        (5000, "1001-5000"), (5001, "5001+"), (2_000_000, "5001+"),
    ],
)  # fmt: skip
def test_a_company_is_as_large_as_its_band_says(employees: int | None, band: str | None) -> None:
    assert size_band(employees) == band
