"""What machines ask a running process: does it live, can it work, what has it counted."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from oppspot import migrations
from oppspot.core.errors import Unavailable
from oppspot.core.runtime import runtime_of

router = APIRouter(include_in_schema=False)
_VERSION = text("SELECT version_num FROM alembic_version")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answer that the process lives, whatever its database does."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Answer that requests can be served: the database answers and has this release's schema; else 503."""
    try:
        async with runtime_of(request).database.outside() as tx:
            version = (await tx.execute(_VERSION)).scalar_one()
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The database does not answer.") from error
    if version != migrations.newest_version():
        raise Unavailable(f"The schema is at {version}, this release needs {migrations.newest_version()}.")
    return {"status": "ready", "schema": version}


@router.get("/metrics")
async def metrics() -> Response:
    """Return what was counted, in Prometheus' format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
