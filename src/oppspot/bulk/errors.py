"""What can be wrong with a table of leads; each fault names the column and what is accepted."""

from oppspot.core.errors import FieldProblem, Invalid


class InvalidTable(Invalid):
    """The table cannot be scored. `row` counts from 1, when one row is to blame."""

    title, slug = "Table not valid", "invalid-table"
    row: int | None = None


def refusal(*problems: FieldProblem, row: int | None = None) -> InvalidTable:
    """Return the faults as one error that can be read aloud."""
    place = "" if row is None else f"row {row:,}, "
    error = InvalidTable("; ".join(place + _sentence(problem) for problem in problems), errors=problems)
    error.row = row
    return error


def moved(fault: InvalidTable, rows: int) -> InvalidTable:
    """Return the fault of a row that comes after so many others."""
    return refusal(*fault.errors, row=(fault.row or 1) + rows)


def _sentence(problem: FieldProblem) -> str:
    said = f"column {problem.path}: {problem.message}" if problem.path else problem.message
    return f"{said} (accepted: {problem.accepted})" if problem.accepted else said
