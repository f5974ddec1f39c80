"""The jobs by which leads enter the corridor again, as others enqueue them."""

from typing import Final
from uuid import UUID

from oppspot.core.jobs import Job

_START: Final = UUID(int=0)


def reassess_everything(org_id: UUID, cause: str) -> Job:
    """Return the job that assesses all leads of an organisation anew, chunk after chunk."""
    return chunk_job(org_id, cause, "everything", _START)


def retry_unrouted(org_id: UUID) -> Job:
    """Return the job that routes again the leads nobody has, after the rules or the people changed."""
    return chunk_job(org_id, "rules", "waiting", _START)


def chunk_job(org_id: UUID, cause: str, scope: str, after: UUID) -> Job:
    args = {"org_id": str(org_id), "cause": cause, "scope": scope, "after": str(after)}
    lock = f"reassess:{org_id}"
    return Job("corridor:reassess_chunk", args, lock=lock, queueing_lock=f"{lock}:{scope}:{after}")


def reassess_company_leads(org_id: UUID, company_id: UUID) -> Job:
    """Return the job that assesses a company's leads anew; several changes in a row make one job."""
    args = {"org_id": str(org_id), "company_id": str(company_id)}
    return Job("corridor:reassess_company", args, queueing_lock=f"reassess:company:{company_id}")
