"""Decides whether a text is an e-mail address, and the one form it is stored and compared in."""

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

from oppspot.leads.normalise.errors import Unreadable

MAX_EMAIL: Final = 254
_ACCEPTED: Final = "an address such as jane@example.com"

# The plain addresses that nearly all are. Far quicker than the full validator, which decides about the rest:
# whatever matches here it accepts unchanged (a property test holds the two together). Within this length no part can
# be too long; punycode, with its two hyphens, never matches.
_PLAIN_LENGTH: Final = 64
_PLAIN: Final = re.compile(
    r"[a-z0-9_+'%&-]+(?:\.[a-z0-9_+'%&-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}",
)
_SPECIAL_USE: Final = (".local", ".localhost", ".invalid", ".onion", ".arpa")
_WRAPPED: Final = re.compile(r"[^<>]*<([^<>\s]+)>")


def normalise_email(text: str) -> str:
    """Return the address in lower case with a Unicode domain; raises Unreadable when it is none.

    `Jane <jane@x.com>` and `mailto:jane@x.com` are read. What follows a plus stays: it is part of the address.
    No look-up is made.
    """
    address = text.strip().lower()
    if len(address) <= _PLAIN_LENGTH and _PLAIN.fullmatch(address) and not address.endswith(_SPECIAL_USE):
        return address
    return _normalise_unusual(address)


def _normalise_unusual(address: str) -> str:
    if len(address) > MAX_EMAIL + 256:
        raise Unreadable(f"has {len(address):,} characters", f"at most {MAX_EMAIL} characters")
    if wrapped := _WRAPPED.fullmatch(address):
        address = wrapped.group(1)
    address = address.removeprefix("mailto:")
    try:
        # `test_environment` lets .test domains in, which generated data may use; deliverability is not our question.
        found = validate_email(
            address, strict=True, check_deliverability=False, test_environment=True, globally_deliverable=False
        )
    except EmailNotValidError as error:
        raise Unreadable("is not an e-mail address", _ACCEPTED) from error
    top_level = found.domain.rpartition(".")[2]
    if "." not in found.domain or top_level.isdigit():
        raise Unreadable("has no complete domain", _ACCEPTED)
    return found.normalized.lower()
