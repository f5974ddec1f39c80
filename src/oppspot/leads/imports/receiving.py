"""Receives an uploaded file of any accepted size without holding it in memory."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.datastructures import UploadFile

from oppspot.leads.imports.types import MAX_UPLOAD_BYTES

# What a form adds around the file.
_AROUND: Final = 1024**2
BODY_LIMITS: Final[Mapping[str, int]] = {
    "/imports/new": MAX_UPLOAD_BYTES + _AROUND,
    "/api/imports": MAX_UPLOAD_BYTES + _AROUND,
}


@asynccontextmanager
async def received_file(upload: UploadFile) -> AsyncIterator[Path]:
    """Yield an upload as a temporary file."""
    with tempfile.TemporaryDirectory(prefix="oppspot-upload-") as folder:
        path = Path(folder) / "file"
        await to_thread.run_sync(_copy, upload, path)
        yield path


def _copy(upload: UploadFile, path: Path) -> None:
    upload.file.seek(0)
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file)
