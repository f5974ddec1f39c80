"""Decides whether nested JSON from outside is of sane size and content; what it means is its feature's business."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from oppspot.leads.fields import kind_of
from oppspot.leads.normalise import Unreadable

Note = Callable[[str, Unreadable], None]

MAX_ENTRIES: Final = 500
_MAX_DEPTH: Final = 6
_MAX_NODES: Final = 1_000
_MAX_TEXT: Final = 20_000
_SIZE_ACCEPTED: Final = f"at most {_MAX_DEPTH} levels and {_MAX_NODES} values"
# NUL has no place in PostgreSQL's text; other control characters and half surrogate pairs break what reads them.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def check_objects(raw: object, path: str, note: Note) -> tuple[Mapping[str, Any], ...]:
    """Return the sound objects of a list; faults go to `note` with their path."""
    if type(raw) is not list:
        note(path, Unreadable(f"is {kind_of(raw)}", "a list of objects"))
        return ()
    if len(raw) > MAX_ENTRIES:
        note(path, Unreadable(f"has {len(raw):,} entries", f"at most {MAX_ENTRIES} entries"))
        return ()
    sound = []
    for number, entry in enumerate(raw):
        try:
            if type(entry) is not dict:
                raise Unreadable(f"is {kind_of(entry)}", "an object")  # noqa: TRY301 - noted like the others
            _check_size(entry)
        except Unreadable as error:
            note(f"{path}[{number}]", error)
        else:
            sound.append(entry)
    return tuple(sound)


def without_control(text: str) -> str:
    """Return a text that can be stored and sent: what has no place in one becomes the replacement character."""
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)


def _check_size(entry: dict[str, Any]) -> None:
    """Walk a nested value without recursion, so that its depth cannot exhaust the stack."""
    waiting: list[dict[str, Any] | list[Any]] = [entry]
    level = seen = 0
    while waiting:
        level += 1
        within: list[dict[str, Any] | list[Any]] = []
        for node in waiting:
            seen += len(node)
            if seen > _MAX_NODES or level > _MAX_DEPTH:
                raise Unreadable("is nested too deeply or too large", _SIZE_ACCEPTED)
            within += _check_node(node)
        waiting = within


def _check_node(node: dict[str, Any] | list[Any]) -> list[dict[str, Any] | list[Any]]:
    """Check the texts of one level; return what lies within it."""
    within = []
    children: Iterable[Any] = node
    if type(node) is dict:
        _check_text("".join(node))
        children = node.values()
    for child in children:
        kind = type(child)
        if kind is str:
            _check_text(child)
        elif kind is dict or kind is list:
            within.append(child)
    return within


def _check_text(text: str) -> None:
    if len(text) > _MAX_TEXT:
        raise Unreadable(f"has a text of {len(text):,} characters", f"texts of at most {_MAX_TEXT:,} characters")
    if not text.isprintable() and _FORBIDDEN.search(text):
        raise Unreadable("has a control character", "text without control characters")
