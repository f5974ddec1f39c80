"""Everything ever said about a lead: filtered by element or question, withdrawn, and taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import load_configuration
from oppspot.leads.queries.details import LeadWhole, get_lead
from oppspot.qualification.framework import Framework
from oppspot.qualification.pages.claims import told
from oppspot.qualification.pages.words import title_of, titles_of
from oppspot.qualification.queries.scorecards import list_evidence
from oppspot.qualification.rules import assess
from oppspot.qualification.services.cards import made_claims
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim
from oppspot.web import Flash, redirect, render
from oppspot.web.flashes import Undo

router = APIRouter(prefix="/leads/{lead_id}/claims")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
Filter = Annotated[str, Query(max_length=100)]
_MOST: Final = 500


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID, about: Filter = "", key: Filter = "") -> HTMLResponse:
    """Show everything claimed about a lead, the newest first; `about` is an element, `key` one question."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        configuration = await load_configuration(tx, actor.org_id)
        claims = await list_evidence(tx, actor.org_id, lead_id)
    titles = titles_of(configuration.frameworks.values())
    held = [configuration.frameworks[name] for name in _held(whole) if name in configuration.frameworks]
    wanted = [claim for claim in claims if _is_about(claim, about) and key in ("", claim.key)]
    wanted.sort(key=lambda claim: (claim.observed_at, claim.id), reverse=True)
    context = {
        "whole": whole,
        "said": told(wanted[:_MOST], titles),
        "left_out": max(len(wanted) - _MOST, 0),
        "counts_for": counts_for({framework: assess(framework, claims, now) for framework in held}),
        "own": held[0] if held else None,
        "standing": _standing(claims),
        "about": about,
        "key": key,
        "abouts": _choices({_about(claim.key): _about(claim.key).replace("_", " ").capitalize() for claim in claims}),
        "keys": _choices({claim.key: title_of(claim.key, titles) for claim in claims if _is_about(claim, about)}),
        "is_filtered": bool(about or key),
    }
    return render(request, "qualification/claims.html", context, block="list")


@router.post("/withdraw")
async def withdraw(request: Request, actor: Writer, lead_id: UUID, key: Filter) -> Response:
    """Take back everything said about one question; it stays in the history."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await get_lead(tx, actor.org_id, lead_id)
        configuration = await load_configuration(tx, actor.org_id)
        said = [claim for claim in await list_evidence(tx, actor.org_id, lead_id) if claim.key == key]
        if not said:
            raise NotFound("Nothing was said about this.")
        await append_claims(tx, actor, lead_id, made_claims([(key, None)], actor, now), now)
    title = title_of(key, titles_of(configuration.frameworks.values()))
    last = max(said, key=lambda claim: (claim.observed_at, claim.id))
    undo = Undo(f"/leads/{lead_id}/claims/restore?claim={last.id}") if last.value is not None else None
    return redirect(request, f"/leads/{lead_id}/claims", Flash(f"{title}: withdrawn.", undo=undo))


@router.post("/restore")
async def restore(request: Request, actor: Writer, lead_id: UUID, claim: UUID) -> Response:
    """Say again what was withdrawn, with its source, grade, evidence and the end of its life as they were."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await get_lead(tx, actor.org_id, lead_id)
        said = next((item for item in await list_evidence(tx, actor.org_id, lead_id) if item.id == claim), None)
        if said is None:
            raise NotFound("There is no such claim.")
        await append_claims(tx, actor, lead_id, [replace(said, id=new_id(), observed_at=now)], now)
    return redirect(request, f"/leads/{lead_id}/claims", Flash("It counts again."))


def _held(whole: LeadWhole) -> list[str]:
    return [item["framework"] for item in whole.lead.standings]


def counts_for(assessments: Mapping[Framework, Any]) -> dict[UUID, list[str]]:
    """Return which criteria of which framework rest on each claim now, in words."""
    found: dict[UUID, list[str]] = {}
    for framework, assessment in assessments.items():
        for element, judged in zip(framework.elements, assessment.elements, strict=True):
            for criterion, result in zip(element.criteria, judged.criteria, strict=True):
                if result.statement is not None and result.is_known:
                    words = f"{framework.title}: {element.title}, {criterion.title.lower()}"
                    found.setdefault(result.statement.claim.id, []).append(words)
    return found


def _standing(claims: Iterable[Claim]) -> set[UUID]:
    """Return the newest claim of each question, unless it is a withdrawal: those can be withdrawn."""
    newest: dict[str, Claim] = {}
    for claim in claims:
        if claim.key not in newest or (claim.observed_at, claim.id) > (
            newest[claim.key].observed_at,
            newest[claim.key].id,
        ):
            newest[claim.key] = claim
    return {claim.id for claim in newest.values() if claim.value is not None}


def _about(key: str) -> str:
    return key.partition(".")[0]


def _is_about(claim: Claim, about: str) -> bool:
    return not about or _about(claim.key) == about


def _choices(titles: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    return sorted(titles.items(), key=lambda pair: pair[1])
