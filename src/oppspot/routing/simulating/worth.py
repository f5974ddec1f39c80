"""What people were given is worth in one course of a simulation, over as long as values count."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from oppspot.routing.stretches import Stretch

# As long as routing/queries/inputs.py looks back.
VALUE_WINDOW: Final = timedelta(days=30)
_WORTHLESS: Final = Decimal(0)
_LOWEST: Final = Decimal("-Infinity")


class Worth:
    """Adds up what leads are worth, by who was given them; `given` is what was given before."""

    def __init__(self, given: Iterable[tuple[UUID, datetime, Decimal]]) -> None:
        self._amounts: defaultdict[UUID, list[tuple[datetime, Decimal]]] = defaultdict(list)
        for rep_id, at, value in given:
            self.add(rep_id, at, value)

    def add(self, rep_id: UUID, at: datetime, value: Decimal) -> None:
        """Note that somebody was given a lead, or that leads of theirs turned out to be worth more, or less."""
        if value:
            insort(self._amounts[rep_id], (at, value))

    def of(self, rep_id: UUID, now: datetime) -> Decimal:
        """Return what somebody was given lately is worth."""
        amounts = self._amounts[rep_id]
        since = bisect_left(amounts, (now - VALUE_WINDOW, _LOWEST))
        return sum((value for _, value in amounts[since:]), _WORTHLESS)

    def off_by(self, stretch: Stretch, now: datetime) -> dict[UUID, Decimal]:
        """Return by how much what people were given was worth more when a recorded stretch began than is known here.

        What a lead is worth is often learnt after it was given.
        """
        recorded = zip(stretch.reps, stretch.values, stretch.given, strict=True)
        off = {rep.id: value - self.of(rep.id, now) for rep, value, given in recorded if not given}
        return {rep_id: more for rep_id, more in off.items() if more}
