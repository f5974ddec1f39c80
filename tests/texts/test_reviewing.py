"""What is decided about proposals: accepted ones become claims with their words, and every decision can be undone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.texts.conftest import NOTES

from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict, Invalid, NotFound
from oppspot.core.ids import new_id
from oppspot.texts.queries.documents import get_document, list_proposals
from oppspot.texts.services.deciding import Decision
from oppspot.texts.services.reading import propose_claims
from oppspot.texts.types import Proposal, Proposals

pytestmark = [pytest.mark.anyio, pytest.mark.db]
BUDGET, CONFIRMED, DATE = "budget.estimated_budget", "budget.confirmed", "timeline.decision_date"


def _accept(item):
    return Decision(item.id, "accept")


async def test_adding_a_text_claims_nothing(add, proposals, claims):
    found = await proposals(await add())
    assert set(found) == {BUDGET, CONFIRMED, DATE}
    assert {item.state for item in found.values()} == {"proposed"}
    assert await claims() == []


async def test_what_is_accepted_becomes_a_claim_with_its_words_and_place(add, proposals, decided, claims):
    document_id = await add()
    item = (await proposals(document_id))[BUDGET]
    await decided(document_id, _accept(item))
    [claim] = await claims()
    assert (claim.key, claim.value, claim.source, claim.grade, claim.author) == (
        BUDGET,
        80_000,
        "text",
        "asserted",
        "Rita Rep",
    )
    assert claim.evidence is not None
    assert claim.evidence.document == str(document_id)
    assert NOTES[claim.evidence.start : claim.evidence.end] == claim.evidence.text == item.quote
    stored = (await proposals(document_id))[BUDGET]
    assert (stored.state, stored.claim_id, stored.decided_by) == ("accepted", claim.id, "Rita Rep")


async def test_accepting_again_changes_nothing(add, proposals, decided, claims):
    document_id = await add()
    decision = _accept((await proposals(document_id))[BUDGET])
    await decided(document_id, decision)
    await decided(document_id, decision)
    assert len(await claims()) == 1


async def test_what_was_rejected_claims_nothing_and_must_be_undone_before_it_is_accepted(
    add, proposals, decided, claims
):
    document_id = await add()
    item = (await proposals(document_id))[BUDGET]
    await decided(document_id, Decision(item.id, "reject"))
    with pytest.raises(Conflict, match="rejected already"):
        await decided(document_id, _accept(item))
    assert await claims() == []
    await decided(document_id, Decision(item.id, "undo"))
    await decided(document_id, _accept(item))
    assert [claim.value for claim in await claims()] == [80_000]


async def test_an_edited_value_is_claimed_instead(add, proposals, decided, known):
    document_id = await add()
    item = (await proposals(document_id))[BUDGET]
    await decided(document_id, Decision(item.id, "edit", 90_000))
    assert await known() == {BUDGET: 90_000, "budget.range": "50k_100k"}
    stored = (await proposals(document_id))[BUDGET]
    assert (stored.state, stored.value) == ("edited", 90_000)


async def test_an_edited_value_that_is_not_accepted_changes_nothing(add, proposals, decided, claims):
    document_id = await add()
    found = await proposals(document_id)
    with pytest.raises(Invalid) as refused:
        await decided(document_id, _accept(found[CONFIRMED]), Decision(found[BUDGET].id, "edit", "plenty"))
    assert [problem.path for problem in refused.value.errors] == [BUDGET]
    assert await claims() == []


async def test_a_proposal_of_another_text_is_not_found(add, proposals, decided):
    first, second = await add(), await add("Budget is 50k.")
    with pytest.raises(NotFound):
        await decided(second, _accept((await proposals(first))[BUDGET]))
    with pytest.raises(NotFound):
        await decided(second, Decision(new_id(), "accept"))


async def test_undoing_takes_the_claim_back(add, proposals, decided, known):
    document_id = await add()
    item = (await proposals(document_id))[BUDGET]
    await decided(document_id, _accept(item))
    await decided(document_id, Decision(item.id, "undo"))
    assert await known() == {}
    assert (await proposals(document_id))[BUDGET].state == "proposed"


async def test_undoing_brings_back_what_stood_before_with_its_old_expiry(add, proposals, decided, known, claims):
    first, second = await add("Budget is 50k.", said_at=utc_now() - timedelta(days=40)), await add()
    await decided(first, _accept((await proposals(first))[BUDGET]))
    [before] = await claims()
    item = (await proposals(second))[BUDGET]
    await decided(second, _accept(item))
    assert (await known())[BUDGET] == 80_000
    await decided(second, Decision(item.id, "undo"))
    assert (await known())[BUDGET] == 50_000
    again = [claim for claim in await claims() if claim.value == 50_000][-1]
    assert again.expires_at == before.observed_at + timedelta(days=90)
    assert replace(again, id=before.id, observed_at=before.observed_at, expires_at=None) == before


async def test_what_was_undone_can_be_accepted_again_and_is_as_old_as_the_words_were(
    add, proposals, decided, known, claims
):
    document_id = await add(said_at=utc_now() - timedelta(days=40))
    item = (await proposals(document_id))[BUDGET]
    for decision in (_accept(item), Decision(item.id, "undo"), _accept(item)):
        await decided(document_id, decision)
    assert (await known())[BUDGET] == 80_000
    first, *_, again = await claims()
    assert again.expires_at == first.observed_at + timedelta(days=90)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 1, 0)])
async def test_one_after_another_is_undone_whichever_comes_first(add, proposals, decided, known, order):
    texts = [await add(text) for text in ("Budget is 50k.", "Budget is 60k.", "Budget is 70k.")]
    items = [(await proposals(text))[BUDGET] for text in texts]
    for text, item in zip(texts, items, strict=True):
        await decided(text, _accept(item))
    left = [50_000, 60_000, 70_000]
    for place in order:
        await decided(texts[place], Decision(items[place].id, "undo"))
        left[place] = 0
        assert (await known()).get(BUDGET, 0) == max(left)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 2, 0)])
async def test_entries_of_a_list_are_undone_in_any_order(add, decided, known, database, cast, order):
    key, names = "authority.stakeholder_map", ["Ana Souza", "Bruno Reis", "Carla Diaz"]
    document_id = await add("Ana Souza is the CTO.\nBruno Reis is the CFO.\nCarla Diaz is the CEO.")
    async with database.transaction(cast.org_id) as tx:
        items = [item for item in await list_proposals(tx, cast.org_id, document_id) if item.key == key]
    await decided(document_id, *map(_accept, items))
    left = list(names)
    for place in order:
        await decided(document_id, Decision(items[place].id, "undo"))
        left.remove(names[place])
        assert [person["name"] for person in (await known()).get(key, [])] == left


async def test_several_are_undone_at_once(add, decided, known, database, cast):
    key = "authority.stakeholder_map"
    document_id = await add("Ana Souza is the CTO.\nBruno Reis is the CFO.\nCarla Diaz is the CEO.")
    async with database.transaction(cast.org_id) as tx:
        items = [item for item in await list_proposals(tx, cast.org_id, document_id) if item.key == key]
    await decided(document_id, *map(_accept, items))
    await decided(document_id, Decision(items[0].id, "undo"), Decision(items[2].id, "undo"))
    assert [person["name"] for person in (await known())[key]] == ["Bruno Reis"]


async def test_a_proposal_is_decided_once_at_a_time(add, proposals, decided, claims):
    document_id = await add()
    item = (await proposals(document_id))[BUDGET]
    with pytest.raises(Invalid) as refused:
        await decided(document_id, _accept(item), Decision(item.id, "reject"))
    paths = [problem.path for problem in refused.value.errors]
    assert paths == ["decisions[0].proposal_id", "decisions[1].proposal_id"]
    assert await claims() == []


async def test_a_claim_is_as_old_as_the_words(add, proposals, decided, claims):
    said_at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    document_id = await add(said_at=said_at)
    await decided(document_id, _accept((await proposals(document_id))[BUDGET]))
    assert [claim.observed_at for claim in await claims()] == [said_at]


async def test_a_text_from_the_future_is_from_now(add, proposals, decided, claims):
    document_id = await add(said_at=utc_now() + timedelta(days=400))
    await decided(document_id, _accept((await proposals(document_id))[BUDGET]))
    [claim] = await claims()
    assert claim.observed_at <= utc_now()


async def test_lists_grow_and_each_entry_can_be_undone_alone(add, decided, known, database, cast):
    key = "authority.stakeholder_map"
    document_id = await add("Met Ana Souza (CTO).\nBruno Reis is the CFO.\nAna makes the final decision.")
    async with database.transaction(cast.org_id) as tx:
        items = [item for item in await list_proposals(tx, cast.org_id, document_id) if item.key == key]
    await decided(document_id, *map(_accept, items))
    people = {person["name"]: person for person in (await known())[key]}
    assert set(people) == {"Ana Souza", "Bruno Reis"}
    assert people["Ana Souza"]["role"] == "decision_maker"
    bruno = next(item for item in items if item.value[0]["name"] == "Bruno Reis")
    await decided(document_id, Decision(bruno.id, "undo"))
    assert [person["name"] for person in (await known())[key]] == ["Ana Souza"]


class _Model:
    """Stands for a language model: proposes what it is told, true or not."""

    name, is_local = "openai", True

    def __init__(self, *items: Proposal) -> None:
        self.items = items

    async def propose(self, text, context):  # noqa: ARG002 — the port's signature
        return Proposals(self.items)


async def test_what_a_model_proposed_is_claimed_as_a_models(add, proposals, decided, claims):
    document_id = await add(extractor=_Model(Proposal(BUDGET, 80_000, NOTES[:13], 0, 13)))
    await decided(document_id, _accept((await proposals(document_id))[BUDGET]))
    assert [claim.source for claim in await claims()] == ["model"]


async def test_the_database_itself_refuses_a_quote_of_the_wrong_length(add):
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    with pytest.raises(IntegrityError):
        await add(extractor=_Model(Proposal(BUDGET, 80_000, NOTES[:13], 0, 99)))


class _Slow(_Model):
    """A model that is overtaken: before it answers, another worker has read the same text."""

    is_local = False

    def __init__(self, database, org_id, *items: Proposal) -> None:
        super().__init__(*items)
        self.database, self.org_id, self.document_id = database, org_id, None

    async def propose(self, text, context):
        await propose_claims(self.database, self.org_id, self.document_id, _Model(*self.items), utc_now())
        return await super().propose(text, context)


async def test_of_two_who_read_the_same_text_the_first_is_kept(add, database, cast):
    slow = _Slow(database, cast.org_id, Proposal(BUDGET, 80_000, NOTES[:13], 0, 13))
    slow.document_id = await add(extractor=slow)
    await propose_claims(database, cast.org_id, slow.document_id, slow, utc_now())
    async with database.transaction(cast.org_id) as tx:
        assert len(await list_proposals(tx, cast.org_id, slow.document_id)) == 1


async def test_an_extractor_that_breaks_leaves_a_text_that_can_be_tried_again(add, database, cast):
    class Broken(_Model):
        async def propose(self, text, context):  # noqa: ARG002 — the port's signature
            raise ZeroDivisionError

    document_id = await add(extractor=Broken())
    async with database.transaction(cast.org_id) as tx:
        document = await get_document(tx, cast.org_id, document_id)
    assert document.state == "failed"
    assert "Nothing was proposed" in (document.error or "")
