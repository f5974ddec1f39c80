"""Turns pasted text and uploaded files into the plain text that quotes and offsets refer to."""

from oppspot.texts.reading.documents import ACCEPTED_ENDINGS, read_document, read_pasted
from oppspot.texts.reading.limits import MAX_CHARS, MAX_FILE_BYTES, ReadText, UnreadableDocument

__all__ = [
    "ACCEPTED_ENDINGS",
    "MAX_CHARS",
    "MAX_FILE_BYTES",
    "ReadText",
    "UnreadableDocument",
    "read_document",
    "read_pasted",
]
