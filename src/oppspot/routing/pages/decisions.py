"""Why a lead went where it went: every person who was looked at, and the test each failed."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.conditions.catalogue import default_catalogue
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.leads.pages import wording
from oppspot.leads.queries.details import get_lead
from oppspot.routing.candidates import Candidate, candidates_of
from oppspot.routing.documents import RuleDocument
from oppspot.routing.explain import why, why_not
from oppspot.routing.explain_reader import why_you_or_not
from oppspot.routing.fairness import LEAD
from oppspot.routing.pages.outcome_words import SIGNS
from oppspot.routing.pages.words import algorithm_label
from oppspot.routing.queries.decisions import (
    StoredDecision,
    find_document,
    find_neighbours,
    get_decision,
    replay_decision,
    rule_of,
)
from oppspot.routing.types import RoutingDecision
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+\+00:00")


@dataclass(frozen=True, slots=True)
class Considered:
    """One candidate as the page shows them; `how` says through what somebody was asked by name."""

    who: Candidate
    said: str
    how: str | None
    chance: float | None

    @property
    def owed(self) -> float:
        """What they were owed before, in leads."""
        return self.who.credit_before / LEAD

    @property
    def share(self) -> float:
        """Which part of this lead they were credited."""
        return self.who.share / LEAD


@router.get("/routing/decisions/{decision_id}", response_class=HTMLResponse)
async def show_decision(request: Request, actor: Reader, decision_id: UUID) -> HTMLResponse:
    """Show a decision, as a page or in the drawer; with `?replay` take it again and compare."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        stored = await get_decision(tx, actor.org_id, decision_id)
        context = await _context(tx, actor, stored)
        again = await replay_decision(tx, actor.org_id, decision_id) if "replay" in request.query_params else None
    return render(request, "routing/decision.html", {**context, "again": again}, block="drawer")


async def _context(tx: Transaction, actor: Actor, stored: StoredDecision) -> Mapping[str, Any]:
    row, decision = stored.row, stored.decision
    whole = await get_lead(tx, actor.org_id, row.lead_id)
    considered = _considered(stored)
    document = await find_document(tx, actor.org_id, row.config_version)
    return {
        "row": row,
        "decision": decision,
        "whole": whole,
        "why": why(decision),
        "to_reader": why_you_or_not(decision, actor.user_id) if actor.user_id else None,
        "asked": [each for each in considered if each.who.by_name],
        "pool": sorted((each for each in considered if not each.who.by_name), key=_order),
        "winner": next((each.who.name for each in considered if each.who.rep_id == decision.rep_id), None),
        "facts": _in_words(row.record["lead"]["facts"], _fields_of(document)),
        "terms": _terms(decision, rule_of(document, row.rule_id)),
        "neighbours": await find_neighbours(tx, row),
        "sign": SIGNS[decision.outcome],
        "wording": wording,
    }


def _considered(stored: StoredDecision) -> list[Considered]:
    decision = stored.decision
    record = stored.row.record
    through = {UUID(rep_id): how for rep_id, how, *_ in record["lead"].get("account_owners", ())}
    if seat := record.get("office", {}).get("seat"):
        through.setdefault(UUID(seat[0]), "has the seat")
    return [
        Considered(
            who=each,
            said=why_not(decision, each.rep_id),
            how=through.get(each.rep_id, "covers for the owner") if each.by_name else None,
            chance=decision.propensities.get(each.rep_id) if decision.propensities and not each.by_name else None,
        )
        for each in candidates_of(decision)
    ]


def _order(each: Considered) -> tuple[bool, int, str]:
    """Put whoever is in turn first, then the others by name."""
    return each.who.rank is None, each.who.rank or 0, each.who.name


def _terms(decision: RoutingDecision, rule: RuleDocument | None) -> Sequence[tuple[str, Any]]:
    """Return what else the decision fixed, as label and value; moments stay moments."""
    target, band = decision.target, rule.settings.band if rule else 0
    found = [
        ("Rule" if decision.rule_id else "List", decision.rule_name),
        ("Sent to", f"{target.kind.value} {target.label}" if target else None),
        ("Picked by", algorithm_label(rule.routing_algorithm) if rule else None),
        ("Band", f"{band} leads" if band and decision.stretch else None),
        ("Priority", decision.priority.value.capitalize()),
        ("Counts", None if decision.units == 1 else f"{decision.units} units of a limit"),
        ("Value", decision.value),
        ("Work starts", decision.starts_at),
        ("Due", decision.sla_due_at),
        ("Looked at again", None if decision.sla_due_at else decision.next_check_at),
    ]
    return [(label, value) for label, value in found if value is not None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known, by what the rule builder calls it: what the rules of that time asked about, and the rest."""

    asked: Sequence[tuple[str, Any]]
    others: Sequence[tuple[str, Any]]


def _in_words(facts: Mapping[str, Any], fields: Collection[str]) -> Facts:
    labels = {field.name: field.label for field in default_catalogue().fields.values()}
    named = sorted(
        (labels.get(name, name.rpartition(".")[2].replace("_", " ")).capitalize(), _shown(value), name in fields)
        for name, value in facts.items()
        if value is not None
    )
    return Facts(
        [(label, value) for label, value, is_asked in named if is_asked],
        [(label, value) for label, value, is_asked in named if not is_asked],
    )


def _fields_of(part: Any) -> frozenset[str]:
    """Return every field that a configuration's conditions ask about."""
    match part:
        case {"field": str(name)}:
            return frozenset({name})
        case dict():
            return frozenset().union(*map(_fields_of, part.values()))
        case list():
            return frozenset().union(*map(_fields_of, part))
        case _:
            return frozenset()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return f"{datetime.fromisoformat(value):%-d %b %Y, %H:%M} UTC"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
