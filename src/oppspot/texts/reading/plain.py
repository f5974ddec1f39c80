"""Decodes bytes, and cleans text of what cannot be seen."""

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

from oppspot.texts.reading.limits import MAX_CHARS, UnreadableDocument

# Control characters but line ends and tabs, lone surrogates, and all that is there without being seen: zero-width
# characters, marks that turn the direction of text, soft hyphens, tags. Quotes are shown to people, who must see what
# they accept.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]",
)
_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def decode(content: bytes) -> str:
    """Return bytes as text: UTF-8, UTF-16, else Windows-1252, as imports do; raises UnreadableDocument for others."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    if content.startswith(BOM_UTF8):
        return _decoded(content, "utf-8-sig")
    even, odd = content[::2].count(0), content[1::2].count(0)
    if max(even, odd) > len(content) // 4 and min(even, odd) <= len(content) // 40:
        return _decoded(content, "utf-16-le" if odd > even else "utf-16-be")
    if even + odd:
        raise UnreadableDocument("The file is not text.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument("The file is not the text its first bytes say it is.") from error


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text as it is kept and what was taken out; raises UnreadableDocument when nothing or too much is left."""
    lines = _LINE_ENDS.sub("\n", text)
    seen, invisible = _INVISIBLE.subn("", lines)
    kept = unicodedata.normalize("NFC", _SPACES.sub(" ", seen))
    kept = re.sub(r"\n{4,}", "\n\n\n", re.sub(r"[ \t]+\n", "\n", kept)).strip("\n \t")
    if not kept:
        raise UnreadableDocument("There is no text in it.")
    if len(kept) > MAX_CHARS:
        raise UnreadableDocument(
            f"It has {len(kept):,} characters; at most {MAX_CHARS:,} are accepted. Add it in parts."
        )
    return kept, (f"{invisible:,} invisible characters were taken out.",) if invisible else ()
