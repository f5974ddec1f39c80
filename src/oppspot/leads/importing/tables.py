"""What every kind of file is read into: named columns and numbered rows, batch by batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final

Cell = str | float | bool | datetime | date | None
"""What a file holds: CSV and XLSX give text, Parquet gives values of its types."""

BATCH_ROWS: Final = 2_000
MAX_FILE_BYTES: Final = 2 * 1024**3
MAX_ROWS: Final = 5_000_000
MAX_COLUMNS: Final = 2_000
MAX_CELL_CHARS: Final = 1_000_000
# A batch ends early when it holds this much text, so that wide rows do not fill the memory.
MAX_BATCH_CHARS: Final = 16_000_000


class UnreadableTable(ValueError):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Consecutive rows.

    `numbers` are the rows' numbers in the file as a spreadsheet shows them (the header is 1); `faults` tells for the
    places in `rows` that do not fit the columns what is wrong with them.
    """

    numbers: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    faults: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Table:
    """An open file: its columns, all different; the rows, as often as wanted; and what was found out about it.

    `row_count` is None when only reading would tell; `notes` are for the person who imports.
    """

    columns: tuple[str, ...]
    row_count: int | None
    notes: tuple[str, ...]
    read_batches: Callable[[int], Iterator[RowBatch]]

    def iter_batches(self, size: int = BATCH_ROWS) -> Iterator[RowBatch]:
        """Read from the first row on; raises UnreadableTable where the file turns out to be broken."""
        return self.read_batches(size)

    def sample(self, count: int = 200) -> list[Sequence[Cell]]:
        """Return the first rows that fit the columns."""
        rows: list[Sequence[Cell]] = []
        for batch in self.read_batches(count):
            rows += (row for place, row in enumerate(batch.rows) if place not in batch.faults)
            if len(rows) >= count:
                break
        return list(islice(rows, count))


def name_columns(header: Sequence[Cell]) -> tuple[str, ...]:
    """Return a different name for every column: the header's, `Column 3` for a blank one, `Name (2)` for a second one.

    Raises UnreadableTable for too many columns.
    """
    if len(header) > MAX_COLUMNS:
        raise UnreadableTable(f"The file has {len(header):,} columns; at most {MAX_COLUMNS:,} are accepted.")
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(header, 1):
        text = str(cell if cell is not None else "")
        # Control characters are seen by nobody, and one of them no database keeps.
        shown = "".join(char if char.isprintable() else " " for char in text)
        wanted = " ".join(shown.split())[:200] or f"Column {place}"
        name, turn = wanted, 1
        while name in taken:
            turn += 1
            name = f"{wanted} ({turn})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def is_blank_row(row: Sequence[Cell]) -> bool:
    """Say whether no cell of the row holds anything."""
    for cell in row:  # noqa: SIM110 - a generator takes three times as long
        if cell is not None and (type(cell) is not str or cell.strip()):
            return False
    return True


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[int, Sequence[Cell]] | None:
    """Return the first of these numbered rows that is about as full as the fullest: reports begin with a title.

    None when all of them are blank.
    """
    fullness = {number: sum(not is_blank_row((cell,)) for cell in row) for number, row in rows}
    fullest = max(fullness.values(), default=0)
    if not fullest:
        return None
    return next((number, row) for number, row in rows if 2 * fullness[number] >= fullest)
