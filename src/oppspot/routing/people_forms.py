"""Owns the JSON forms of people and their calendars, as stored decisions keep them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.calendars import documents as calendars
from oppspot.calendars.business_time import HORIZON
from oppspot.calendars.types import ALWAYS_OPEN, Calendar
from oppspot.routing.people import FULL, Outcomes, Rep

Document = dict[str, Any]
# Nothing further off than this decides anything about a lead that comes now.
_AHEAD: Final = HORIZON


def calendar_document(calendar: Calendar, now: datetime) -> Document:
    return calendars.to_document(calendars.around(calendar, now, now + _AHEAD))


def rep_document(rep: Rep, now: datetime, shared: list[Document] | None = None) -> Document:
    """Return a rep as JSON; what is as in a new Rep is left out.

    With `shared`, a list that grows, what their calendar has in common with others' is a place in it.
    """
    document: Document = {
        "id": str(rep.id),
        "name": rep.name,
        "weight": str(rep.weight),
        "max_open": rep.max_open,
        "available": rep.available,
        "active": rep.active,
    }
    if not rep.joined:
        document["joined"] = False
    if rep.ramp != FULL:
        document["ramp"] = str(rep.ramp)
    if rep.seniority != "mid":
        document["seniority"] = rep.seniority
    if rep.skills:
        document["skills"] = dict(rep.skills)
    if rep.territories:
        document["territories"] = sorted(rep.territories)
    if rep.limits:
        document["limits"] = [[limit.leads, limit.per.value, limit.window.value] for limit in rep.limits]
        document["used"] = list(rep.used)
    if rep.outcomes:
        document["outcomes"] = {priority: list(each) for priority, each in rep.outcomes.items()}
    if rep.calendar is not ALWAYS_OPEN:
        document |= _calendar_of_rep(rep.calendar, now, [] if shared is None else shared, inline=shared is None)
    if rep.cover_id:
        document["cover_id"] = str(rep.cover_id)
    return document


def _calendar_of_rep(calendar: Calendar, now: datetime, shared: list[Document], *, inline: bool) -> Document:
    whole = calendar_document(calendar, now)
    own = {"absences": whole.pop("absences")} if "absences" in whole else {}
    if inline:
        return {"calendar": whole, **own}
    if whole not in shared:
        shared.append(whole)
    return {"calendar": shared.index(whole), **own}


def _read_calendar_of_rep(document: Document, shared: Sequence[Document]) -> Calendar:
    calendar = document.get("calendar")
    if calendar is None:
        return ALWAYS_OPEN
    whole = shared[calendar] if isinstance(calendar, int) else calendar
    return calendars.from_document({**whole, "absences": document.get("absences", ())})


def read_rep(document: Document, team_ids: frozenset[UUID] = frozenset(), shared: Sequence[Document] = ()) -> Rep:
    return Rep(
        id=UUID(document["id"]),
        name=document["name"],
        team_ids=team_ids,
        weight=Decimal(document["weight"]),
        max_open=document["max_open"],
        available=document["available"],
        active=document["active"],
        joined=document.get("joined", True),
        ramp=Decimal(document.get("ramp", FULL)),
        seniority=document.get("seniority", "mid"),
        skills=document.get("skills", {}),
        territories=frozenset(document.get("territories", ())),
        limits=tuple(
            PeriodLimit(leads, Period(per), Window(window)) for leads, per, window in document.get("limits", ())
        ),
        used=tuple(document.get("used", ())),
        outcomes={priority: Outcomes(*each) for priority, each in document.get("outcomes", {}).items()},
        calendar=_read_calendar_of_rep(document, shared),
        cover_id=uuid_or_none(document.get("cover_id")),
    )


def text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def uuid_or_none(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
