"""Cuts a document into clauses, each with its place, whose words they are, and the day they are from.

Everything works on a view of the content that is as long, character for character, so that places hold in both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from oppspot.qualification.types import ClaimValue
from oppspot.texts.extracting.sides import Passage, Side, passages_of
from oppspot.texts.types import Context, Proposal

__all__ = ["Clause", "ClauseKind", "Side", "clauses_of", "view_of"]

_VIEW: Final = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2013\u2014\u2212"), "-"),
    ord("\u2026"): ".",
    ord("\t"): " ",
}
# A full stop ends a sentence unless it belongs to a short form, or to an ordinal before a month.
_END: Final = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[\w€$£>•*-])")
_SHORT_FORM: Final = re.compile(
    r"(?:\b(?:mr|ms|mrs|dr|prof|st|ca|vs|no|nr|inc|ltd|corp|mio|mrd|tsd|bzw|ggf|approx|inkl|e\.g|i\.e|z\.b|\w)|"
    r"\b\d{1,2})\.$",
    re.IGNORECASE,
)
_AFTER_ORDINAL: Final = re.compile(
    r"\s*(?:jan|feb|mar|mär|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez|quartal)", re.IGNORECASE
)
_BLOCK: Final = re.compile(r"\n[ >]*\n|\n(?=[ >]*(?:[-*•+] |\d{1,2}[.)] |#))")
_TURNING: Final = re.compile(
    r"(?<=[\w%)\"'.]) *(?:;|,? (?=(?:but|however|although|though|whereas|aber|allerdings|obwohl|mais|cependant)\b)|"
    r",? (?=\d\) )| - )\s*",
    re.IGNORECASE,
)
# Rules take more than twice as long for twice the length: nothing longer is looked at in one piece.
_LONGEST: Final = 400
_WRAPPED: Final = 55  # a line at least so long goes on in the next one


class ClauseKind(StrEnum):
    STATEMENT = "statement"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that says one thing."""

    text: str
    start: int
    sentence: str
    side: Side
    speaker: str | None
    said_on: date
    kind: ClauseKind

    @property
    def is_question(self) -> bool:
        return self.kind is ClauseKind.QUESTION

    def propose(self, key: str, value: ClaimValue, confidence: float = 0.7) -> Proposal:
        """Return a proposal that quotes this clause; the quote is filled in from the content."""
        return Proposal(key, value, "", self.start, self.start + len(self.text), confidence)


def view_of(content: str) -> str:
    """Return content with one spelling of quotes and dashes, marks of quoting blanked; as long as before."""
    view = content.translate(_VIEW)
    return re.sub(r"(?m)^[ ]*(?:>[ ]?)+", lambda mark: " " * len(mark[0]), view)


def clauses_of(content: str, context: Context) -> Iterator[Clause]:
    """Yield all clauses in order."""
    view = view_of(content)
    for passage in passages_of(view, context):
        for start, end in _sentences(view, passage, joins_lines=context.kind != "notes"):
            sentence = view[start:end].replace("\n", " ")
            asked = ClauseKind.QUESTION if sentence.rstrip("\"')] ").endswith("?") else ClauseKind.STATEMENT
            for text, at in _clauses(sentence, start):
                whole = sentence if len(sentence) <= 2 * _LONGEST else text
                yield Clause(text, at, whole, passage.side, passage.speaker, passage.said_on, asked)


def _sentences(view: str, passage: Passage, *, joins_lines: bool) -> Iterator[tuple[int, int]]:
    for start, end in _pieces(view, passage.start, passage.end, _BLOCK):
        for block_start, block_end in _lines(view, start, end, joins_lines=joins_lines):
            yield from _split(view, block_start, block_end)


def _split(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield sentences; a full stop after a short form, or after an ordinal before a month, ends none."""
    at = start
    for found in _END.finditer(view, start, end):
        before = _SHORT_FORM.search(view[max(at, found.start() - 12) : found.start() + 1])
        if before and not (before[0][0].isdigit() and not _AFTER_ORDINAL.match(view, found.end())):
            continue
        yield from _trimmed(view, at, found.start() + 1)
        at = found.end()
    yield from _trimmed(view, at, end)


def _lines(view: str, start: int, end: int, *, joins_lines: bool) -> Iterator[tuple[int, int]]:
    """Yield blocks of lines that belong together: notes say one thing a line, mail programs wrap long ones."""
    began, line_start = start, start
    while (line_end := view.find("\n", line_start, end)) >= 0:
        if not joins_lines or line_end - line_start < _WRAPPED:
            yield began, line_end
            began = line_end + 1
        line_start = line_end + 1
    yield began, end


def _pieces(view: str, start: int, end: int, cut: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for found in cut.finditer(view, start, end):
        yield from _trimmed(view, at, found.start())
        at = found.end()
    yield from _trimmed(view, at, end)


def _trimmed(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    text = view[start:end]
    lead = len(text) - len(text.lstrip(" \n>-*•+#|"))
    start, end = start + lead, start + len(text.rstrip(" \n|"))
    if start < end:
        yield start, end


def _clauses(sentence: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the clauses of a sentence; recordings without full stops are cut where words end."""
    for told, at in _turned(sentence, start):
        yield from _cut(told, at)


def _cut(text: str, start: int) -> Iterator[tuple[str, int]]:
    at = 0
    while at < len(text):
        end = len(text) if len(text) - at <= _LONGEST else text.rfind(" ", at + 1, at + _LONGEST)
        end = end if end > at else at + _LONGEST
        if piece := text[at:end].strip():
            yield piece, start + at + len(text[at:end]) - len(text[at:end].lstrip())
        at = end


def _turned(sentence: str, start: int) -> Iterator[tuple[str, int]]:
    at = 0
    for found in _TURNING.finditer(sentence):
        if text := sentence[at : found.start()].strip():
            yield text, start + at
        at = found.end()
    if text := sentence[at:].strip():
        yield text, start + at + len(sentence[at:]) - len(sentence[at:].lstrip())
