"""Carries out what a person decides about proposals: accepted ones become claims, in one transaction with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import update_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
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
    document = await get_document(tx, actor.org_id, document_id, for_update=True)
    known = {item.id: item for item in await list_proposals(tx, actor.org_id, document_id)}
    chosen = [(decision, _found(known, decision)) for decision in decisions]
    to_do = [(decision, item) for decision, item in chosen if not _is_done(decision, item)]
    _check(to_do)
    session = _Session(document, actor, now, list(await list_claims(tx, actor.org_id, document.lead_id)))
    rows = [session.carry_out(decision, item) for decision, item in to_do]
    if session.made:
        await append_claims(tx, actor, document.lead_id, session.made, now)
    await update_rows(tx, ProposalRecord, rows)
    if rows:
        happening = Happening(
            "document.reviewed", document.lead_id, {"document_id": document_id, "reason": document.name}
        )
        await record_events(tx, actor, [happening], now)
        await announce(tx, actor.org_id, [f"texts:{document.lead_id}"])
    return document


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
                if item.state in _ACCEPTED:
                    self._undo(item)
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

    def _undo(self, item: ProposalRecord) -> None:
        claim = next((each for each in self.claims if each.id == item.claim_id), None)
        if claim is not None:
            ids = [new_id() for _ in range(len(self.claims) + 1)]
            self._add(rules.claims_to_undo(claim, self.claims, ids, self.now))

    def _add(self, claims: Sequence[Claim]) -> None:
        self.made += claims
        self.claims += claims
