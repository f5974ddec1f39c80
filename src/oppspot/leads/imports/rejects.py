"""The rows that were refused, as a file to be mended and imported again."""

import io
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final
from uuid import UUID

from oppspot.core.db import Database
from oppspot.leads.importing.rejects import RejectsWriter
from oppspot.leads.imports.mapping import names_of
from oppspot.leads.imports.queries import get_import, stream_rows
from oppspot.leads.imports.types import RowOutcome
from oppspot.leads.types import Problem

_PIECE_CHARS: Final = 64 * 1024
# So that spreadsheets read the file as UTF-8.
_MARK: Final = "\ufeff"


async def rejects_csv(database: Database, org_id: UUID, import_id: UUID) -> AsyncIterator[bytes]:
    """Yield the refused rows of an import as CSV, piece by piece; raises NotFound."""
    async with database.transaction(org_id) as tx:
        columns = names_of(await get_import(tx, org_id, import_id))
        buffer = io.StringIO()
        buffer.write(_MARK)
        writer = RejectsWriter(buffer, columns)
        async with aclosing(stream_rows(tx, org_id, import_id, RowOutcome.REJECTED)) as rows:
            async for row in rows:
                original = row.original or {}
                problems = [Problem(**problem) for problem in row.problems]
                writer.write(row.row_number, [original.get(name, "") for name in columns], problems)
                if buffer.tell() > _PIECE_CHARS:
                    yield _taken(buffer)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
