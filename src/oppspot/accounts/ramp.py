"""Decides how much of a full share somebody new takes; pure."""

from datetime import date
from decimal import Decimal
from typing import Final

# (days since the ramp began, share until then); afterwards it is a full share.
STEPS: Final = ((30, Decimal("0.5")), (60, Decimal("0.75")))
FULL: Final = Decimal(1)


def ramp_factor(ramp_from: date | None, on: date) -> Decimal:
    """Return what a weight is multiplied by on a day.

    Half in the first 30 days (and before they begin), three quarters in the next 30, then 1; without a beginning, 1.
    """
    if ramp_from is None:
        return FULL
    days = (on - ramp_from).days
    return next((share for until, share in STEPS if days < until), FULL)
