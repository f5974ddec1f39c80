"""Writes the rows that were refused, as they were, with the reason: to be mended and imported again."""

import csv
from collections.abc import Sequence
from typing import Final, TextIO

from oppspot.leads.exporting import as_csv_text
from oppspot.leads.importing.cells import text_of
from oppspot.leads.importing.tables import Cell
from oppspot.leads.types import Problem

ROW_NUMBER: Final = "row_number"
PROBLEM: Final = "problem"


class RejectsWriter:
    """A CSV of refused rows: their number in the file, the problem in words, then the original columns."""

    def __init__(self, file: TextIO, columns: Sequence[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(as_csv_text(name) for name in (ROW_NUMBER, PROBLEM, *columns))
        self.count = 0

    def write(self, row_number: int, row: Sequence[Cell], problems: Sequence[Problem]) -> None:
        """Write one row; formulas are made harmless as in every export."""
        cells = (as_csv_text(text_of(cell)) for cell in row)
        self._writer.writerow((row_number, as_csv_text(describe(problems)), *cells))
        self.count += 1


def describe(problems: Sequence[Problem]) -> str:
    """Return each problem as a sentence: where, what is wrong, what would be accepted."""
    return " ".join(
        f"{problem.path}: {problem.message}{f' (accepted: {problem.accepted})' if problem.accepted else ''}."
        for problem in problems
    )
