"""What follows when working time has changed: pages show it, and leads that waited for somebody are routed again."""

from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.core.jobs import enqueue
from oppspot.core.live import announce
from oppspot.corridor.errands import retry_unrouted


async def tell_of_change(tx: Transaction, org_id: UUID) -> None:
    """Show pages what changed; have leads routed that nobody could take at the hours there were before."""
    await announce(tx, org_id, ["calendars"])
    await enqueue(tx, [retry_unrouted(org_id)])
