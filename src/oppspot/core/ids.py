"""Identifiers: time-ordered UUIDs (version 7), so that new rows land together in an index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new time-ordered identifier."""
    return uuid7()
