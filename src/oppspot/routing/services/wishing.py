"""Reads what was asked of a calibration; leads that are left open are suggested from what was missed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.routing.calibration import Kind, Wish, suggested_leads
from oppspot.routing.ledger_schemas import CalibrationBody
from oppspot.routing.ledger_standings import PoolStanding
from oppspot.routing.queries.ledgers import count_meanwhile, find_last_absence, get_pool


@dataclass(frozen=True, slots=True)
class Missed:
    """What a pool was given while somebody was away, and their share of it in whole leads."""

    since: datetime
    until: datetime
    given: int
    leads: int


async def read_wish(
    tx: Transaction, org_id: UUID, address: str, body: CalibrationBody, now: datetime
) -> tuple[Wish, Missed | None]:
    """Return the wish, and how many leads were missed where that is what it is about; raises NotFound, Invalid."""
    if body.kind is not Kind.CATCH_UP or body.leads is not None:
        return Wish(body.rep_id, body.kind, body.leads or 0, body.level_with), None
    missed = await find_missed(tx, org_id, address, body, now)
    if missed is None:
        accepted = "a number of leads, or away_from and away_until to have it worked out"
        raise Invalid("Say how many leads.", errors=[FieldProblem("leads", "is missing", accepted)])
    return Wish(body.rep_id, body.kind, missed.leads), missed


async def find_missed(
    tx: Transaction, org_id: UUID, address: str, body: CalibrationBody, now: datetime
) -> Missed | None:
    """Return what somebody missed from day to day as asked, else in their last absence; None if there was none."""
    books, pool = await get_pool(tx, org_id, address, now)
    span = _span(body, ZoneInfo(books.calendars.of_organisation.zone), now)
    span = span or await find_last_absence(tx, org_id, body.rep_id, now)
    if span is None:
        return None
    given = await count_meanwhile(tx, org_id, pool.id.key, *span)
    return Missed(*span, given, _share(pool, body.rep_id, given))


def _span(body: CalibrationBody, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime] | None:
    """Return from the first moment of a day to the last of another, where the organisation is."""
    if body.away_from is None:
        return None
    start = _midnight(body.away_from, zone)
    end = now if body.away_until is None else min(now, _midnight(body.away_until + timedelta(days=1), zone))
    if end <= start:
        problem = FieldProblem("away_until", "is before they went", "a day from away_from on")
        raise Invalid("They were not away then.", errors=[problem])
    return start, end


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _share(pool: PoolStanding, rep_id: UUID, given: int) -> int:
    whole = sum(each.weight for each in pool.members if each.takes_turns)
    member = pool.member(rep_id)
    return suggested_leads(given, member.weight, whole) if member and member.takes_turns else 0
