"""An owner of an account who cannot be asked is named in the decision, with why; and it replays as it fell."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients, Member
from tests.routing.test_ledger_pages import page_of
from tests.routing.test_ledgers import RULES
from tests.routing.world import ANN, BEN, CLEO, NOW, a_config, a_lead, a_rule, rep_id, route

from oppspot.core import json
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.candidates import candidates_of
from oppspot.routing.explain import why_not
from oppspot.routing.explain_reader import why_you_or_not
from oppspot.routing.records import differences, read_decision, records_of, replay
from oppspot.routing.simulating.people import People
from oppspot.routing.simulating.types import Past
from oppspot.routing.stretches import NO_REPS, FailedTest
from oppspot.routing.types import NO_OFFICE, AccountOwner, RoutingDecision, Unasked

OLGA = rep_id(99)
CONFIG = a_config(a_rule(algorithm="account_based"))
OWNERS = {
    FailedTest.NO_WORKING_PROFILE: "Olga had no working profile, so they could not be asked.",
    FailedTest.NO_LONGER_HERE: "Olga no longer worked here, so they could not be asked.",
    FailedTest.VIEWER: "Olga was a viewer, who works no leads, so they could not be asked.",
}


def decided(*owners: AccountOwner) -> tuple[RoutingDecision, dict[str, Any]]:
    """Return the decision about a lead of an account of these, and the record of it as it is read again."""
    lead = a_lead(account_owners=owners)
    batch = route(lead, CONFIG)
    [record] = records_of([lead], batch, [new_id()], NOW)
    return batch.decisions[0], json.loads(json.dumps(record))


def olga(why: FailedTest) -> AccountOwner:
    return AccountOwner(OLGA, "the owner of the account", Unasked("Olga", why))


@pytest.mark.parametrize("why", sorted(NO_REPS))
def test_an_owner_who_is_no_rep_is_named_with_why_and_the_next_is_asked(why: FailedTest) -> None:
    decision, _ = decided(olga(why), AccountOwner(CLEO.id, "the owner of the parent company"))
    assert decision.rep_id == CLEO.id
    first, second = candidates_of(decision)
    assert (first.rep_id, first.name, first.by_name, first.eligible, first.failed_test) == (
        OLGA,
        "Olga",
        True,
        False,
        why,
    )
    assert (second.rep_id, second.failed_test) == (CLEO.id, None)
    assert why_not(decision, OLGA).startswith(OWNERS[why])
    assert "could not be asked" in str(why_you_or_not(decision, OLGA))


@pytest.mark.parametrize("why", sorted(NO_REPS))
def test_it_replays_exactly_whoever_got_the_lead(why: FailedTest) -> None:
    for others in ((), (AccountOwner(BEN.id, "the owner of the parent company"),)):
        decision, record = decided(olga(why), *others)
        again = replay(record, CONFIG)
        assert differences(read_decision(record), again) == ()
        assert again.asked[0].failed is why
        assert again.rep_id == decision.rep_id == (BEN.id if others else ANN.id)


def test_a_decision_from_before_owners_were_named_replays_as_it_fell() -> None:
    """Then an owner who was no rep was passed over, and nothing was written of it."""
    decision, record = decided(AccountOwner(OLGA, "the owner of the account"))
    assert record["lead"]["account_owners"] == [[str(OLGA), "the owner of the account"]]
    assert "asked" not in record
    again = replay(record, CONFIG)
    assert differences(read_decision(record), again) == ()
    assert (again.asked, again.rep_id) == ((), decision.rep_id)


def test_a_simulation_gives_nothing_to_an_owner_who_was_no_rep() -> None:
    """Even if they are a rep today: at that moment nothing could be given to them."""
    decision, _ = decided(olga(FailedTest.NO_WORKING_PROFILE))
    people = People([ANN, BEN, CLEO])
    past = Past(
        new_id(), a_lead().id, NOW, "assigned", decision.rep_id, None, "", 1, {}, None, decision.asked, NO_OFFICE
    )
    people.learn([past])
    assert [rep.active for rep in people.everybody() if rep.id == OLGA] in ([], [False])


class Owned:
    """A company whose owner is given, and a lead of it that a rule for account owners takes."""

    def __init__(self, database: Database, cast: Cast, manager: httpx2.AsyncClient) -> None:
        self._database, self._cast, self._manager = database, cast, manager

    async def by(self, owner: Member, **changes: Any) -> dict[str, Any]:
        """Return the decision on a lead of a company of this owner, of whom so much is changed before."""
        rule = {"name": "Accounts", "routing_algorithm": "account_based"}
        target = {"assignment_target": {"type": "team", "id": str(self._cast.team_id)}}
        assert (await self._manager.post(RULES, json=rule | target)).status_code == 201
        first = await self._manager.post("/api/leads", json={"email": "first@mill.example"})
        async with self._database.transaction(self._cast.org_id) as tx:
            await tx.execute(text("UPDATE companies SET owner_id = :id"), {"id": owner.id})
            for name, value in changes.items():
                await tx.execute(text(f"UPDATE users SET {name} = :to WHERE id = :id"), {"to": value, "id": owner.id})
        assert first.json()["outcome"] == "assigned"
        lead = (await self._manager.post("/api/leads", json={"email": "second@mill.example"})).json()
        found = await self._manager.get("/api/routing/decisions", params={"lead_id": lead["id"]})
        answer = await self._manager.get(f"/api/routing/decisions/{found.json()['items'][0]['id']}")
        assert answer.status_code == 200, answer.text
        decision: dict[str, Any] = answer.json()
        return decision


@pytest.fixture
async def owned(database: Database, clients: Clients, cast: Cast) -> Owned:
    return Owned(database, cast, await clients.of(cast.owner))


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("who", "changes", "why", "said"),
    [
        ("manager", {}, "no_working_profile", "No working profile"),
        ("manager", {"active": False}, "no_longer_here", "No longer here"),
        ("viewer", {}, "viewer", "Viewer"),
    ],
)
async def test_whoever_owns_the_account_is_named_in_the_answer_and_on_the_page(
    owned: Owned, clients: Clients, cast: Cast, who: str, changes: dict[str, Any], why: str, said: str
) -> None:
    owner: Member = getattr(cast, who)
    decision = await owned.by(owner, **changes)
    named = [each for each in decision["candidates"] if each["by_name"]]
    assert [(UUID(each["rep_id"]), each["name"], each["failed_test"]) for each in named] == [
        (owner.id, owner.name, why)
    ]
    assert decision["rep_id"] in {str(rep.id) for rep in cast.reps}
    browser = await clients.of(cast.owner)
    page = await page_of(browser, f"/routing/decisions/{decision['id']}")
    assert f"{owner.name} The owner of the account {said}" in page
    again = (await browser.get(f"/api/routing/decisions/{decision['id']}/replay")).json()
    assert (again["same"], again["differences"]) == (True, [])


@pytest.mark.anyio
@pytest.mark.db
async def test_an_owner_with_a_profile_is_asked_as_before(owned: Owned, cast: Cast) -> None:
    decision = await owned.by(cast.other_rep)
    assert decision["rep_id"] == str(cast.other_rep.id)
    assert [each["failed_test"] for each in decision["candidates"]] == [None]
