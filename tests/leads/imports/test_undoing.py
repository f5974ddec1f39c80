"""Undoing an import: what it brought goes, what it changed comes back, what people did stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW
from tests.leads.imports.conftest import Run, Upload

from oppspot.conditions.types import FieldType
from oppspot.core.db import Database, Transaction
from oppspot.core.ids import new_id
from oppspot.corridor.company_claims import change_company_claims
from oppspot.corridor.editing import edit_lead
from oppspot.leads.imports.queries import list_rows
from oppspot.leads.services.attributes import declare_attribute
from oppspot.leads.services.notes import add_note
from oppspot.qualification.services.overriding import override_verdict
from oppspot.qualification.types import Claim
from oppspot.routing.candidates import candidates_of
from oppspot.routing.queries.decision_list import DecisionFilter, list_decisions
from oppspot.routing.queries.decisions import get_decision, replay_decision
from oppspot.texts.extracting.local import LocalExtractor
from oppspot.texts.services.adding import add_document, read_typed

pytestmark = [pytest.mark.anyio, pytest.mark.db]
FACTS = ("leads", "contacts", "companies", "lead_identities", "company_identities", "assignments", "score_history",
         "assessments", "routing_decisions", "timeline_events")  # fmt: skip


async def _counts(database: Database, cast: Cast) -> dict[str, int]:
    async with database.transaction(cast.org_id) as tx:
        return {name: int((await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()) for name in FACTS}


async def _one(database: Database, cast: Cast, query: str) -> Any:
    async with database.transaction(cast.org_id) as tx:
        return (await tx.execute(text(query))).first()


async def test_what_an_import_brought_is_gone(upload: Upload, run: Run, undo: Run, database: Database, cast: Cast):
    import_id = await upload()
    await run(import_id)
    progress = await undo(import_id)
    assert (progress.status, progress.counts["undone"], progress.counts["kept"]) == ("undone", 2, 0)
    assert set((await _counts(database, cast)).values()) == {0}
    assert (await _one(database, cast, "SELECT sum(open_count) FROM rep_loads"))[0] == 0


async def test_custom_fields_that_an_import_declared_go_unless_they_are_in_use(upload, run, undo, database, cast):
    first = await upload("email,shoe size,hat size\na@x.example,44,56\n")
    await run(first)
    await run(await upload("email,hat size\nb@x.example,58\n"))
    await undo(first)
    async with database.transaction(cast.org_id) as tx:
        keys = (await tx.execute(text("SELECT key FROM attribute_definitions"))).scalars().all()
    assert keys == ["hat_size"], "another lead has it"


async def test_a_custom_field_declared_before_the_import_stays(upload, run, undo, database, cast):
    async with database.transaction(cast.org_id) as tx:
        await declare_attribute(tx, cast.owner.actor, "hat_size", "Hat size", FieldType.NUMBER, NOW - timedelta(days=1))
    import_id = await upload("email,hat size\na@x.example,56\n")
    await run(import_id)
    await undo(import_id)
    assert (await _one(database, cast, "SELECT count(*) FROM attribute_definitions"))[0] == 1


ACTS = "SELECT (SELECT sum(quantity) FROM engagement_events), score_engagement FROM leads"


async def test_what_an_import_told_of_acts_goes_with_it(upload, run, undo, database, cast):
    await run(await upload("email,visits\na@x.example,2\n"))
    before = tuple(await _one(database, cast, ACTS))
    second = await upload("email,visits\na@x.example,7\n")
    assert (await run(second)).counts == {"updated": 1}
    times, engagement = await _one(database, cast, ACTS)
    assert (times, engagement > before[1] > 0) == (7, True)
    assert (await undo(second)).counts["undone"] == 1
    assert tuple(await _one(database, cast, ACTS)) == before


async def test_a_lead_of_which_only_its_import_told_acts_can_be_undone(upload, run, undo, database, cast):
    import_id = await upload("email,visits\na@x.example,2\n")
    await run(import_id)
    assert (await undo(import_id)).counts["kept"] == 0
    assert (await _one(database, cast, "SELECT count(*) FROM engagement_events"))[0] == 0


async def test_the_same_file_again_adds_nothing(upload, run, database, cast):
    for outcome in ("created", "unchanged"):
        assert (await run(await upload("email,visits,last seen\na@x.example,2,2025-11-03\n"))).counts == {outcome: 1}
    assert (await _one(database, cast, ACTS))[0] == 2


async def test_what_was_there_before_stays_as_it_was(upload, run, undo, database, cast):
    await run(await upload("email,source,company,employees\na@x.example,web,Acme,10\n"))
    before = await _one(database, cast, _STATE)
    second = await upload("email,source,company,employees,record id\na@x.example,fair,Acme,99,17\n")
    await run(second)
    assert await _one(database, cast, _STATE) != before
    await undo(second)
    assert await _one(database, cast, _STATE) == before


_STATE = """
    SELECT l.source, l.external_id, l.attributes, c.name, c.employees, l.import_id,
        (SELECT array_agg(kind || key ORDER BY kind, key) FROM lead_identities) AS keys
    FROM leads l JOIN companies c ON c.id = l.company_id
