"""Decides which of an extractor's proposals can be kept: known key, valid value, a quote that stands in the text."""

from collections.abc import Iterable
from typing import Final

from oppspot.core import json
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.texts.types import Proposal, Proposals

MAX_PROPOSALS: Final = 200
MAX_QUOTE: Final = 2_000


def checked(text: str, offered: Iterable[Proposal]) -> Proposals:
    """Return what can be kept, in the order of the text, each statement once; the rest is said as sentences."""
    kept: dict[tuple[str, str], Proposal] = {}
    dropped: list[str] = []
    for item in offered:
        found = _checked(text, item)
        if isinstance(found, str):
            dropped.append(found)
        else:
            said = (found.key, json.dumps(found.value))
            kept[said] = max(kept.get(said, found), found, key=lambda each: each.confidence)
    items = sorted(kept.values(), key=lambda item: (item.start, item.key))
    if len(items) > MAX_PROPOSALS:
        dropped.append(f"{len(items) - MAX_PROPOSALS} proposals were more than the {MAX_PROPOSALS} that are kept.")
    return Proposals(tuple(items[:MAX_PROPOSALS]), tuple(dropped))


def _checked(text: str, item: Proposal) -> Proposal | str:
    name = item.key[:60]
    if item.key not in CLAIM_KEYS:
        return f"“{name}” is nothing that can be claimed."
    if not item.quote.strip() or len(item.quote) > MAX_QUOTE or text[item.start : item.end] != item.quote:
        return f"A quote for “{name}” does not stand in the text."
    value = validate_claim(item.key, item.value)
    if value is None or isinstance(value, FieldProblem):
        return f"A value for “{name}” is not accepted."
    return Proposal(item.key, value, item.quote, item.start, item.end, min(1.0, max(0.0, item.confidence)))
