"""The jobs of redistribution, as others enqueue them."""

from uuid import UUID

from oppspot.core.jobs import Job


def give_away_leads_of(org_id: UUID, user_id: UUID) -> Job:
    """Return the job that gives the open leads of somebody who has left to colleagues."""
    args = {"org_id": str(org_id), "user_id": str(user_id)}
    return Job("routing:give_away", args, queueing_lock=f"give_away:{user_id}")
