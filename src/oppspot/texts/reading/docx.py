"""Reads the paragraphs and tables of a Word document, unpacked within limits, its XML without entities."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 — it is an exception

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from oppspot.texts.reading.limits import MAX_UNPACKED_BYTES, UnreadableDocument

_MAX_ENTRIES: Final = 5_000
_BODY: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_BROKEN: Final = "The file is broken or protected: it cannot be read as a Word document."
_NONE: Final = "The file is an archive but no Word document (.docx)."


def read_docx(content: bytes) -> str:
    """Return the text of a Word document, a line a paragraph, bars between the cells of a row.

    Deleted text, comments, headers and footers are not read. Raises UnreadableDocument.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            root = fromstring(_unpacked(archive, _body_of(archive)), forbid_dtd=True)
    except (BadZipFile, ZlibError, NotImplementedError, RuntimeError, OSError, EOFError, ParseError) as error:
        raise UnreadableDocument(_BROKEN) from error
    except DefusedXmlException as error:
        raise UnreadableDocument("The document declares entities, which no Word document does.") from error
    return "\n".join(_lines(next((child for child in root if _name(child) == "body"), root)))


def _body_of(archive: ZipFile) -> ZipInfo:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise UnreadableDocument(f"The document has {len(entries):,} parts; this is no ordinary document.")
    found = [entry for entry in entries if entry.filename == _BODY]
    if len(found) != 1:
        raise UnreadableDocument(_NONE)
    return found[0]


def _unpacked(archive: ZipFile, entry: ZipInfo) -> bytes:
    """Return the part's bytes. Its declared size may be a lie, so no more than the limit is ever unpacked."""
    with archive.open(entry) as part:
        content = part.read(MAX_UNPACKED_BYTES + 1)
    if len(content) > MAX_UNPACKED_BYTES:
        raise UnreadableDocument(f"The document unpacks to over {MAX_UNPACKED_BYTES:,} bytes of text.")
    return content


def _name(element: Any) -> str:
    return str(element.tag).removeprefix(_W).removeprefix(_STRICT)


def _lines(parent: Any) -> Iterator[str]:
    for child in parent:
        match _name(child):
            case "p":
                yield _text(child)
            case "tbl":
                yield from _rows(child)
            case "sdt" | "sdtContent" | "customXml" | "ins":
                yield from _lines(child)
            case _:
                continue


def _rows(table: Any) -> Iterator[str]:
    for row in table:
        if _name(row) == "tr":
            cells = [" ".join(_lines(cell)).strip() for cell in row if _name(cell) == "tc"]
            yield " | ".join(cells)


def _text(paragraph: Any) -> str:
    parts: list[str] = []
    waiting = [paragraph]
    while waiting:  # not recursive: nesting is the writer's to choose
        element = waiting.pop()
        match _name(element):
            case "t":
                parts.append(element.text or "")
            case "tab":
                parts.append("\t")
            case "br" | "cr":
                parts.append("\n")
            case "del" | "pPr" | "rPr" | "instrText":
                continue
            case _:
                waiting.extend(reversed(list(element)))
    return "".join(parts)
