"""Decides how urgent a lead is, from its overall score."""

from enum import StrEnum
from typing import Final


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


THRESHOLDS: Final = ((85, Priority.URGENT), (70, Priority.HIGH), (50, Priority.MEDIUM))
"""The lowest score (0 to 100) of each priority, highest first; below the last it is low."""


def priority_of(score: float | None) -> Priority:
    """Return the priority of an overall score of 0 to 100.

    An unknown score is medium: unknown is not zero, so it must not sink below leads known to be poor,
    and nothing is known that would put it ahead of leads known to be good.
    """
    if score is None:
        return Priority.MEDIUM
    for lowest, priority in THRESHOLDS:
        if score >= lowest:
            return priority
    return Priority.LOW
