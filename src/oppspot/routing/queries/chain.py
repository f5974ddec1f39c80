"""Who stands above a lead: the managers, and the person at whom every ladder ends."""

from uuid import UUID

from oppspot.accounts.queries.roles import MANAGING, list_joined
from oppspot.core.db import Transaction
from oppspot.routing.ladders import Chain, seat_of


async def find_chain(tx: Transaction, org_id: UUID, seat_id: str | None) -> Chain | None:
    """Return an organisation's chain, its seat the named person or who stands in for them; None: nobody has joined."""
    people = await list_joined(tx, org_id)
    seat = seat_of([(person.id, person.role) for person in people], seat_id)
    return Chain(tuple(person.id for person in people if person.role in MANAGING), seat) if seat else None
