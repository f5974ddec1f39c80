"""What can be wrong with a condition."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from oppspot.core.errors import FieldProblem

Path = tuple[str, ...]

_SHOWN_CHARACTERS = 60
_SHOWN_NUMBERS_BELOW = 10**20  # Python refuses to print whole numbers of thousands of digits


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a document: where (`all/1/value`; empty at the root), what is wrong, what is accepted."""

    path: str
    message: str
    accepted: str

    def inside(self, path: str) -> FieldProblem:
        """Return the fault of a condition that stands at `path` of a body: `rules[0].conditions.all[1].value`."""
        parts = self.path.split("/") if self.path else []
        place = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)
        return FieldProblem(f"{path}{place}", self.message, self.accepted)


class InvalidCondition(ValueError):
    """The document is not a condition; `problems` lists every fault found, in document order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path or 'condition'}: {problem.message}" for problem in problems))

    @classmethod
    def at(cls, path: Path, message: str, accepted: str) -> "InvalidCondition":
        """Return the refusal of one fault."""
        return cls([Problem("/".join(path), message, accepted)])


class FieldsWithoutColumn(LookupError):
    """A condition asks about fields for which no column was given."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(f"No column stands for {', '.join(self.fields)}.")


def shown(value: object) -> str:
    """Return how a message names a value from a document: JSON's words, cut to a readable length."""
    match value:
        case None | bool() | float():
            return json.dumps(value)
        case int():
            return str(value) if abs(value) < _SHOWN_NUMBERS_BELOW else "so large a number"
        case str():
            return f'"{_shortened(value)}"'
        case list() | tuple():
            return "a list"
        case _:
            return "an object"


def _shortened(text: str) -> str:
    start = text[:_SHOWN_CHARACTERS]
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in start)
    return printable if len(start) == len(text) else f"{printable}…"
