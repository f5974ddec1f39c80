"""Proposes who wrote an e-mail, from the lines below its closing: a name, then a title."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.qualification.titles import seniority_of_title
from oppspot.texts.extracting.clauses import view_of
from oppspot.texts.extracting.sides import Side, passages_of
from oppspot.texts.types import Context, DocumentKind, Proposal

_CLOSING: Final = re.compile(
    r"^[ ]*(?:(?:best|kind|warm)(?:est)?(?: regards| wishes)?|regards|cheers|thanks(?: a lot)?|many thanks|sincerely|"
    r"yours(?: sincerely)?|"
    r"mit (?:freundlichen|besten) Grüßen|(?:viele|beste|liebe|freundliche) Grüße|cordialement|bien à vous|MfG|"
    r"VG),?[ ]*\n\s*"
    r"(?P<name>[^\n\d@:|,]{3,50}?)[ ]*(?:\n|,[ ]*)[ ]*(?P<title>[^\n@|,]{2,70})",
    re.MULTILINE | re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"\b(?:C[EFTOIM]O|CISO|chief|head|director|manager|vp|vice president|lead|officer|founder|owner|partner|engineer|"
    r"analyst|buyer|"
    r"geschäftsführer(?:in)?|leiter(?:in)?|\w+leiter(?:in)?|direct(?:eur|rice)|responsable|prokurist(?:in)?)\b",
    re.IGNORECASE,
)


def find_signatures(content: str, context: Context) -> Iterator[Proposal]:
    """Yield the senders of the other side, whose signature gives their title."""
    if context.kind is not DocumentKind.EMAIL:
        return
    view = view_of(content)
    for passage in passages_of(view, context):
        for found in _CLOSING.finditer(view, passage.start, passage.end) if passage.side is Side.THEIRS else ():
            title = found["title"].strip()
            # The company may stand in the same line: “Head of Sales - Nordwind”.
            title = re.split(r" (?:-|at|@|bei|chez) ", title)[0].strip()
            if not _TITLE.search(title) or len(found["name"].split()) > 4:  # noqa: PLR2004 — words of a name
                continue
            person = {"name": found["name"].strip(), "title": title}
            if seniority := seniority_of_title(title):
                person["seniority"] = seniority
            yield Proposal("authority.stakeholder_map", [person], "", found.start("name"), found.end("title"), 0.75)
