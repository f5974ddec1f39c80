"""How a lead came to its score and verdict: over time, and what changed between two moments."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.runtime import runtime_of
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.explain import diff_assessments
from oppspot.qualification.pages.card import Card, get_card
from oppspot.qualification.pages.drawing import Moment, draw_history
from oppspot.qualification.pages.words import shown_status, verdict_tone
from oppspot.qualification.queries.past import get_past_scorecard, list_assessments, list_overrides
from oppspot.qualification.queries.scorecards import Scorecard
from oppspot.scoring.pages.causes import in_words
from oppspot.web import render
from oppspot.web.shell import zone_of
from oppspot.web.waterfalls import Reason

router = APIRouter(prefix="/leads/{lead_id}/qualification/{framework}")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
When = Annotated[str, Query(max_length=40)]
_MOST: Final = 200


@router.get("/history", response_class=HTMLResponse)
async def show_history(request: Request, actor: Reader, lead_id: UUID, framework: str) -> HTMLResponse:
    """Show score, coverage and verdict over time, as a chart and as a table."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
        records = await list_assessments(tx, actor.org_id, lead_id, framework, limit=_MOST)
        overrides = await list_overrides(tx, actor.org_id, lead_id, framework)
    moments = [
        Moment(item.at, _number(item.overall_score), float(item.coverage), item.status) for item in reversed(records)
    ]
    context = _shared(card) | {
        "records": records,
        "overrides": overrides,
        "drawn": draw_history(moments, card.now) if len(moments) > 1 else None,
        "in_words": in_words,
    }
    return render(request, "qualification/history.html", context)


@router.get("/changes", response_class=HTMLResponse)
async def show_changes(
    request: Request, actor: Reader, lead_id: UUID, framework: str, since: When = "", until: When = ""
) -> HTMLResponse:
    """Show what changed between two moments; left out, since the assessment before the last one, until now."""
    zone, errors = zone_of(request), dict[str, str]()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
        records = await list_assessments(tx, actor.org_id, lead_id, framework, limit=2)
        began = _moment("since", since, zone, errors) or (records[-1].at if records else None)
        ended = _moment("until", until, zone, errors) or card.now
        before = await _card_at(tx, card, began, "since", errors)
        after = await _card_at(tx, card, ended, "until", errors)
    context = _shared(card) | {
        "records": records,
        "errors": errors,
        "since": _typed(began, zone) if began and not since else since,
        "until": until or _typed(ended, zone),
        "before": before.assessment if before else None,
        "after": after.assessment if after else None,
        "changes": _changes(before, after) if before and after else [],
    }
    is_refused = bool(errors) and bool(since or until)
    return render(request, "qualification/changes.html", context, block="drawer", status=422 if is_refused else 200)


def _shared(card: Card) -> dict[str, Any]:
    return {
        "card": card,
        "whole": card.whole,
        "framework": card.framework,
        "verdict_tone": lambda status: verdict_tone(card.framework, status),
        "shown_status": shown_status,
    }


def _number(score: Any) -> int | None:
    return None if score is None else round(score)


def _moment(name: str, text: str, zone: tzinfo, errors: dict[str, str]) -> datetime | None:
    """Read a moment of the form, in the reader's time zone when it names none."""
    if not text.strip():
        return None
    try:
        given = datetime.fromisoformat(text.strip())
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        errors[name] = "is not a moment; accepted: a date and a time, such as 2026-11-20 09:30"
        return None


def _typed(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as its field shows it: whole seconds, rounded up so that what was recorded then is in."""
    shown = moment if moment.microsecond == 0 else moment + timedelta(seconds=1)
    return shown.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


async def _card_at(
    tx: Transaction, card: Card, at: datetime | None, name: str, errors: dict[str, str]
) -> Scorecard | None:
    if at is None or errors:
        return None
    if at >= card.now:
        return card.scorecard
    try:
        return await get_past_scorecard(tx, card.whole.lead.org_id, card.whole.lead.id, card.framework.name, at)
    except NotFound as error:
        errors[name] = error.detail
        return None


def _changes(before: Scorecard, after: Scorecard) -> list[Reason]:
    """Return the terms of the change, which sum to it exactly, with what caused each."""
    titles = {
        (element.id, criterion.id): (f"{element.title}: {criterion.title}", criterion.key)
        for framework in (before.framework, after.framework)
        for element in framework.elements
        for criterion in element.criteria
    }
    found = diff_assessments(before.assessment, after.assessment)
    return [
        Reason(
            titles.get((str(term.element), str(term.criterion)), ("Rounding", ""))[0],
            term.hundredths / 100,
            None if term.cause == "rounding" else term.cause,
        )
        for term in found
    ]
