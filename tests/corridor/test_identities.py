"""Whose an address, a number or a company's domain is: one holder each, whoever names it."""

import asyncio
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.casting import Cast, an_organisation
from tests.corridor.conftest import NOW, TakeIn, a_rule, an_intake, publish_rules

from oppspot.core.db import Database
from oppspot.corridor.batching import Answer, IntakeBatcher, Submission
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause
from oppspot.leads.normalise import registration_key

pytestmark = [pytest.mark.anyio, pytest.mark.db]

FIRST = {"external_id": "EX1", "email": "exa@x.example"}
SECOND = {"external_id": "EX2", "email": "exb@x.example"}
MIXED = {"external_id": "EX1", "email": "exb@x.example", "title": "COO"}


async def _identities(database: Database, cast: Cast) -> list[tuple[str, str, str | None]]:
    statement = "SELECT l.external_id, c.email, c.title FROM leads AS l JOIN contacts AS c ON c.id = l.contact_id"
    async with database.transaction(cast.org_id) as tx:
        return sorted((tuple(row) for row in await tx.execute(text(statement))), key=str)


async def test_an_address_of_another_lead_is_not_taken_over(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(FIRST)
    await take(SECOND)
    await take(MIXED)
    assert await _identities(database, cast) == [("EX1", "exa@x.example", "COO"), ("EX2", "exb@x.example", None)]


async def test_one_batch_tells_identities_apart_as_three_do(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(FIRST, SECOND, MIXED)
    assert await _identities(database, cast) == [("EX1", "exa@x.example", "COO"), ("EX2", "exb@x.example", None)]


async def test_a_new_lead_keeps_its_address_when_a_known_one_names_it_later_in_the_batch(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await take(FIRST)
    fresh, _ = await take({"email": "exb@x.example"}, MIXED)
    [again] = await take({"email": "exb@x.example"})
    assert again.id == fresh.id
    assert ("EX1", "exa@x.example", "COO") in await _identities(database, cast)


NORD = {"name": "Nordwind", "domain": "nordwind.example", "registration_number": "HRB 1", "country": "DE"}


async def _companies(database: Database, cast: Cast) -> dict[str | None, str | None]:
    """Return the registration number of each company, by domain."""
    async with database.transaction(cast.org_id) as tx:
        rows = await tx.execute(text("SELECT domain, registration_number FROM companies"))
        return dict(tuple(row) for row in rows)


def _at(person: str, /, **company: str) -> dict[str, Any]:
    return {"first_name": person, "last_name": "Test", "company": company}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("said", [{"registration_number": "hrb-1", "country": "DE"}, {"registration_number": "HRB 1"}])
async def test_a_number_of_another_company_is_not_taken_over(
    take: TakeIn, database: Database, cast: Cast, said: dict[str, str], at_once: bool
) -> None:
    documents = [
        _at("Ada", **NORD),
        _at("Bo", domain="volta.example", registration_number="HRB 2", country="DE"),
        _at("Bo", domain="volta.example", **said),
    ]
    results = await take(*documents) if at_once else [(await take(document))[0] for document in documents]
    assert await _companies(database, cast) == {"nordwind.example": "HRB 1", "volta.example": "HRB 2"}
    assert [[item.path for item in result.warnings] for result in results] == [[], [], ["company.registration_number"]]


async def test_a_country_does_not_make_a_number_anothers(take: TakeIn) -> None:
    await take(_at("Ada", **NORD), _at("Bo", domain="volta.example", registration_number="HRB 1"))
    [result] = await take(_at("Bo", domain="volta.example", country="DE"))
    assert [item.path for item in result.warnings] == ["company.country"]
    [joined] = await take(_at("Cy", registration_number="HRB 1", country="DE"))
    assert joined.company_id != result.company_id


async def test_a_number_with_its_country_is_surer_than_a_second_domain(take: TakeIn) -> None:
    first, second = await take(_at("Ada", **NORD), _at("Bo", **NORD | {"domain": "nordwind-group.example"}))
    assert first.company_id == second.company_id


async def test_a_bare_number_and_another_domain_are_another_company(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    bare = {"registration_number": "4711"}
    first, second = await take(_at("Ada", domain="a.example", **bare), _at("Bo", domain="b.example", **bare))
    assert first.company_id != second.company_id
    assert await _companies(database, cast) == {"a.example": "4711", "b.example": None}
    assert [item.path for item in second.warnings] == ["company.registration_number"]


async def test_what_is_not_taken_over_is_told_once_on_the_timeline(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await take(FIRST, SECOND, _at("Ada", **NORD), _at("Bo", domain="volta.example"))
    disputing = {**MIXED, "company": {"domain": "volta.example", "registration_number": "HRB 1", "country": "DE"}}
    for _ in range(2):
        [result] = await take(disputing, now=NOW)
        assert [item.path for item in result.warnings] == ["email", "company.registration_number"]
    query = "SELECT lead_id, payload->>'field', payload->>'value' FROM timeline_events WHERE name = 'identity.disputed'"
    async with database.transaction(cast.org_id) as tx:
        told = sorted(tuple(row[1:]) for row in await tx.execute(text(query)) if row.lead_id == result.id)
    assert told == [("company.registration_number", "HRB 1"), ("email", "exb@x.example")]


async def test_racing_claims_of_one_number_leave_it_with_one_company(database: Database, cast: Cast) -> None:
    """Each client says it of another domain, at two batchers, as two processes would have them."""
    batchers = [IntakeBatcher(database, clock=lambda: NOW) for _ in range(2)]

    def said(number: int) -> Submission:
        document = _at(f"P{number}", domain=f"c{number}.example", registration_number="HRB 1")
        return Submission(cast.system, [an_intake(document)], lambda results: Answer(201, {"n": len(results)}))

    await asyncio.gather(*(batchers[number % 2].submit(said(number)) for number in range(20)))
    numbers = list((await _companies(database, cast)).values())
    assert (len(numbers), numbers.count("HRB 1")) == (20, 1)


async def test_a_domain_learnt_from_an_address_tells_companies_apart_from_then_on(take: TakeIn) -> None:
    acme = {"company": {"name": "Acme"}}
    [plain] = await take({"email": "zoe@gmail.com", **acme})
    [learnt] = await take({"email": "a@acme.example", **acme})
    [other] = await take({"email": "b@acme-bakery.example", **acme})
    assert learnt.company_id == plain.company_id
    assert other.company_id != plain.company_id


async def test_what_is_said_of_a_company_unnamed_is_of_the_leads_own(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    [known] = await take({"external_id": "EX1", "company": {"name": "Acme"}})
    [again] = await take({"external_id": "EX1", "company": {"employees": 240}})
    [nobody] = await take({"external_id": "EX2", "company": {"employees": 9}})
    assert (again.company_id, again.warnings) == (known.company_id, ())
    assert [item.path for item in nobody.warnings] == ["company"]
    async with database.transaction(cast.org_id) as tx:
        assert (await tx.execute(text("SELECT array_agg(employees) FROM companies"))).scalar_one() == [240]


_SAID = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("Acme"),
        "domain": st.sampled_from(["a.example", "b.example"]),
        "registration_number": st.sampled_from(["HRB 1", "hrb1", "2"]),
        "country": st.sampled_from(["DE", "GB"]),
    },
)


@given(batches=st.lists(st.lists(_SAID, min_size=1, max_size=4), min_size=1, max_size=4))
@settings(
    max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_two_companies_ever_have_one_number(database_url: str, batches: list[list[dict[str, str]]]) -> None:
    """Whatever is said in whatever order and however it is batched: a number of a country is one company's."""

    async def carried() -> None:
        database = Database(database_url, pool_size=1)
        cast = await an_organisation(database)
        await publish_rules(database, cast, [a_rule(cast)])
        people = count()
        for batch in batches:
            intakes = [an_intake({"external_id": str(next(people)), "company": said}) for said in batch]
            async with database.transaction(cast.org_id) as tx:
                await take_in(tx, cast.system, intakes, NOW, Cause("test"))
        async with database.transaction(cast.org_id) as tx:
            companies = (await tx.execute(text("SELECT id, registration_number, country FROM companies"))).all()
            query = "SELECT key, company_id FROM company_identities WHERE kind = 'registration'"
            holders = dict(tuple(row) for row in await tx.execute(text(query)))
        await database.close()
        keys = {row.id: registration_key(row.registration_number, row.country) for row in companies if row[1]}
        assert len(set(keys.values())) == len(keys)
        assert {key: holders.get(key) for key in keys.values()} == {key: company for company, key in keys.items()}

    asyncio.run(carried())
