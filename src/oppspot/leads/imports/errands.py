"""The jobs of imports, as others enqueue them."""

from uuid import UUID

from oppspot.core.jobs import Job


def rehearsal_job(org_id: UUID, import_id: UUID) -> Job:
    """Return the job that rehearses an import."""
    return _job("rehearse_import", org_id, import_id)


def run_job(org_id: UUID, import_id: UUID) -> Job:
    """Return the job that runs an import, from where it stands."""
    return _job("run_import", org_id, import_id)


def undo_job(org_id: UUID, import_id: UUID) -> Job:
    """Return the job that undoes an import, from where it stands."""
    return _job("undo_import", org_id, import_id)


def _job(task: str, org_id: UUID, import_id: UUID) -> Job:
    # No lock by which jobs wait for each other: a job whose worker was killed would hold it for ever.
    args = {"org_id": str(org_id), "import_id": str(import_id)}
    return Job(f"imports:{task}", args, queueing_lock=f"imports:{task}:{import_id}")
