"""The review of a text: its words at one side, what they may support at the other, decided singly or at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, NotFound
from oppspot.core.runtime import runtime_of
from oppspot.integrations.extractors import build_extractor
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.evidence import current_values
from oppspot.qualification.queries.scorecards import list_claims
from oppspot.texts import wording
from oppspot.texts.extracting import LocalExtractor
from oppspot.texts.highlighting import pieces_of
from oppspot.texts.models import Document, ProposalRecord
from oppspot.texts.queries.documents import get_document, list_proposals
from oppspot.texts.rules import Standing, standing
from oppspot.texts.services.adding import try_again
from oppspot.texts.services.deciding import Action, Decision, decide
from oppspot.web import Flash, redirect, render
from oppspot.web.formats import plural
from oppspot.web.parameters import transaction_of
from oppspot.web.rendering import wants_block

router = APIRouter(prefix="/leads/{lead_id}/texts/{document_id}")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_ACTIONS: Mapping[str, Action] = {"accept": "accept", "reject": "reject", "undo": "undo", "edit": "edit"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as the page shows it; `typed` is what its edit field holds, `problem` what is wrong with that."""

    item: ProposalRecord
    standing: Standing
    typed: str
    problem: str | None


@router.get("", response_class=HTMLResponse)
async def show_review(request: Request, actor: Reader, lead_id: UUID, document_id: UUID) -> HTMLResponse:
    """Show a text with what was proposed from it."""
    return await _show(request, actor, lead_id, document_id)


@router.post("/retry")
async def retry(request: Request, actor: Writer, lead_id: UUID, document_id: UUID) -> Response:
    """Have a text read again, by the rules that ship if asked for."""
    wants_rules = (await request.form()).get("extractor") == "rules"
    extractor = LocalExtractor() if wants_rules else build_extractor(runtime_of(request).settings)
    async with transaction_of(request, actor) as tx:
        await _belongs(tx, actor, lead_id, document_id)
        await try_again(tx, actor, document_id, extractor, utc_now())
    return redirect(request, f"/leads/{lead_id}/texts/{document_id}")


@router.post("/all")
async def decide_all(request: Request, actor: Writer, lead_id: UUID, document_id: UUID) -> Response:
    """Accept or reject everything that waits."""
    action: Action = "reject" if (await request.form()).get("do") == "reject" else "accept"
    async with transaction_of(request, actor) as tx:
        await _belongs(tx, actor, lead_id, document_id)
        waiting = [item for item in await list_proposals(tx, actor.org_id, document_id) if item.state == "proposed"]
        await decide(tx, actor, document_id, [Decision(item.id, action) for item in waiting], utc_now())
    told = f"{plural(len(waiting), 'proposal')} {'accepted' if action == 'accept' else 'rejected'}."
    return redirect(request, f"/leads/{lead_id}/texts/{document_id}", Flash(told))


@router.post("/proposals/{proposal_id}")
async def decide_one(request: Request, actor: Writer, lead_id: UUID, document_id: UUID, proposal_id: UUID) -> Response:
    """Accept, edit, reject or undo one proposal."""
    form = await request.form()
    action, typed = _ACTIONS.get(str(form.get("do")), "accept"), str(form.get("value", ""))
    async with transaction_of(request, actor) as tx:
        await _belongs(tx, actor, lead_id, document_id)
        items = {item.id: item for item in await list_proposals(tx, actor.org_id, document_id)}
        if proposal_id not in items:
            raise NotFound("There is no such proposal.")
        item = items[proposal_id]
        value = wording.read_edited(item.key, typed, item.value) if action == "edit" else None
        problem = _problem(value) if action == "edit" else None
        if problem is None:
            await decide(tx, actor, document_id, [Decision(proposal_id, action, value)], utc_now())
    if problem is not None:
        return await _show(request, actor, lead_id, document_id, {proposal_id: (typed, problem)})
    if wants_block(request):
        return await _show(request, actor, lead_id, document_id)
    return redirect(request, f"/leads/{lead_id}/texts/{document_id}#p-{proposal_id}")


def _problem(value: Any) -> str | None:
    if isinstance(value, FieldProblem):
        return f"{value.message}; accepted: {value.accepted}" if value.accepted else value.message
    return "is empty; reject the proposal if it is wrong" if value is None else None


async def _belongs(tx: Transaction, actor: Actor, lead_id: UUID, document_id: UUID) -> Document:
    document = await get_document(tx, actor.org_id, document_id)
    if document.lead_id != lead_id:
        raise NotFound("There is no such text.")
    return document


async def _show(
    request: Request,
    actor: Actor,
    lead_id: UUID,
    document_id: UUID,
    typed: Mapping[UUID, tuple[str, str]] | None = None,
) -> HTMLResponse:
    now, typed = utc_now(), typed or {}
    async with transaction_of(request, actor) as tx:
        document = await _belongs(tx, actor, lead_id, document_id)
        whole = await get_lead(tx, actor.org_id, lead_id)
        items = await list_proposals(tx, actor.org_id, document_id)
        current = current_values(await list_claims(tx, actor.org_id, lead_id), now)
    shown = [
        Shown(
            item,
            standing(item.key, item.value, current.get(item.key)),
            typed.get(item.id, (wording.shown_for_editing(item.key, item.value), ""))[0],
            typed.get(item.id, ("", None))[1],
        )
        for item in items
    ]
    context = {
        "whole": whole,
        "document": document,
        "shown": shown,
        "open_count": sum(item.state == "proposed" for item in items),
        "pieces": pieces_of(document.content, items),
        "wording": wording,
        "chosen_is_local": _ships(request),
    }
    return render(request, "texts/text.html", context, block="review", status=422 if typed else 200)


def _ships(request: Request) -> bool:
    """Answer whether the chosen extractor is the one that ships."""
    return runtime_of(request).settings.text_extractor == "rules"
