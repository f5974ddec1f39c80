"""The terms under which an organisation's clocks run now, for commands."""

from datetime import datetime
from uuid import UUID

from oppspot.calendars.queries import load_calendars
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import load_configuration
from oppspot.routing.terms import TermsBook, terms_book


async def load_book(tx: Transaction, org_id: UUID, now: datetime, since: datetime | None = None) -> TermsBook:
    """Return the terms by the live configuration; who counts time that has passed says `since` when."""
    config = (await load_configuration(tx, org_id)).routing
    business = config.policies.sla.business_hours
    return terms_book(config, await load_calendars(tx, org_id, now, since=since) if business else None)
