"""The BANT card: saved from the page of a lead, and previewed while it is typed."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.forms import read_answers, sections_of
from oppspot.qualification.pages.card import card_context, known_values
from oppspot.qualification.pages.claims import told
from oppspot.qualification.queries.scorecards import get_scorecard, list_claims
from oppspot.qualification.services.cards import made_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim, Evidence, Grade
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/leads/{lead_id}/bant")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_GRADES: Mapping[str, Grade] = {"asserted": "asserted", "corroborated": "corroborated", "verified": "verified"}


@router.post("")
async def save(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Record what was changed on the card as claims."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        claims, errors = await _posted_claims(request, tx, actor, lead_id)
        if not errors and claims:
            await append_claims(tx, actor, lead_id, claims, utc_now())
        context = await _page(tx, actor, lead_id, errors=errors) if errors else None
    if context is not None:
        return render(request, "qualification/scorecard.html", context, status=422)
    said = (
        f"{len(claims)} {'answer' if len(claims) == 1 else 'answers'} recorded." if claims else "Nothing was changed."
    )
    return redirect(request, f"/leads/{lead_id}", Flash(said))


@router.post("/preview", response_class=HTMLResponse)
async def preview(request: Request, actor: Writer, lead_id: UUID) -> HTMLResponse:
    """Show what the card would say if it were saved now; records nothing."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        claims, errors = await _posted_claims(request, tx, actor, lead_id)
        context = await _page(tx, actor, lead_id, extra=claims, errors=errors)
    return render(request, "qualification/scorecard.html", context, block="numbers")


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show the card as a page of its own."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _page(tx, actor, lead_id)
    return render(request, "qualification/scorecard.html", context)


@router.get("/claims", response_class=HTMLResponse)
async def show_claims(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show everything ever claimed about a lead, as a page or in the drawer."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        claims = await list_claims(tx, actor.org_id, lead_id)
    context = {"whole": whole, "claims": told(list(reversed(claims)))}
    return render(request, "qualification/claims.html", context, block="drawer")


async def _page(tx: Transaction, actor: Actor, lead_id: UUID, **changes: Any) -> dict[str, Any]:
    whole = await get_lead(tx, actor.org_id, lead_id)
    return {"whole": whole, **await card_context(tx, actor, lead_id, **changes)}


async def _posted_claims(
    request: Request, tx: Transaction, actor: Actor, lead_id: UUID
) -> tuple[list[Claim], dict[str, str]]:
    """Return the claims that the posted form makes beyond what is known, or what could not be read by field."""
    await get_lead(tx, actor.org_id, lead_id)
    posted = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    now = utc_now()
    scorecard = await get_scorecard(tx, actor.org_id, lead_id, now)
    known = known_values(scorecard, now)
    answers, problems = read_answers(posted, sections_of(scorecard.framework, known), known)
    grade = _GRADES.get(posted.get("grade", ""), "asserted")
    evidence = _evidence(posted.get("evidence", ""))
    claims = made_claims(answers, actor, now, grade=grade, evidence=evidence)
    return claims, {problem.path: _sentence(problem) for problem in problems}


def _evidence(text: str) -> Evidence | None:
    note = "".join(letter for letter in text.strip() if letter.isprintable() or letter == "\n")[:2_000]
    return Evidence(kind="note", text=note) if note else None


def _sentence(problem: FieldProblem) -> str:
    return f"{problem.message}; accepted: {problem.accepted}" if problem.accepted else problem.message
