"""Keeps uploaded files in the database in pieces, so that any worker on any machine can read them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, insert, select

from oppspot.core.db import Database, Transaction
from oppspot.core.errors import Conflict
from oppspot.leads.models import ImportFile

_PIECE_BYTES: Final = 4 * 1024**2


async def store_file(tx: Transaction, org_id: UUID, import_id: UUID, path: Path) -> None:
    """Write a file's pieces."""
    with path.open("rb") as file:
        part = 0
        while content := file.read(_PIECE_BYTES):
            piece = {"org_id": org_id, "import_id": import_id, "part": part, "content": content}
            await tx.execute(insert(ImportFile), piece)
            part += 1


@asynccontextmanager
async def fetched_file(database: Database, org_id: UUID, import_id: UUID) -> AsyncIterator[Path]:
    """Yield a stored file as a temporary one; raises Conflict when it has been deleted."""
    with tempfile.TemporaryDirectory(prefix="oppspot-import-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            async with database.transaction(org_id) as tx:
                part = 0
                while content := await tx.scalar(_piece(org_id, import_id, part)):
                    file.write(content)
                    part += 1
        if part == 0:
            raise Conflict("The file of this import is no longer kept. Upload it again.")
        yield path


def _piece(org_id: UUID, import_id: UUID, part: int) -> Select[bytes]:
    return select(ImportFile.content).where(
        ImportFile.org_id == org_id, ImportFile.import_id == import_id, ImportFile.part == part
    )


async def delete_file(tx: Transaction, org_id: UUID, import_id: UUID) -> None:
    """Forget a file that is no longer needed."""
    await tx.execute(delete(ImportFile).where(ImportFile.org_id == org_id, ImportFile.import_id == import_id))
