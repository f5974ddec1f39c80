"""Reads what holds for everybody: the organisation's own calendar, and who has the seat where the unassignable ends."""

from uuid import UUID

from oppspot.accounts.queries.roles import list_joined
from oppspot.calendars.queries import OrgCalendars
from oppspot.core.db import Transaction
from oppspot.routing.ladders import seat_of
from oppspot.routing.people import Seat
from oppspot.routing.policies import SlaPolicy
from oppspot.routing.types import Office


async def load_office(tx: Transaction, org_id: UUID, policy: SlaPolicy, calendars: OrgCalendars) -> Office:
    """Return the organisation's calendar and its seat; no seat where nobody has joined yet."""
    people = await list_joined(tx, org_id)
    seat_id = seat_of([(person.id, person.role) for person in people], policy.seat_id)
    name = next((person.name for person in people if person.id == seat_id), "")
    return Office(calendars.of_organisation, None if seat_id is None else Seat(seat_id, name))
