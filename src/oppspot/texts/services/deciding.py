"""Carries out what a person decides about proposals: accepted ones become claims, in one transaction with the rest."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from oppspot.core.actor import Actor
from oppspot.core.bulk import update_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.loading import take_turn
from oppspot.qualification.claims import validate_claim
from oppspot.qualification.queries.scorecards import list_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim, ClaimValue
from oppspot.texts import rules
from oppspot.texts.extracting.local import NAME as RULES
from oppspot.texts.models import Document, ProposalRecord
from oppspot.texts.queries.documents import get_document, list_proposals
from oppspot.texts.types import ProposalState

Action = Literal["accept", "edit", "reject", "undo"]
_ACCEPTED = (ProposalState.ACCEPTED, ProposalState.EDITED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a proposal; `value` is what an edit puts in its place."""

    proposal_id: UUID
    action: Action
    value: ClaimValue = None


async def decide(
    tx: Transaction, actor: Actor, document_id: UUID, decisions: Sequence[Decision], now: datetime
) -> Document:
    """Carry out decisions about a document's proposals; saying the same again changes nothing.

    Raises NotFound, Conflict for what was decided otherwise before, Invalid naming values that are not accepted.
    """
    # What is known must not change in between: of two lists that grow at once, one would lose its addition.
    await take_turn(tx, actor.org_id)
    document = await get_document(tx, actor.org_id, document_id, for_update=True)
    known = {item.id: item for item in await list_proposals(tx, actor.org_id, document_id)}
    _refuse_repeated(decisions)
    chosen = [(decision, _found(known, decision)) for decision in decisions]
    to_do = [(decision, item) for decision, item in chosen if not _is_done(decision, item)]
    _check(to_do)
    session = _Session(document, actor, now, list(await list_claims(tx, actor.org_id, document.lead_id)))
    session.undo([item for decision, item in to_do if decision.action == "undo" and item.state in _ACCEPTED])
    rows = [session.carry_out(decision, item) for decision, item in to_do]
    if session.made:
        await append_claims(tx, actor, document.lead_id, session.made, now)
    await _follow_restated(tx, document, session.moved)
    await update_rows(tx, ProposalRecord, rows)
    if rows:
        happening = Happening(
            "document.reviewed", document.lead_id, {"document_id": document_id, "reason": document.name}
        )
        await record_events(tx, actor, [happening], now)
        await announce(tx, actor.org_id, [f"texts:{document.lead_id}"])
    return document


def _refuse_repeated(decisions: Sequence[Decision]) -> None:
    times = Counter(decision.proposal_id for decision in decisions)
    if problems := [
        FieldProblem(f"decisions[{place}].proposal_id", "is decided more than once", "each proposal once")
        for place, decision in enumerate(decisions)
        if times[decision.proposal_id] > 1
    ]:
        raise Invalid("A proposal is decided more than once.", errors=problems)


async def _follow_restated(tx: Transaction, document: Document, moved: Mapping[UUID, UUID]) -> None:
    """Have the lead's proposals point at the claims that say again what theirs said, so that they can be undone."""
    if not moved:
        return
    statement = select(ProposalRecord.id, ProposalRecord.claim_id).where(
        ProposalRecord.org_id == document.org_id,
        ProposalRecord.lead_id == document.lead_id,
        ProposalRecord.claim_id.in_(moved),
    )
    found = (await tx.execute(statement)).all()
    rows = [{"org_id": document.org_id, "id": row.id, "claim_id": moved[row.claim_id]} for row in found]
    await update_rows(tx, ProposalRecord, rows)


def _found(known: dict[UUID, ProposalRecord], decision: Decision) -> ProposalRecord:
    if decision.proposal_id not in known:
        raise NotFound("There is no such proposal.")
    return known[decision.proposal_id]


def _is_done(decision: Decision, item: ProposalRecord) -> bool:
    match decision.action:
        case "accept":
            return item.state == ProposalState.ACCEPTED
        case "reject":
            return item.state == ProposalState.REJECTED
        case "undo":
            return item.state == ProposalState.PROPOSED
        case "edit":
            return False


def _check(to_do: Sequence[tuple[Decision, ProposalRecord]]) -> None:
    problems: list[FieldProblem] = []
    for decision, item in to_do:
        if decision.action != "undo" and item.state != ProposalState.PROPOSED:
            raise Conflict(f"This proposal is {item.state} already; undo that first.")
        if decision.action == "edit":
            value = validate_claim(item.key, decision.value)
            if value is None:
                problems.append(FieldProblem(item.key, "is empty", "a value; reject the proposal if it is wrong"))
            elif isinstance(value, FieldProblem):
                problems.append(value)
    if problems:
        raise Invalid("A value is not accepted.", errors=problems)


@dataclass(slots=True)
class _Session:
    """The claims known so far, growing with each decision, so that two additions to a list are both kept."""

    document: Document
    actor: Actor
    now: datetime
    claims: list[Claim]
    made: list[Claim] = field(default_factory=list)
    moved: dict[UUID, UUID] = field(default_factory=dict)  # claims said again, to the ids they have now

    def undo(self, items: Sequence[ProposalRecord]) -> None:
        ids = {item.claim_id for item in items}
        by_key: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims:
            if claim.id in ids:
                by_key[claim.key].append(claim)
        for undone in by_key.values():
            undoing = rules.undo(undone, self.claims, new_id, self.now)
            self._add([undoing.withdrawal, *undoing.restated.values()])
            self.moved |= {before: claim.id for before, claim in undoing.restated.items()}

    def carry_out(self, decision: Decision, item: ProposalRecord) -> dict[str, Any]:
        row: dict[str, Any] = {
            "org_id": item.org_id,
            "id": item.id,
            "decided_at": self.now,
            "decided_by": self.actor.name,
        }
        match decision.action:
            case "accept":
                return row | {
                    "state": ProposalState.ACCEPTED,
                    "value": item.value,
                    "claim_id": self._claim(item, item.value),
                }
            case "edit":
                value = validate_claim(item.key, decision.value)
                state = ProposalState.ACCEPTED if value == item.value else ProposalState.EDITED
                return row | {"state": state, "value": value, "claim_id": self._claim(item, value)}
            case "reject":
                return row | {"state": ProposalState.REJECTED, "value": item.value, "claim_id": None}
            case "undo":
                return row | {
                    "state": ProposalState.PROPOSED,
                    "value": item.value,
                    "claim_id": None,
                    "decided_at": None,
                    "decided_by": None,
                }

    def _claim(self, item: ProposalRecord, value: ClaimValue) -> UUID:
        accepted = rules.Accepted(item.key, value, item.quote, item.start, item.end)
        source = rules.Source(self.document.id, self.document.received_at, item.extractor != RULES, self.actor.name)
        claim = rules.claim_for(accepted, source, self.claims, new_id(), self.now)
        self._add([claim])
        return claim.id

    def _add(self, claims: Sequence[Claim]) -> None:
        self.made += claims
        self.claims += claims
