"""Decides whether nested JSON from outside is of sane size and content; what it means is its feature's business."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from oppspot.leads.fields import kind_of
from oppspot.leads.normalise import Unreadable

Note = Callable[[str, Unreadable], None]

MAX_ENTRIES: Final = 200
_MAX_DEPTH: Final = 6
_MAX_NODES: Final = 1_000
_MAX_TEXT: Final = 20_000
_SIZE_ACCEPTED: Final = f"at most {_MAX_DEPTH} levels and {_MAX_NODES} values"
_MAX_KEY: Final = 100
_SHOWN: Final = 60
_CLAIM_FIELDS: Final = frozenset(
    ("key", "value", "source", "grade", "confidence", "evidence", "observed_at", "expires_at", "author"),
)
# NUL has no place in PostgreSQL's text; other control characters and half surrogate pairs break what reads them.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def check_claims(raw: object, note: Note) -> tuple[Mapping[str, Any], ...]:
    """Return claims that have a key and no unknown field; faults go to `note` with their path."""
    return tuple(claim for number, claim in _objects(raw, "claims", note) if _check_claim(claim, number, note))


def check_events(raw: object, note: Note) -> tuple[Mapping[str, Any], ...]:
    """Return events, which may have any fields; faults go to `note` with their path."""
    return tuple(event for _, event in _objects(raw, "events", note))


def _objects(raw: object, path: str, note: Note) -> list[tuple[int, dict[str, Any]]]:
    """Return the sound objects of a list, each with its place in it."""
    if type(raw) is not list:
        note(path, Unreadable(f"is {kind_of(raw)}", "a list of objects"))
        return []
    if len(raw) > MAX_ENTRIES:
        note(path, Unreadable(f"has {len(raw):,} entries", f"at most {MAX_ENTRIES} entries"))
        return []
    sound = []
    for number, entry in enumerate(raw):
        try:
            if type(entry) is not dict:
                raise Unreadable(f"is {kind_of(entry)}", "an object")  # noqa: TRY301 - noted like the others
            _check_size(entry)
        except Unreadable as error:
            note(f"{path}[{number}]", error)
        else:
            sound.append((number, entry))
    return sound


def _check_claim(claim: dict[str, Any], number: int, note: Note) -> bool:
    is_sound = True
    if not claim.keys() <= _CLAIM_FIELDS:
        is_sound = False
        _note_unknown_fields(claim, number, note)
    key = claim.get("key")
    if type(key) is not str or not 0 < len(key.strip()) <= _MAX_KEY:
        is_sound = False
        fault = f"has {len(key):,} characters" if type(key) is str else f"is {kind_of(key)}"
        note(f"claims[{number}].key", Unreadable(fault, f"the key of the claim, of at most {_MAX_KEY} characters"))
    return is_sound


def _note_unknown_fields(claim: dict[str, Any], number: int, note: Note) -> None:
    for name in claim.keys() - _CLAIM_FIELDS:
        near = get_close_matches(name[:_SHOWN], _CLAIM_FIELDS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        accepted = ", ".join(sorted(_CLAIM_FIELDS))
        note(f"claims[{number}].{name[:_SHOWN]}", Unreadable(f"is not a field of a claim{hint}", accepted))


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
