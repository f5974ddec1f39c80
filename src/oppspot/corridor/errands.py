"""The jobs by which leads enter the corridor again, as others enqueue them."""

from typing import Final
from uuid import UUID

from oppspot.core.jobs import Job

_START: Final = UUID(int=0)


def retry_unrouted(org_id: UUID, after: UUID = _START) -> Job:
    """Return the job that routes again the leads nobody has, after the rules or the people changed."""
    args = {"org_id": str(org_id), "after": str(after)}
    lock = f"unrouted:{org_id}"
    return Job("corridor:retry_unrouted", args, lock=lock, queueing_lock=f"{lock}:{after}")


def reassess_company_leads(org_id: UUID, company_id: UUID) -> Job:
    """Return the job that assesses a company's leads anew; several changes in a row make one job."""
    args = {"org_id": str(org_id), "company_id": str(company_id)}
    return Job("corridor:reassess_company", args, queueing_lock=f"reassess:company:{company_id}")
