"""Everything behind one answer: what counts and why, who disagrees, what was ever said; settled or confirmed here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, NotFound
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.claims import ClaimKey
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.evidence import statements_by_key
from oppspot.qualification.forms import question_of, read_answer
from oppspot.qualification.known import wide_reading
from oppspot.qualification.pages.card import Card, get_card
from oppspot.qualification.pages.claims import ToldClaim, lines_of, tell
from oppspot.qualification.pages.scorecard import GRADES, typed_evidence
from oppspot.qualification.pages.words import titles_of
from oppspot.qualification.services.cards import made_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import (
    GRADE_RANK,
    Claim,
    ClaimValue,
    CriterionResult,
    CurrentValue,
    Evidence,
    Statement,
)
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/leads/{lead_id}/qualification/{framework}/evidence/{claim_key}")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_PAGE: Final = "qualification/evidence.html"
_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Said:
    """A claim about the key and where it stands; `follows`: what follows from it, when it is about another key."""

    told: ToldClaim
    state: str  # counts, disagrees, expired, followed, withdrawn, withdraws
    expires_at: datetime | None
    follows: tuple[str, ...] = ()


class Earned(NamedTuple):
    """A criterion that reads the key, and what it earns by it."""

    title: str
    result: CriterionResult


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID, framework: str, claim_key: str) -> HTMLResponse:
    """Show everything behind one answer, as a page or in the drawer."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, key = await _card_and_key(tx, actor, lead_id, framework, claim_key)
    return render(request, _PAGE, _context(card, key), block="drawer")


@router.post("")
async def state(request: Request, actor: Writer, lead_id: UUID, framework: str, claim_key: str) -> Response:
    """Say which answer is right: one side of a contradiction, what counts already, or another."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, key = await _card_and_key(tx, actor, lead_id, framework, claim_key)
        value = _stated(form, card, key)
        if not isinstance(value, FieldProblem):
            await append_claims(tx, actor, lead_id, _settling(form, card, key, value, actor), utc_now())
    if isinstance(value, FieldProblem):
        context = _context(card, key) | {"errors": {"value": value.sentence}, "typed": form}
        return render(request, _PAGE, context, block="drawer", status=422)
    was_disputed = bool(card.values[claim_key].disputed_by) if claim_key in card.values else False
    return redirect(request, card.home, Flash(f"{key.title}: {'settled' if was_disputed else 'recorded'}."))


async def _card_and_key(
    tx: Transaction, actor: Actor, lead_id: UUID, framework: str, claim_key: str
) -> tuple[Card, ClaimKey]:
    card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
    key = claim_keys_of(card.framework).get(claim_key)
    if key is None:
        raise NotFound(f"{card.framework.title} reads no {claim_key[:100]!r}.")
    return card, key


def _context(card: Card, key: ClaimKey) -> dict[str, Any]:
    current = card.values.get(key.name)
    return {
        "card": card,
        "whole": card.whole,
        "key": key,
        "current": current,
        "is_disputed": bool(current and current.disputed_by),
        "said": _everything_said(card, key.name, current),
        "readers": list(_readers(card, key.name)),
        "question": question_of(key, current.statement.value if current else None),
        "sides": {side.claim.id: ", ".join(lines_of(side.value)) for side in _sides(current)},
        "errors": {},
        "typed": {},
    }


def _sides(current: CurrentValue | None) -> list[Statement]:
    return [current.statement, *current.disputed_by] if current else []


def _readers(card: Card, key: str) -> Iterator[Earned]:
    for element, judged in zip(card.framework.elements, card.scorecard.assessment.elements, strict=True):
        for criterion, result in zip(element.criteria, judged.criteria, strict=True):
            if criterion.key == key:
                yield Earned(f"{element.title}: {criterion.title}", result)


def _everything_said(card: Card, key: str, current: CurrentValue | None) -> list[Said]:
    """Return what was said about a key, or what it follows from, the newest first."""
    titles = titles_of([card.framework])
    standing = statements_by_key(card.scorecard.claims, card.now, wide_reading(card.framework)).get(key, [])
    said = [_said(statement, current, titles, card.now) for statement in standing]
    heard = {statement.claim.id for statement in standing if not statement.is_implied}
    for claim in card.scorecard.claims:
        if claim.key == key and claim.id not in heard:
            gone = "withdraws" if claim.value is None else "withdrawn"
            said.append(Said(tell(claim, titles), gone, claim.expires_at))
    return sorted(said, key=lambda one: (one.told.claim.observed_at, one.told.claim.id), reverse=True)


def _said(statement: Statement, current: CurrentValue | None, titles: Any, now: datetime) -> Said:
    follows = tuple(lines_of(statement.value)) if statement.is_implied else ()
    return Said(tell(statement.claim, titles), _state(statement, current, now), statement.expires_at, follows)


def _state(statement: Statement, current: CurrentValue | None, now: datetime) -> str:
    is_expired = statement.expires_at is not None and statement.expires_at <= now
    if current and statement == current.statement:
        return "expired" if is_expired else "counts"
    if current and statement in current.disputed_by:
        return "disagrees"
    return "expired" if is_expired else "followed"


def _stated(form: dict[str, str], card: Card, key: ClaimKey) -> ClaimValue | FieldProblem:
    """Return the value that the form says is right, or what is wrong with it."""
    side = form.get("side", _OTHER)
    current = card.values.get(key.name)
    chosen = next((statement for statement in _sides(current) if str(statement.claim.id) == side), None)
    if chosen is not None:
        return chosen.value
    if side != _OTHER:
        return FieldProblem("value", "is not one of the answers any more", "one of those shown, or another")
    if not form.get("value", "").strip():
        return FieldProblem("value", "is missing", key.kind.accepted)
    return read_answer(key, form["value"], current.statement.value if current else None)


def _settling(form: dict[str, str], card: Card, key: ClaimKey, value: ClaimValue, actor: Actor) -> Sequence[Claim]:
    """Return the claim that settles it, after a withdrawal where a side is so well supported that it would go on."""
    grade = GRADES.get(form.get("grade", ""), "corroborated")
    current, now = card.values.get(key.name), card.now
    evidence = typed_evidence(form.get("evidence", ""))
    opposed = _sides(current) if current and current.disputed_by else []
    if opposed:
        evidence = _settled(evidence)
    claims = made_claims([(key.name, value)], actor, now, grade=grade, evidence=evidence)
    if any(GRADE_RANK[statement.claim.grade] >= GRADE_RANK[grade] for statement in opposed):
        [withdrawal] = made_claims([(key.name, None)], actor, now - timedelta(microseconds=1), evidence=evidence)
        claims.insert(0, withdrawal)
    return claims


def _settled(evidence: Evidence | None) -> Evidence:
    if evidence is None:
        return Evidence(kind="note", text="Settled.")
    return evidence if evidence.kind == "url" else replace(evidence, text=f"Settled: {evidence.text}")
