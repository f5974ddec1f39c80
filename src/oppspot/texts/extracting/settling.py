"""Decides what a document says when it says two things: a correction counts, a contradiction left open does not."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from oppspot.core import json
from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.values import ItemsKind, TextKind, TextsKind
from oppspot.texts.types import Proposal

_CORRECTS: Final = re.compile(
    r"\b(?:actually|sorry|correction|corrected|I mean(?:t)?|rather|make that|scratch that|no,? wait|to be precise|"
    r"update[d:]?|now|revised|changed to|"
    r"instead|eigentlich|Korrektur|genauer gesagt|sondern|Entschuldigung|pardon|en fait|plutôt)\b",
    re.IGNORECASE,
)
_REACH: Final = 90  # characters before a value in which it may be called a correction


def settled(text: str, offered: Sequence[Proposal]) -> tuple[list[Proposal], list[str]]:
    """Return what stands, and a sentence for each key on which the document contradicts itself."""
    by_key: dict[str, list[Proposal]] = defaultdict(list)
    for item in offered:
        by_key[item.key].append(item)
    kept: list[Proposal] = []
    open_ones: list[str] = []
    for key, items in by_key.items():
        values = {json.dumps(item.value) for item in items}
        if isinstance(CLAIM_KEYS[key].kind, (ItemsKind, TextsKind, TextKind)) or len(values) == 1:
            kept += items
        elif _is_correction(text, last := items[-1]):
            kept.append(last)
        else:
            open_ones.append(
                f"The text says {len(values)} different things about “{CLAIM_KEYS[key].title}”; none is proposed."
            )
    return kept, open_ones


def _is_correction(text: str, item: Proposal) -> bool:
    return _CORRECTS.search(text[max(0, item.start - _REACH) : item.end]) is not None