"""


async def test_a_value_changed_since_is_left_alone_and_said(upload, run, undo, database, cast):
    await run(await upload("email,source,title\na@x.example,web,CEO\n"))
    second = await upload("email,source,title\na@x.example,fair,CTO\n")
    await run(second)
    (lead_id,) = await _one(database, cast, "SELECT id FROM leads")
    async with database.transaction(cast.org_id) as tx:
        await edit_lead(tx, cast.rep.actor, lead_id, {"source": "call"}, {}, NOW)
    await undo(second)
    assert tuple(await _one(database, cast, "SELECT source FROM leads")) == ("call",)
    assert tuple(await _one(database, cast, "SELECT title FROM contacts")) == ("CEO",)
    async with database.transaction(cast.org_id) as tx:
        [row] = (await list_rows(tx, cast.org_id, second)).items
    assert row.outcome == "kept"
    assert "lead.source" in row.problems[0]["message"]


async def test_a_lead_somebody_worked_on_is_kept_and_said(upload, run, undo, database, cast):
    import_id = await upload()
    await run(import_id)
    (lead_id,) = await _one(database, cast, "SELECT lead_id FROM import_rows WHERE row_number = 2")
    async with database.transaction(cast.org_id) as tx:
        await add_note(tx, cast.rep.actor, lead_id, "Called", NOW)
    progress = await undo(import_id)
    assert (progress.counts["undone"], progress.counts["kept"]) == (1, 1)
    assert (await _one(database, cast, "SELECT count(*) FROM leads"))[0] == 1
    async with database.transaction(cast.org_id) as tx:
        assert "note" in (await list_rows(tx, cast.org_id, import_id)).items[0].problems[0]["message"]


async def _overridden(tx: Transaction, cast: Cast, lead_id: UUID, _: UUID) -> None:
    await override_verdict(tx, cast.rep.actor, lead_id, "bant", NOW, status="qualified", reason="I know them")


async def _read(tx: Transaction, cast: Cast, lead_id: UUID, _: UUID) -> None:
    await add_document(tx, cast.rep.actor, lead_id, read_typed("We met at the fair."), NOW, extractor=LocalExtractor())


async def _claimed(tx: Transaction, cast: Cast, _: UUID, company_id: UUID) -> None:
    claim = Claim(id=new_id(), key="authority.committee_size", value=4, source="rep", observed_at=NOW)
    await change_company_claims(tx, cast.rep.actor, company_id, lambda _: [claim], NOW)


@pytest.mark.parametrize(("act", "why"), [(_overridden, "verdict"), (_read, "text"), (_claimed, "claims")])
async def test_what_people_said_of_a_lead_is_not_lost_with_its_import(upload, run, undo, database, cast, act, why):
    import_id = await upload()
    await run(import_id)
    lead_id, company_id = await _one(database, cast, "SELECT id, company_id FROM leads ORDER BY id LIMIT 1")
    async with database.transaction(cast.org_id) as tx:
        await act(tx, cast, lead_id, company_id)
    progress = await undo(import_id)
    assert (progress.counts["undone"], progress.counts["kept"]) == (1, 1)
    assert await _one(database, cast, "SELECT id FROM leads") == (lead_id,)
    async with database.transaction(cast.org_id) as tx:
        said = [
            row.problems[0]["message"] for row in (await list_rows(tx, cast.org_id, import_id)).items if row.problems
        ]
    assert any(why in message for message in said)


async def test_a_company_of_which_something_was_claimed_stays(upload, run, undo, database, cast):
    before = await upload("email,external id,company\nada@gmail.com,A1,\n")
    await run(before)
    import_id = await upload("email,external id,company\nada@gmail.com,A1,Nordwind\n", "again.csv")
    await run(import_id)
    (company_id,) = await _one(database, cast, "SELECT company_id FROM leads")
    async with database.transaction(cast.org_id) as tx:
        await _claimed(tx, cast, company_id, company_id)
    await undo(import_id)
    assert await _one(database, cast, "SELECT company_id FROM leads") == (None,)
    assert await _one(database, cast, "SELECT c.id FROM companies AS c JOIN claims AS s ON s.company_id = c.id") == (
        company_id,
    )


async def test_rows_about_one_lead_are_taken_back_to_the_first_value(upload, run, undo, database, cast):
    await run(await upload("email,source\na@x.example,web\n"))
    second = await upload("email,source\na@x.example,fair\na@x.example,call\n")
    await run(second)
    await undo(second)
    assert tuple(await _one(database, cast, "SELECT source FROM leads")) == ("web",)


async def test_a_company_gives_back_the_number_that_only_the_import_said(upload, run, undo, database, cast):
    await run(await upload("email,company domain\na@nordwind.example,nordwind.example\n"))
    wrong = await upload("email,registration number,company country\na@nordwind.example,HRB 7,DE\n")
    await run(wrong)
    await undo(wrong)
    assert tuple(await _one(database, cast, "SELECT registration_number FROM companies")) == (None,)
    assert (await _one(database, cast, "SELECT count(*) FROM company_identities WHERE kind = 'registration'"))[0] == 0


async def test_a_row_says_what_was_another_companys(upload, run, database, cast):
    known = "email,company,registration number,company country\n"
    await run(await upload(f"{known}a@nordwind.example,Nordwind,HRB 7,DE\nb@volta.example,Volta,,\n"))
    second = await upload(f"{known}b@volta.example,Volta,HRB 7,DE\n")
    await run(second)
    async with database.transaction(cast.org_id) as tx:
        [row] = (await list_rows(tx, cast.org_id, second)).items
    assert [problem["path"] for problem in row.problems] == ["company.registration_number"]


async def test_the_decision_of_a_lead_that_is_kept_can_still_be_taken_again(upload, run, undo, database, cast):
    rows = "".join(f"p{number}@x.example,First{number}\n" for number in range(6))
    import_id = await upload(f"email,first name\n{rows}")
    await run(import_id)
    # Those who decided first hold the candidates of those who came after.
    kept = [await _one(database, cast, f"SELECT lead_id FROM import_rows WHERE row_number = {row}") for row in (4, 6)]
    async with database.transaction(cast.org_id) as tx:
        for (lead_id,) in kept:
            await add_note(tx, cast.rep.actor, lead_id, "Called", NOW)
    progress = await undo(import_id)
    assert (progress.counts["undone"], progress.counts["kept"]) == (4, 2)
    async with database.transaction(cast.org_id) as tx:
        decisions = (await list_decisions(tx, cast.org_id, DecisionFilter())).items
        assert sorted(row.lead_id for row in decisions) == sorted(lead_id for (lead_id,) in kept)
        for row in decisions:
            stored = await get_decision(tx, cast.org_id, row.id)
            assert {each.name for each in candidates_of(stored.decision)} == {"Rita Rep", "Ravi Rep"}
            assert (await replay_decision(tx, cast.org_id, row.id)).differences == ()
