"""The pattern page: every component with sample values, live. In development and the demo; browser tests drive it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from oppspot.core.errors import Forbidden
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.flashes import Flash, Undo
from oppspot.web.rendering import Renderer, redirect, render
from oppspot.web.waterfalls import Reason

PATH: Final = "/_patterns"
router = APIRouter(prefix=PATH, include_in_schema=False)


def _hours(count: float) -> timedelta:
    return timedelta(hours=count)


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody who may see everything, where nobody is logged in."""

    name: str = "Ines Falk"

    def can(self, _permission: str) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class SampleLead:
    id: int
    name: str
    company: str
    score: float | None
    status: str
    tone: str
    owner: str | None
    due_in: timedelta | None
    revenue: int | None


_LEADS: Final = (
    SampleLead(1, "Marta Lindqvist", "Norrsken Pumps", 86, "Qualified", "good", "Ines Falk", _hours(3), 4_800_000),
    SampleLead(2, "Tomás Arrieta", "Cordillera Freight", 71, "Working", "accent", "Jo Brandt", _hours(0.41), None),
    SampleLead(3, "陳美玲", "Jade Harbour Optics", 54, "Working", "accent", "Ines Falk", _hours(-0.67), 920_000),
    SampleLead(4, "Owusu Mensah-Addo", "Volta Cold Chain", None, "New", "neutral", None, None, None),
    SampleLead(5, "Aoife Ní Bhraonáin", "Saltmarsh Wind", 38, "Nurturing", "warn", "Sam Okoro", _hours(48), 61_000),
    SampleLead(6, "Dieter Krähenbühl", "Krähenbühl & Söhne", 12, "Disqualified", "bad", "Jo Brandt", None, 0),
)
_REASONS: Final = (
    Reason("Industry", 18.0, "Manufacturing, in the target list"),
    Reason("Employees", 14.5, "240 people"),
    Reason("Growth", None, "no figures yet"),
    Reason("Engagement", 24.5, "Demo asked for, 3 pricing pages"),
    Reason("Free mail address", -3.0),
    Reason("Technology fit", 32.0, "4 of 5 tools known to fit"),
)
_CHANGED_LINES: Final = (
    {"mark": "same", "text": "employees:"},
    {"mark": "gone", "text": "  at_least: 200"},
    {"mark": "come", "text": "  at_least: 250"},
    {"mark": "gap", "text": ""},
    {"mark": "same", "text": "country: DE"},
)
_ORDERS: Final[Mapping[str, Any]] = {
    "name": lambda lead: lead.name,
    "score": lambda lead: lead.score if lead.score is not None else -1,
}


@router.get("", response_class=HTMLResponse)
async def show_patterns(
    request: Request, q: Annotated[str, Query()] = "", sort: Annotated[str, Query()] = "-score"
) -> HTMLResponse:
    """Show everything; the list in it filters and sorts."""
    return render(request, "web/patterns.html", _context(request, q, sort), block="list")


@router.get("/reasons", response_class=HTMLResponse)
async def show_reasons(request: Request) -> HTMLResponse:
    """Show the reasons of a score, as a page or in the drawer."""
    return render(request, "web/patterns_reasons.html", _context(request, "", ""), block="drawer")


@router.get("/confirm", response_class=HTMLResponse)
async def ask(request: Request) -> HTMLResponse:
    """Ask before doing."""
    _signed_in(request)
    text = "Its timeline and scores go with it. You can undo this for 30 days."
    return confirm(request, Confirmation("Archive Norrsken Pumps?", text, f"{PATH}/archive", "Archive", PATH))


@router.post("/archive")
async def archive(request: Request) -> RedirectResponse:
    """Say what happened, and offer the way back."""
    return redirect(request, PATH, Flash("Norrsken Pumps was archived.", undo=Undo(f"{PATH}/restore")))


@router.post("/restore")
async def restore(request: Request) -> RedirectResponse:
    """Say that it was taken back."""
    return redirect(request, PATH, Flash("Norrsken Pumps is back."))


@router.post("/form", response_class=HTMLResponse, response_model=None)
async def submit(request: Request, company: Annotated[str, Form()] = "") -> HTMLResponse | RedirectResponse:
    """Send the form back with its errors, or go on."""
    if company:
        return redirect(request, PATH, Flash(f"{company} was saved."))
    context = _context(request, "", "-score") | {"errors": {"company": "is missing"}}
    return render(request, "web/patterns.html", context, block="form", status=422)


@router.get("/forbidden")
async def refuse() -> None:
    """Show the error page."""
    raise Forbidden


def _context(request: Request, q: str, sort: str) -> dict[str, Any]:
    renderer: Renderer = request.app.state.web
    _signed_in(request)
    return {
        "leads": _listed(q, sort),
        "q": q,
        "sort": sort,
        "now": renderer.clock(),
        "reasons_of": _reasons_of,
        "reasons": _REASONS,
        "changed_lines": _CHANGED_LINES,
        "total": sum(reason.points or 0 for reason in _REASONS),
        "errors": {},
        "due": _due(renderer.clock()),
    }


def _signed_in(request: Request) -> None:
    if getattr(request.state, "actor", None) is None:
        request.state.actor = SamplePerson()
        request.state.organisation_name = "Kestrel Instruments"
        request.state.unread_notifications = 3


def _listed(q: str, sort: str) -> list[SampleLead]:
    found = [lead for lead in _LEADS if q.casefold() in f"{lead.name} {lead.company}".casefold()]
    order = _ORDERS.get(sort.removeprefix("-"))
    return sorted(found, key=order, reverse=sort.startswith("-")) if order else found


def _reasons_of(lead: SampleLead) -> tuple[Reason, ...]:
    """Return reasons that add up to the lead's score."""
    if lead.score is None:
        return tuple(Reason(reason.label, None, "nothing known yet") for reason in _REASONS)
    first = _REASONS[:-1]
    rest = lead.score - sum(reason.points or 0 for reason in first)
    return (*first, Reason("Technology fit", rest, "4 of 5 tools known to fit"))


def _due(now: datetime) -> dict[int, datetime | None]:
    return {lead.id: now + lead.due_in if lead.due_in is not None else None for lead in _LEADS}
