"""The scorecard of a lead by any framework: shown, saved, and previewed while it is typed."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.forms import read_answers, sections_of
from oppspot.qualification.pages.card import Card, get_card, shown_card
from oppspot.qualification.services.cards import made_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim, Evidence, Grade
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/leads/{lead_id}/qualification")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_PAGE: Final = "qualification/scorecard.html"
GRADES: Final[Mapping[str, Grade]] = {
    "asserted": "asserted",
    "corroborated": "corroborated",
    "verified": "verified",
}


@router.get("", response_class=HTMLResponse)
async def show_own(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show the scorecard by the lead's own framework."""
    return await _show(request, actor, lead_id, None)


@router.get("/{framework}", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID, framework: str) -> HTMLResponse:
    """Show the scorecard by one framework, whether or not the lead holds it."""
    return await _show(request, actor, lead_id, framework)


async def _show(request: Request, actor: Actor, lead_id: UUID, framework: str | None) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
    return render(request, _PAGE, _page(card))


@router.post("/{framework}")
async def save(request: Request, actor: Writer, lead_id: UUID, framework: str) -> Response:
    """Record what was changed on the card as claims; a lead that did not hold the framework holds it from now on."""
    posted = await _posted(request)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
        claims, errors = _claims_in(posted, card, actor)
        if claims and not errors:
            await append_claims(tx, actor, lead_id, claims, utc_now(), holds=framework)
    if errors:
        return render(request, _PAGE, _page(card, errors=errors, posted=posted), status=422)
    count = f"{len(claims)} {'answer' if len(claims) == 1 else 'answers'}"
    back = f"/leads/{lead_id}" if posted.get("back") == "lead" else card.home
    return redirect(request, back, Flash(f"{count} recorded." if claims else "Nothing was changed."))


@router.post("/{framework}/preview", response_class=HTMLResponse)
async def preview(request: Request, actor: Writer, lead_id: UUID, framework: str) -> HTMLResponse:
    """Show what the card would say if it were saved now; records nothing."""
    posted = await _posted(request)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        card = await get_card(tx, actor, whole, framework)
        claims, errors = _claims_in(posted, card, actor)
        card = await get_card(tx, actor, whole, framework, claims) if claims else card
    context = shown_card(card, is_preview=bool(claims), errors=errors)
    return render(request, _PAGE, context | {"on_lead": posted.get("back") == "lead"}, block="numbers")


async def _posted(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _page(
    card: Card, *, errors: Mapping[str, str] | None = None, posted: Mapping[str, str] | None = None
) -> dict[str, object]:
    return shown_card(card, errors=errors) | {"whole": card.whole, "posted": posted or {}}


def _claims_in(posted: Mapping[str, str], card: Card, actor: Actor) -> tuple[list[Claim], dict[str, str]]:
    """Return the claims that the posted form makes beyond what is known, or what could not be read by field."""
    known, keys = card.known, claim_keys_of(card.framework)
    answers, problems = read_answers(posted, sections_of(card.framework, known), known, keys)
    grade = GRADES.get(posted.get("grade", ""), "asserted")
    claims = made_claims(answers, actor, card.now, grade=grade, evidence=typed_evidence(posted.get("evidence", "")))
    return claims, {problem.path: problem.sentence for problem in problems}


def typed_evidence(text: str) -> Evidence | None:
    """Return what a person typed as evidence: an address when it is one, else a note."""
    note = "".join(letter for letter in text.strip() if letter.isprintable() or letter == "\n")[:2_000]
    is_address = note.startswith(("https://", "http://")) and not note.count(" ")
    return Evidence(kind="url" if is_address else "note", text=note) if note else None
