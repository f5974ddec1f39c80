"""Writes the e-mails: one layout, as text and as escaped HTML, for invitations, resets and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from oppspot.accounts.mail.port import Email
from oppspot.accounts.types import Purpose

_LONGEST_SUBJECT: Final = 150
_MOST_ITEMS: Final = 30
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a letter tells, with the address that shows it, if any."""

    title: str
    body: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says."""

    subject: str
    opening: str
    items: Sequence[Item]
    closing: str


def write(to: str, letter: Letter) -> Email:
    """Return the message a letter makes."""
    text, html = (
        _ENVIRONMENT.get_template(name).render(letter=letter, subject=letter.subject)
        for name in ("letter.txt", "letter.html")
    )
    # One line: a line break in a header would start another header.
    return Email(to, " ".join(letter.subject.split())[:_LONGEST_SUBJECT], text, html)


def link_letter(purpose: Purpose, organisation: str, name: str, url: str) -> Letter:
    """Return the letter that carries a one-time link."""
    if purpose is Purpose.INVITATION:
        return Letter(
            subject=f"{organisation} invites you to oppSpot",
            opening=f"Hello {name}, you have been invited to work on the leads of {organisation}.",
            items=[Item("Choose a password and start", "The link works once, for seven days.", url)],
            closing="If you did not expect this, you can ignore it; no account is used until you choose a password.",
        )
    return Letter(
        subject="Choose a new oppSpot password",
        opening=f"Hello {name}, somebody, most likely you, asked for a new password.",
        items=[Item("Choose a new password", "The link works once, for one hour.", url)],
        closing="If it was not you, ignore this e-mail: your password stays as it is.",
    )


def notices_letter(name: str, items: Sequence[Item], settings_url: str) -> Letter:
    """Return one letter for everything that waits for a person."""
    subject = items[0].title if len(items) == 1 else f"{items[0].title} and {len(items) - 1} more"
    if len(items) > _MOST_ITEMS:
        items = [*items[:_MOST_ITEMS], Item(f"And {len(items) - _MOST_ITEMS} more in oppSpot")]
    closing = f"You get these e-mails because your account asks for them. Turn them off at {settings_url}"
    return Letter(subject, f"Hello {name},", items, closing)
