"""How large a document may be, and what reading one gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oppspot.texts.types import DocumentKind

MAX_FILE_BYTES: Final = 10 * 1024**2
MAX_CHARS: Final = 200_000  # two hours of talk are about 120,000
MAX_UNPACKED_BYTES: Final = 40 * 1024**2


class UnreadableDocument(Exception):
    """The document cannot be read; the message says why, in words for the person who adds it."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A document as plain text. `dated_at`: when it says it was written; `notes`: what was found out about it."""

    content: str
    kind: DocumentKind
    dated_at: datetime | None = None
    notes: tuple[str, ...] = ()
