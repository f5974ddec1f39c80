"""Decides what an engagement score is called; pure."""

from decimal import Decimal
from typing import Final

# (score that no longer counts as it, word)
_BELOW: Final = ((40, "low"), (70, "medium"))


def engagement_level(score: Decimal | float | None) -> str | None:
    """Return none at 0, low below 40, medium below 70, high from there; None when the score is unknown."""
    if score is None:
        return None
    if score == 0:
        return "none"
    return next((word for limit, word in _BELOW if score < limit), "high")
