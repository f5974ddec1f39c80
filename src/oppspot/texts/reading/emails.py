"""Reads an e-mail file: who, to whom, when, about what, and the words; attachments are named, not read."""

import re
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import Final

from oppspot.texts.mail_dates import read_mail_date
from oppspot.texts.reading.limits import UnreadableDocument

_SHOWN: Final = ("From", "To", "Cc", "Date", "Subject")
_MAX_PARTS: Final = 200
_BLOCKS: Final = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table"})
_UNREAD: Final = frozenset({"script", "style", "head", "title", "template"})


def read_email(content: bytes) -> tuple[str, datetime | None, tuple[str, ...]]:
    """Return an e-mail as text with its headers above, when it was sent, and notes; raises UnreadableDocument."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        assert isinstance(message, EmailMessage)  # noqa: S101 — what this policy makes
        return _read(message)
    except (LookupError, ValueError, TypeError, OverflowError, AttributeError, RecursionError) as error:
        # The parser takes anything, but broken encodings and headers surface when they are asked for.
        raise UnreadableDocument("The e-mail is broken: it cannot be read.") from error


def _read(message: EmailMessage) -> tuple[str, datetime | None, tuple[str, ...]]:
    headers = {name: _one_line(str(message[name])) for name in _SHOWN if message[name]}
    if not headers:
        raise UnreadableDocument("The file is no e-mail: it has none of the headers From, To, Date and Subject.")
    if sum(1 for _ in message.walk()) > _MAX_PARTS:
        raise UnreadableDocument(f"The e-mail has more than {_MAX_PARTS} parts.")
    attached = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    notes = (f"Attachments were not read: {', '.join(map(_one_line, attached[:5]))}.",) if attached else ()
    head = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return f"{head}\n\n{_body(message)}", read_mail_date(headers.get("Date", "")), notes


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    text = str(part.get_content())
    return text_of_html(text) if part.get_content_type() == "text/html" else text


class _Text(HTMLParser):
    """Collects what a reader of the page would see as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "blockquote" and not attrs:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def text_of_html(html: str) -> str:
    """Return the visible text of a page, blocks on lines of their own."""
    collector = _Text()
    collector.feed(html)
    collector.close()
    lines = (line.strip() for line in "".join(collector.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
