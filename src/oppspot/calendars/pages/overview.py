"""Who is off: a month day by day, a year month by month."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.queries.people import Person, list_people, list_teams
from oppspot.calendars.overview import away_by_day, cells_of, days_between, months_away
from oppspot.calendars.pages.parts import TeamReader, when_in_words
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.queries.absences import list_absences
from oppspot.calendars.services.absences import may_see_reasons
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.web import render
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/calendars")
_MOST_PEOPLE: Final = 1_000
_MONTHS_BACK: Final = 24
_MONTHS_AHEAD: Final = 12


@router.get("", response_class=HTMLResponse)
async def show(
    request: Request,
    actor: TeamReader,
    month: Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")] = "",
    year: Annotated[str, Query(pattern=r"^(20\d\d)?$")] = "",
    team: Annotated[str, Query(pattern=r"^([0-9a-f-]{36})?$")] = "",
) -> HTMLResponse:
    """Show who is off, in a month or in a year."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        teams = (await list_teams(tx)).items
        people = [person for person in (await list_people(tx, limit=_MOST_PEOPLE)).items if person.user.active]
        if team:
            people = [person for person in people if team in {str(one) for one in person.team_ids}]
        made = await (_year if year else _month)(tx, actor, year or month, people, now)
    context = made | {
        "teams": [(str(one.id), one.name) for one in teams],
        "team": team,
        "month": month,
        "year": year,
        "own_id": actor.user_id,
        "this_year": now.year,
    }
    return render(request, "calendars/overview.html", context, block="overview")


async def _month(tx: Transaction, actor: Actor, asked: str, people: list[Person], now: datetime) -> dict[str, Any]:
    first = _within(asked, now)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    calendars = await load_calendars(tx, actor.org_id, now, since=min(start, now))
    days = days_between(first, last)
    rows = [(person.user, cells_of(calendars.of_rep(person.user.id), days)) for person in people]
    shown = {person.user.id: person.user.name for person in people}
    absences = await list_absences(tx, start, start + timedelta(days=len(days)))
    names = {person.user.id: person.user.name for person in (await list_people(tx, limit=_MOST_PEOPLE)).items}
    return {
        "days": days,
        "today": now.astimezone(UTC).date(),
        "rows": rows,
        "away": away_by_day([cells for _, cells in rows]) if rows else [0] * len(days),
        "absences": [_told(absence, actor, names) for absence in absences if absence.rep_id in shown],
        "title": f"{first:%B %Y}",
        "before": _neighbour(first, -1, now),
        "after": _neighbour(first, 1, now),
    }


def _told(absence: Any, actor: Actor, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "absence": absence,
        "name": names.get(absence.rep_id, "somebody"),
        "when": when_in_words(absence),
        "cover": names.get(absence.cover_id),
        "reason": absence.reason if may_see_reasons(actor, absence.rep_id) else None,
    }


async def _year(tx: Transaction, actor: Actor, asked: str, people: list[Person], now: datetime) -> dict[str, Any]:
    year = max(now.year - 1, min(int(asked), now.year))
    calendars = await load_calendars(tx, actor.org_id, now, since=datetime(year, 1, 1, tzinfo=UTC))
    rows = [(person.user, months_away(calendars.of_rep(person.user.id), year)) for person in people]
    return {
        "year_rows": rows,
        "months": [date(year, number, 1) for number in range(1, 13)],
        "title": str(year),
        "before": str(year - 1) if year == now.year else None,
        "after": str(year + 1) if year < now.year else None,
    }


def _within(asked: str, now: datetime) -> date:
    """Return the first of the month asked for, not so far away that its holidays are not known."""
    this = now.date().replace(day=1)
    month = date.fromisoformat(f"{asked}-01") if asked else this
    return max(_moved(this, -_MONTHS_BACK), min(month, _moved(this, _MONTHS_AHEAD)))


def _moved(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _neighbour(month: date, by: int, now: datetime) -> str | None:
    moved = _moved(month, by)
    return f"{moved:%Y-%m}" if _within(f"{moved:%Y-%m}", now) == moved else None
