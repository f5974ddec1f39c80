"""Who can take a lead, or be given one by hand, and which of their limits stands against it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.period_limits import Period, PeriodLimit
from oppspot.core.db import Transaction
from oppspot.routing.capacity import has_room
from oppspot.routing.queries.inputs import count_used, limit_of


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who takes leads, with their limits and what they have; `used` is what each limit by period has seen."""

    id: UUID
    name: str
    open_count: int
    open_units: int
    max_open: int | None
    limits: tuple[PeriodLimit, ...] = ()
    used: tuple[int, ...] = ()

    @property
    def has_room(self) -> bool:
        """Whether one more lead stays within their limits."""
        return self.limit_against() is None

    def limit_against(self, leads: int = 1, units: int = 1) -> str | None:
        """Return which limit so many more leads and units would pass, as what somebody has; None: none."""
        if not has_room(self.open_units, self.max_open, units):
            count = f"{self.open_count} open {'lead' if self.open_count == 1 else 'leads'}"
            weight = "" if self.open_units == self.open_count else f" that count {self.open_units}"
            return f"{count}{weight}, at most {self.max_open}"
        for limit, seen in zip(self.limits, self.used, strict=True):
            if seen + leads > limit.leads:
                article = "an" if limit.per is Period.HOUR else "a"
                return f"had {seen} of at most {limit.leads} leads {article} {limit.per}"
        return None


_TAKER = text(
    """
    SELECT u.id, u.name, coalesce(l.open_count, 0) AS open_count, coalesce(l.open_units, 0) AS open_units,
           p.max_open, p.limits, p.time_zone
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    WHERE p.org_id = :org_id AND p.user_id = :rep_id AND u.can_work AND u.password_hash IS NOT NULL
    """,
)


async def find_taker(tx: Transaction, org_id: UUID, rep_id: UUID | None, now: datetime) -> Taker | None:
    """Return a person as a taker of leads; None for who takes none, and for nobody."""
    if rep_id is None:
        return None
    row = (await tx.execute(_TAKER, {"org_id": org_id, "rep_id": rep_id})).one_or_none()
    if row is None:
        return None
    limits = tuple(map(limit_of, row.limits))
    seen = await count_used(tx, org_id, {row.id: (limits, row.time_zone)}, now)
    used = tuple(seen.get((row.id, place), 0) for place in range(len(limits)))
    return Taker(row.id, row.name, row.open_count, row.open_units, row.max_open, limits, used)
