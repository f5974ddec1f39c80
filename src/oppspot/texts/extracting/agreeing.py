"""Decides that what our side sums up counts as theirs: “So your budget is 80k?” and they say “exactly”."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from oppspot.texts.extracting.clauses import Clause, ClauseKind, Side

_AGREES: Final = re.compile(
    r"(?:yes|yep|yeah|yup|correct|exactly|right|that'?s (?:right|correct|it)|agreed|absolutely|precisely|true|indeed|"
    r"spot on|you got it|sounds right|"
    r"ja\b|genau|richtig|stimmt|korrekt|oui|exact(?:ement)?|c'est (?:ça|exact)|tout à fait)(?!,? but\b|,? (?:aber|"
    r"mais)\b)",
    re.IGNORECASE,
)
_SUMS_UP: Final = re.compile(
    r"\b(?:so|to (?:sum up|summarise|summarize|recap|confirm)|in summary|just to confirm|if I (?:understood|"
    r"understand|heard)|then|also|zusammengefasst|donc|pour résumer|your|you|Ihre?|votre)\b",
    re.IGNORECASE,
)
_SECOND_PERSON: Final = (
    (re.compile(r"\byour\b", re.IGNORECASE), " our"),
    (re.compile(r"\byou\b", re.IGNORECASE), "we "),
    (re.compile(r"\bIhre?\b"), "uns"),
    (re.compile(r"\bvotre\b", re.IGNORECASE), "notre"),
)


def with_agreements(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """Yield all clauses; those of ours that the next speaker of theirs confirms speak for them."""
    for place, clause in enumerate(clauses):
        if clause.side is Side.OURS and _SUMS_UP.search(clause.sentence) and _is_confirmed(clauses, place):
            yield replace(
                clause,
                text=_as_theirs(clause.text),
                sentence=_as_theirs(clause.sentence).rstrip("?"),
                side=Side.THEIRS,
                kind=ClauseKind.STATEMENT,
            )
        else:
            yield clause


def _is_confirmed(clauses: Sequence[Clause], place: int) -> bool:
    answer = next((clause for clause in clauses[place:] if clause.side is not Side.OURS), None)
    return answer is not None and _AGREES.match(answer.text) is not None


def _as_theirs(text: str) -> str:
    """Return the words as they would say them, as long as before so that places hold."""
    for person, own in _SECOND_PERSON:
        text = person.sub(own, text)
    return text
