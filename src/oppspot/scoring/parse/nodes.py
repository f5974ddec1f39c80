"""Reads single values of a JSON document; owns what each problem is called, where it is and what is accepted."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_LONGEST_TEXT: Final = 200
_MOST_ITEMS: Final = 500
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where, what, and what would be accepted."""

    path: str
    message: str
    accepted: str


class InvalidScoreModel(ValueError):
    """The score model document cannot be used; `problems` names every reason found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path or 'document'}: {problem.message}" for problem in problems))
        self.problems = problems


_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document with its path.

    Reading a wrong value notes the problem and gives a harmless stand-in; the stand-ins are never used,
    because a document with problems makes no model.
    """

    value: Any
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def note(self, message: str, accepted: str) -> None:
        self.problems.append(Problem(self.path, message, accepted))

    def at(self, step: str | int) -> str:
        if isinstance(step, int):
            return f"{self.path}[{step}]"
        return f"{self.path}.{step}" if self.path else step

    def fields(self, *names: str) -> dict[str, "Node"]:
        """Read an object with exactly these fields."""
        if self.value is _ABSENT:
            return {name: Node(_ABSENT, self.at(name), self.problems) for name in names}
        if not isinstance(self.value, Mapping):
            self._wrong("an object")
            return Node(_ABSENT, self.path, self.problems).fields(*names)
        accepted = f"the fields {', '.join(names)}"
        for name in self.value:
            if name not in names:
                Node(None, self.at(str(name)[:_SHOWN]), self.problems).note("unknown field", accepted)
        for name in names:
            if name not in self.value:
                Node(None, self.at(name), self.problems).note("missing field", accepted)
        return {name: Node(self.value.get(name, _ABSENT), self.at(name), self.problems) for name in names}

    def items(self) -> list["Node"]:
        """Read a list."""
        if not isinstance(self.value, list | tuple):
            self._wrong("a list")
            return []
        if len(self.value) > _MOST_ITEMS:
            self.note(f"{len(self.value)} entries", f"a list of at most {_MOST_ITEMS}")
            return []
        return [Node(value, self.at(index), self.problems) for index, value in enumerate(self.value)]

    def has(self, name: str) -> bool:
        return isinstance(self.value, Mapping) and name in self.value

    def integer(self, lowest: int, highest: int) -> int:
        if isinstance(self.value, int) and not isinstance(self.value, bool) and lowest <= self.value <= highest:
            return self.value
        self._wrong(f"a whole number from {lowest} to {highest}")
        return lowest

    def number(self, lowest: float, highest: float) -> float:
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        # Compared before it is converted: an int can be too large for a float. NaN is in no range.
        if is_number and lowest <= self.value <= highest:
            return float(self.value) + 0.0  # makes -0.0 the 0.0 it equals, so that equal models have equal hashes
        self._wrong(f"a number from {lowest:g} to {highest:g}")
        return lowest

    def text(self, accepted: str, is_accepted: Callable[[str], bool]) -> str:
        """Read a short printable text, without the blanks around it."""
        if isinstance(self.value, str):
            stripped = self.value.strip()
            if 0 < len(stripped) <= _LONGEST_TEXT and stripped.isprintable() and is_accepted(stripped):
                return stripped
        self._wrong(accepted)
        return ""

    def _wrong(self, accepted: str) -> None:
        if self.value is not _ABSENT:
            self.note(f"{_shown(self.value)} is not accepted", accepted)


def _shown(value: object) -> str:
    shown = json.dumps(value, default=repr, ensure_ascii=True)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
