"""All decisions: narrowed as the address says, a page at a time, or as a file."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse
from pydantic import ValidationError

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people, list_teams
from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import invalid
from oppspot.leads.exporting import ExportColumn, ExportFormat
from oppspot.leads.pages import wording
from oppspot.leads.pages.files import file_answer, write_file
from oppspot.routing.decision_schemas import DecisionQuery
from oppspot.routing.pages.outcome_words import GROUPS, SIGNS
from oppspot.routing.queries.decision_list import DecisionRow, list_decisions, stream_decisions
from oppspot.routing.services.rules import get_rules
from oppspot.web import render
from oppspot.web.parameters import transaction_of
from oppspot.web.shell import zone_of
from oppspot.web.tabs import Tab
from oppspot.web.validation import invalid_request

router = APIRouter(prefix="/routing/decisions")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Exporter = Annotated[Actor, Depends(needs("leads.export"))]
_MOST_PEOPLE: Final = 500
_MOST_RULES: Final = 300


@router.get("", response_class=HTMLResponse)
async def show_decisions(request: Request, actor: Reader) -> HTMLResponse:
    """Show decisions, newest first."""
    query = read_query(request)
    async with transaction_of(request, actor) as tx:
        page = await list_decisions(tx, actor.org_id, query.filter, cursor=query.cursor)
        choices = await _choices(tx, actor)
    context = {
        "query": query,
        "asked": _asked(request),
        "decisions": page,
        "tabs": _tabs(request, query),
        "address_query": urlencode(_kept(request)),
        "signs": SIGNS,
        "wording": wording,
        **choices,
    }
    return render(request, "routing/decisions.html", context, block="list")


@router.get("/export.{form}")
async def export_decisions(request: Request, actor: Exporter, form: ExportFormat) -> FileResponse:
    """Send all decisions that the list's filter lets through; who took what is in the audit log."""
    query, now = read_query(request), utc_now()
    async with transaction_of(request, actor) as tx:
        payload = {"format": form.value, "filter": urlencode(_kept(request))}
        await record_audit(tx, actor, "decisions.exported", ("routing", "decisions"), now, payload=payload)
        async with aclosing(stream_decisions(tx, actor.org_id, query.filter)) as decisions:
            path = await write_file(form, _COLUMNS, decisions, _cells)
    return file_answer(path, form, "routing-decisions", now)


def read_query(request: Request) -> DecisionQuery:
    """Read the list's address; `since` and `until` are whole days of the reader. Raises Invalid naming the field."""
    given: dict[str, Any] = {}
    for name, value in _kept(request, "cursor"):
        match name:
            case "outcome":
                given.setdefault("outcome", []).append(value)
            case "since":
                given["decided_after"] = _day(request, name, value)
            case "until":
                given["decided_before"] = _day(request, name, value, after=timedelta(days=1))
            case _:
                given[name] = value
    try:
        return DecisionQuery.model_validate(given)
    except ValidationError as error:
        raise invalid_request(error.errors()) from None


def _kept(request: Request, *more: str) -> list[tuple[str, str]]:
    """Return what the address asks for, without empty fields of the form and, unless wanted, its position."""
    left_out = {"cursor"} - set(more)
    return [
        (name, value) for name, value in request.query_params.multi_items() if value.strip() and name not in left_out
    ]


def _day(request: Request, name: str, typed: str, after: timedelta = timedelta()) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(typed) + after, time(), zone_of(request))
    except (ValueError, OverflowError):
        raise invalid(f"query.{name}", "is not a date", "a date as YYYY-MM-DD") from None


def _asked(request: Request) -> Mapping[str, str]:
    return {name: request.query_params.get(name, "") for name in ("since", "until")}


def _tabs(request: Request, query: DecisionQuery) -> list[Tab]:
    others = [(name, value) for name, value in _kept(request) if name != "outcome"]
    return [
        _tab(
            label, [*others, *(("outcome", each.value) for each in group)], is_current=set(query.outcome) == set(group)
        )
        for label, group in GROUPS
    ]


def _tab(label: str, asked: Sequence[tuple[str, str]], *, is_current: bool) -> Tab:
    return Tab(label, f"/routing/decisions?{urlencode(asked)}" if asked else "/routing/decisions", is_current)


async def _choices(tx: Transaction, actor: Actor) -> Mapping[str, Sequence[tuple[str, str]]]:
    document, _ = await get_rules(tx, actor.org_id)
    people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    teams = (await list_teams(tx)).items
    return {
        "reps": [(str(person.user.id), person.user.name) for person in people if person.profile],
        "teams": [(str(team.id), team.name) for team in teams],
        "rules": [(rule.id, rule.name) for rule in document.rules[:_MOST_RULES]],
    }


_T, _D, _N = FieldType.TEXT, FieldType.DATETIME, FieldType.NUMBER
_TYPES: Final = {
    "id": _T, "at": _D, "lead_id": _T, "lead_name": _T, "company": _T, "outcome": _T, "rep_name": _T, "team_name": _T,
    "queue": _T, "rule_name": _T, "reason": _T, "config_version": _N, "next_check_at": _D,
}  # fmt: skip
_HEADERS: Final = {"id": "decision_id", "at": "decided_at", "lead_name": "lead", "rep_name": "rep", "team_name": "team",
                   "rule_name": "rule", "config_version": "rules_version"}  # fmt: skip
_COLUMNS: Final = [ExportColumn(_HEADERS.get(name, name), kind) for name, kind in _TYPES.items()]


def _cells(row: DecisionRow) -> list[Any]:
    values = ((getattr(row, name), kind) for name, kind in _TYPES.items())
    return [str(value) if kind is _T and value is not None else value for value, kind in values]
