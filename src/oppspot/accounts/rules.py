"""Decides how long sessions and links last, what a key looks like and who may give which role; reads no clock."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role
from oppspot.accounts.types import Purpose

SESSION_IDLE: Final = timedelta(days=14)
SESSION_LONGEST: Final = timedelta(days=30)
# A session's last use is written at most this often: a page view should not cost a write.
SESSION_SEEN_EVERY: Final = timedelta(minutes=5)
KEY_SEEN_EVERY: Final = timedelta(minutes=1)
LINK_LIFE: Final = {Purpose.INVITATION: timedelta(days=7), Purpose.PASSWORD_RESET: timedelta(hours=1)}

KEY_PREFIX_LENGTH: Final = 10
_KEY: Final = re.compile(r"opp_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
SLUG_LENGTH: Final = 60
# Letters that are spelt with others where there are only a to z; all others lose their accents.
_SPELT: Final = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    }
)


def session_ends_at(created_at: datetime, seen_at: datetime) -> datetime:
    """Return when a session ends: 14 days after it was last used, 30 days after log-in at the latest."""
    return min(seen_at + SESSION_IDLE, created_at + SESSION_LONGEST)


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Answer whether something written at most once in `every` should be written again."""
    return last is None or now - last >= every


def key_parts(token: str) -> tuple[str, str] | None:
    """Return the public prefix and the secret of an API key `opp_PREFIX_SECRET`; None when it is not one."""
    found = _KEY.fullmatch(token)
    return (found[1], found[2]) if found else None


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do; raises ValueError for a role that does not exist."""
    return ROLE_PERMISSIONS[Role(role)]


def may_grant(own: frozenset[str], wanted: frozenset[str]) -> bool:
    """Answer whether somebody may give these permissions: nobody gives what they do not hold."""
    return wanted <= own


def slug_of(name: str) -> str:
    """Return a name as it can stand in an address: lower case ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name.lower()).translate(_SPELT))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_SLUG.sub("-", letters).strip("-")[:SLUG_LENGTH].strip("-")


def is_slug(text: str) -> bool:
    """Answer whether a text can stand in an address as it is."""
    return text != "" and slug_of(text) == text
