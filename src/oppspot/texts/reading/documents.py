"""Decides how a document is read: by its ending, and pasted text by what it looks like."""

import re
from datetime import datetime
from pathlib import PurePath
from typing import Final

from oppspot.texts.mail_dates import read_mail_date
from oppspot.texts.reading.captions import read_captions
from oppspot.texts.reading.docx import read_docx
from oppspot.texts.reading.emails import read_email
from oppspot.texts.reading.limits import MAX_FILE_BYTES, ReadText, UnreadableDocument
from oppspot.texts.reading.plain import clean, decode
from oppspot.texts.types import DocumentKind

ACCEPTED_ENDINGS: Final = (".txt", ".md", ".eml", ".vtt", ".srt", ".docx")
_HEADERS: Final = re.compile(r"\A(?:(?:From|To|Cc|Date|Sent|Subject|Von|An|Gesendet|Betreff|De|À|Objet): .*\n){2,}")
_DATE: Final = re.compile(r"^(?:Date|Sent|Gesendet): (.+)$", re.MULTILINE)
_TURN: Final = re.compile(
    r"^(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s+)?([^\W\d_][^:\n]{0,40}?)(?: \([^)\n]{1,40}\))?: \S", re.MULTILINE
)
_CAPTIONS: Final = re.compile(r"\d{2}:\d{2}[.,]\d{3}\s+-->\s+")
_FEWEST_TURNS: Final = 3


def read_document(name: str, content: bytes) -> ReadText:
    """Read an uploaded file by the ending of its name; raises UnreadableDocument with a sentence for people."""
    if not content:
        raise UnreadableDocument("The file is empty.")
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableDocument(f"The file has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are accepted.")
    match PurePath(name.lower()).suffix:
        case ".eml":
            text, sent_at, notes = read_email(content)
            return _kept(text, DocumentKind.EMAIL, sent_at, notes)
        case ".vtt" | ".srt":
            return _kept(read_captions(decode(content)), DocumentKind.TRANSCRIPT)
        case ".docx":
            text = read_docx(content)
            return _kept(text, kind_of(text))
        case ".txt" | ".md":
            return read_pasted(decode(content))
        case other:
            raise UnreadableDocument(
                f"Files ending in {other or 'nothing'} are not read. Accepted: {', '.join(ACCEPTED_ENDINGS)}."
            )


def read_pasted(text: str, kind: DocumentKind | None = None) -> ReadText:
    """Read pasted text; what it is is found out unless told. Raises UnreadableDocument."""
    if kind is None and _CAPTIONS.search(text[:2_000]):
        return _kept(read_captions(text), DocumentKind.TRANSCRIPT)
    found = kind or kind_of(text)
    return _kept(text, found, _dated_at(text) if found is DocumentKind.EMAIL else None)


def kind_of(text: str) -> DocumentKind:
    """Decide whether a text is an e-mail (it begins with headers), a transcript (people take turns), or notes."""
    if _HEADERS.match(text.lstrip().replace("\r\n", "\n")):
        return DocumentKind.EMAIL
    lines = [line for line in text.splitlines() if line.strip()]
    speakers = [turn[1].strip() for turn in _TURN.finditer(text)]
    repeated = [name for name in set(speakers) if speakers.count(name) > 1]
    takes_turns = len(speakers) >= _FEWEST_TURNS and repeated and 2 * len(speakers) >= len(lines)
    return DocumentKind.TRANSCRIPT if takes_turns else DocumentKind.NOTES


def _dated_at(text: str) -> datetime | None:
    found = _DATE.search(text[:2_000])
    return read_mail_date(found[1]) if found else None


def _kept(text: str, kind: DocumentKind, dated_at: datetime | None = None, notes: tuple[str, ...] = ()) -> ReadText:
    content, taken_out = clean(text)
    return ReadText(content, kind, dated_at, (*notes, *taken_out))
