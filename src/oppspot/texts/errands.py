"""The job of reading a document, as others enqueue it."""

from uuid import UUID

from oppspot.core.jobs import Job


def reading_job(org_id: UUID, document_id: UUID) -> Job:
    """Return the job that has a document read."""
    args = {"org_id": str(org_id), "document_id": str(document_id)}
    return Job("texts:propose_claims", args, queueing_lock=f"texts:propose_claims:{document_id}")
