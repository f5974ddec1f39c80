"""Decides what differs between two documents: value by value in words, and line by line as text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, Final, Literal

from oppspot.core import json

Step = str | int
_SHOWN: Final = 80
# What rows call themselves, the plainest first.
_NAMES: Final = ("title", "name", "status")
# Above this the comparison of lines, which is quadratic at worst, could hold a page up.
_MOST_LINES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same; None stands for no value there."""

    path: tuple[Step, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, path: tuple[Step, ...] = ()) -> Iterator[Difference]:
    """Yield the values that differ; objects by field, lists of equal length by place, else the list as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in (*before, *(name for name in after if name not in before)):
            yield from differences(before.get(name), after.get(name), (*path, name))
    elif _are_rows(before) and _are_rows(after) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, (*path, _row_name(old, new) or place))
    elif _filled(before) != _filled(after):
        yield Difference(path, before, after)


def _filled(value: Any) -> Any:
    """Return a value without fields that hold nothing, at any depth: a missing field reads alike."""
    if isinstance(value, Mapping):
        return {name: _filled(item) for name, item in value.items() if item is not None}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _row_name(before: Any, after: Any) -> str | None:
    """Return what two rows at one place are both called, None when they are not."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return None
    names = (before.get(key) for key in _NAMES if before.get(key) == after.get(key))
    return next((name for name in names if isinstance(name, str)), None)


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def in_words(difference: Difference) -> str:
    """Return a sentence such as "engagement, kinds, page view, points: 2 → 3"."""
    return f"{where(difference.path)}: {_change(difference.before, difference.after)}"


def where(path: Sequence[Step]) -> str:
    """Return a place in words; rows without a name are counted from one."""
    return ", ".join(f"row {step + 1}" if isinstance(step, int) else step.replace("_", " ") for step in path)


def _change(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        return _list_change(before, after)
    return f"{_shown(before)} → {_shown(after)}"


def _list_change(before: list[Any], after: list[Any]) -> str:
    gone = [_shown(item) for item in before if item not in after]
    come = [_shown(item) for item in after if item not in before]
    parts = [f"{word} {', '.join(items)}" for word, items in (("added", come), ("removed", gone)) if items]
    return _cut("; ".join(parts) or "another order")


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return _cut(value if isinstance(value, str) else json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison; `gap` stands between two places."""

    mark: Literal["same", "gone", "come", "gap"]
    text: str


_MARKS: Final[Mapping[str, Literal["same", "gone", "come", "gap"]]] = {"-": "gone", "+": "come", "@": "gap"}


def compare_lines(before: str, after: str, around: int = 3) -> tuple[Line, ...] | None:
    """Return the changed lines with a few around each; None when the texts are too long to compare."""
    old, new = before.splitlines(), after.splitlines()
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first = max(start - around, 0)
    old, new = old[first : len(old) - max(end - around, 0)], new[first : len(new) - max(end - around, 0)]
    if max(len(old), len(new)) > _MOST_LINES:
        return None
    lines = list(unified_diff(old, new, lineterm="", n=around))[3:]  # two of file names, one of the first place
    return tuple(Line(_MARKS.get(line[0], "same"), "" if line[0] == "@" else line[1:]) for line in lines)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
