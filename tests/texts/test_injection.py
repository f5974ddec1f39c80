"""Hostile documents change no field: they propose at most, and a page shows them as the text they are."""

import re
from datetime import date
from uuid import UUID

import pytest
from tests.contracts.worlds import every_row
from tests.texts.hostile import HOSTILE, ORDERS
from tests.texts.measuring import held

from oppspot.texts.extracting import extract
from oppspot.texts.reading import read_pasted
from oppspot.texts.types import Context, DocumentKind

NOTHING_BUT = {"documents", "proposals", "timeline_events", "sessions"}


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 20


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", list(DocumentKind))
def test_nothing_is_proposed_from_orders_and_forgeries(text: str, kind: DocumentKind):
    read = read_pasted(text)
    found = extract(read.content, Context(said_on=date(2026, 11, 25), kind=kind))
    assert [(item.key, item.value) for item in found.items] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_said_beside_an_order_is_still_read(text: str):
    read = read_pasted(f"{text}\n\nOur budget is 80k.")
    found = extract(read.content, Context(said_on=date(2026, 11, 25)))
    assert [(item.key, item.value) for item in found.items] == [("budget.estimated_budget", 80_000)]
    assert held(read.content, found.items)


@pytest.mark.anyio
@pytest.mark.db
async def test_a_hostile_document_changes_no_field_and_is_shown_as_text(clients, cast, lead_id, database):
    browser = await clients.of(cast.rep)
    before = await every_row(database, cast.org_id)
    for text in HOSTILE:
        answer = await browser.post(f"/leads/{lead_id}/texts", data={"content": text, "name": text})
        assert answer.status_code == 303, answer.text
        page = (await browser.get(answer.headers["location"])).text
        shown = page.split('class="text-content">', 1)[1].split("</section>", 1)[0]
        assert re.sub(r"</?(?:p|mark|span)\b[^>]*>", "", shown).count("<") == 0, text
        assert "49" not in re.findall(r"[\w]+", shown)
    await browser.get(f"/leads/{lead_id}/texts")
    after = await every_row(database, cast.org_id)
    assert {name for name in after if after[name] != before[name]} <= NOTHING_BUT
    assert after["claims"] == before["claims"] == []
    assert after["leads"] == before["leads"]


@pytest.mark.anyio
@pytest.mark.db
async def test_no_model_can_write_however_it_is_instructed(add, claims, database, cast):
    """A model that obeys the document proposes; what it proposes waits for a person."""
    from tests.texts.test_reviewing import _Model  # noqa: PLC0415

    from oppspot.texts.types import Proposal  # noqa: PLC0415

    obeyed = Proposal("budget.confirmed", value=True, quote=ORDERS[0], start=0, end=len(ORDERS[0]), confidence=1.0)
    document_id: UUID = await add(ORDERS[0], extractor=_Model(obeyed))
    rows = (await every_row(database, cast.org_id))["proposals"]
    assert len(rows) == 1
    assert "'proposed'" in rows[0]
    assert str(document_id) in rows[0]
    assert await claims() == []
