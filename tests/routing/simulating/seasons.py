"""Weeks of an organisation's life, made by the services themselves: every week a simulation has to come to."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.casting import Cast

from oppspot.core import json
from oppspot.core.db import Database
from oppspot.core.errors import Conflict
from oppspot.corridor.checking import check_intake
from oppspot.corridor.jobs import retry_waiting
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.services.assignments import accept_assignment, complete_assignment, reject_assignment
from oppspot.routing.services.giving import give_lead
from oppspot.routing.services.publishing import publish_rules
from oppspot.routing.services.rerouting import reroute_lead
from oppspot.routing.services.sweeping import sweep_clocks
from oppspot.routing.services.taking import take_lead

BEGAN = datetime(2026, 8, 24, 8, 0, tzinfo=UTC)
TAKES = 0.3
SOURCES = ("Web", "Event", "Partner", "Phone")


@dataclass
class Season:
    """An organisation and its clock."""

    database: Database
    cast: Cast
    now: datetime = BEGAN
    random: Random = field(default_factory=lambda: Random(20))  # noqa: S311 — the same season each time
    number: int = 0

    async def run(self, statement: str, **given: Any) -> list[Any]:
        async with self.database.transaction(self.cast.org_id) as tx:
            result = await tx.execute(text(statement), given)
            return list(result.all()) if result.returns_rows else []

    async def publish(self, *rules: dict[str, Any], **more: Any) -> RoutingDocument:
        document = RoutingDocument.model_validate({"rules": rules, **more})
        async with self.database.transaction(self.cast.org_id) as tx:
            await publish_rules(tx, self.cast.manager.actor, document, "", self.now, None)
        return document

    def rule(self, number: int, **more: Any) -> dict[str, Any]:
        team = {"type": "team", "id": str(self.cast.team_id)}
        return {"id": f"r{number}", "name": f"Rule {number}", "priority": number, "assignment_target": team, **more}

    async def come(self, count: int = 1, **facts: Any) -> list[UUID]:
        """Let leads come in as one batch; returns their ids."""
        async with self.database.transaction(self.cast.org_id) as tx:
            intakes = [self._intake(facts) for _ in range(count)]
            return [each.id for each in await take_in(tx, self.cast.system, intakes, self.now, Cause("api"))]

    def _intake(self, facts: dict[str, Any]) -> Intake:
        self.number += 1
        made = {"email": f"n{self.number}@x{self.cast.org_id.hex[-8:]}.example", "source": self.random.choice(SOURCES)}
        lead = validate_lead(json.loads(json.dumps({**made, **facts})))
        assert isinstance(lead, LeadInput), lead
        checked = check_intake(lead, "api", self.now)
        assert isinstance(checked, Intake), checked
        return checked

    async def learn(self, lead_id: UUID, budget: int) -> None:
        """Have somebody say what a lead is worth."""
        [known] = await self.run(
            "SELECT c.email FROM leads AS l JOIN contacts AS c ON c.org_id = l.org_id AND c.id = l.contact_id "
            "WHERE l.id = :id",
            id=lead_id,
        )
        claim = {
            "key": "budget.estimated_budget",
            "value": budget,
            "source": "rep",
            "observed_at": self.now.isoformat(),
        }
        await self.come(email=known.email, claims=[claim])

    async def work(self, verb: str, lead_id: UUID, rep_id: UUID | None = None) -> None:
        actor, now = self.cast.manager.actor, self.now
        async with self.database.transaction(self.cast.org_id) as tx:
            match verb:
                case "accept":
                    await accept_assignment(tx, actor, lead_id, now)
                case "complete":
                    await complete_assignment(tx, actor, lead_id, "qualified", now)
                case "reject":
                    await reject_assignment(tx, actor, lead_id, "Not mine", now)
                case "reroute":
                    await reroute_lead(tx, actor, lead_id, now)
                case "give":
                    assert rep_id
                    await give_lead(tx, actor, lead_id, rep_id, "Knows them", now)
                case "take":
                    await take_lead(tx, actor, lead_id, now, rep_id)

    async def open(self) -> list[Any]:
        return await self.run(
            "SELECT lead_id, rep_id, status FROM assignments WHERE status IN ('assigned', 'accepted', 'working') "
            "ORDER BY id"
        )

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def one_hour(self) -> None:
        """Let an hour pass in which something happens, most often several things."""
        random = self.random
        if random.random() < 0.7:
            await self.come(random.choice((1, 1, 1, 2, 6)))
        for _ in range(random.randrange(4)):
            self.later(minutes=random.randrange(1, 9))
            await self._something(random)
        self.later(minutes=random.randrange(5, 40))
        await retry_waiting(self.database, self.now)
        self.later(seconds=7)
        await sweep_clocks(self.database, self.now)

    async def _something(self, random: Random) -> None:
        """Have somebody do something; where that is refused, nothing happens."""
        held = await self.open()
        queued = await self.run("SELECT id FROM leads WHERE outcome = 'queued' AND owner_id IS NULL ORDER BY id")
        with suppress(Conflict):
            if queued and random.random() < TAKES:
                await self.work("take", random.choice(queued).id, random.choice(self.cast.reps).id)
            elif held:
                one = random.choice(held)
                verbs = ("accept", "complete", "reject", "reroute", "give", "learn")
                verb = random.choices(verbs, (5, 5, 2, 1, 1, 3))[0]
                if verb == "learn":
                    await self.learn(one.lead_id, random.randrange(1, 90) * 1_000)
                    return
                await self.work(verb, one.lead_id, next(rep.id for rep in self.cast.reps if rep.id != one.rep_id))
