"""How long leads wait: for routing to place them and for people to touch them, apart."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.routing.queries.delays import DEFAULT_DAYS, measure_delays
from oppspot.routing.services.books import load_book
from oppspot.web import render
from oppspot.web.parameters import transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_CHOICES: Final = (1, 7, 14, 30, 90)


@router.get("/routing/delays", response_class=HTMLResponse)
async def show_delays(
    request: Request, actor: Reader, days: Literal["1", "7", "14", "30", "90"] = "14"
) -> HTMLResponse:
    """Show both delays over so many days back."""
    now = utc_now()
    since = now - timedelta(days=int(days))
    async with transaction_of(request, actor) as tx:
        book = await load_book(tx, actor.org_id, now, since)
        delays = await measure_delays(tx, actor.org_id, book, now, since)
    context = {
        "delays": delays,
        "choices": _CHOICES,
        "days": int(days),
        "usual": DEFAULT_DAYS,
        "business_hours": book.policy.business_hours,
    }
    return render(request, "routing/delays.html", context, block="delays")
