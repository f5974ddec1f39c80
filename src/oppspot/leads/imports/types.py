"""The states of an import, what can become of a row, and the sizes work is cut into."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class ImportStatus(StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    REHEARSING = "rehearsing"
    REHEARSED = "rehearsed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class RowOutcome(StrEnum):
    """What became of a row."""

    CREATED = "created"  # a new lead
    UPDATED = "updated"  # the lead was known, and this said something new
    UNCHANGED = "unchanged"  # the lead was known, and nothing here is new
    DUPLICATE = "duplicate"  # an earlier row of the file is about the same lead; its values were added
    REJECTED = "rejected"  # not taken; the problems say why
    UNDONE = "undone"
    KEPT = "kept"  # not undone; the problems say why


TAKEN: Final = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED, RowOutcome.DUPLICATE)
AT_WORK: Final = frozenset({ImportStatus.REHEARSING, ImportStatus.RUNNING, ImportStatus.UNDOING})
BEFORE_RUN: Final = frozenset({ImportStatus.UPLOADED, ImportStatus.REHEARSED})

MAX_UPLOAD_BYTES: Final = 100 * 1024**2
CHUNK_ROWS: Final = 1_000
# A rehearsal holds the organisation's turn, so it covers the beginning of the file, not all of it.
REHEARSED_ROWS: Final = 2_000
UNDO_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the work on an import has come."""

    status: ImportStatus
    processed_rows: int
    total_rows: int | None
    counts: Mapping[str, int]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WorkSince:
    """What has happened to a lead since an import brought it in."""

    status: str
    has_notes: bool = False
    was_worked: bool = False
    was_edited: bool = False
    has_facts: bool = False
    came_again: bool = False
    was_judged: bool = False
    has_texts: bool = False


Changes = Mapping[str, tuple[Any, Any]]
