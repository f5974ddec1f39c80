"""Kinds of text that people type: one line, a paragraph, an address, a password, an IANA name."""

import unicodedata
from typing import Annotated, Final

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from oppspot.accounts.currencies import ACCEPTED, CURRENCIES
from oppspot.accounts.rep_settings import LONGEST_REASON, is_time_zone
from oppspot.core.text_shapes import STORABLE

PASSWORD_SHORTEST: Final = 12
PASSWORD_LONGEST: Final = 200
_FEWEST_LETTERS: Final = 5
_LINE_BREAKS: Final = frozenset("\n\r\t")


def _no_controls(text: str) -> str:
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("has control characters")
    return text


def _no_controls_but_breaks(text: str) -> str:
    _no_controls("".join(letter for letter in text if letter not in _LINE_BREAKS))
    return text


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise ValueError("is not an e-mail address") from None


def _strong(password: str) -> str:
    if len(set(password)) < _FEWEST_LETTERS:
        raise ValueError(f"repeats the same few letters; use {_FEWEST_LETTERS} different ones or more")
    return password


def _zone(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError("is not a time zone; an IANA name such as Europe/London is")
    return name


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"is not a currency; {ACCEPTED} is")
    return code


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_no_controls),
]
Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2_000), AfterValidator(_no_controls_but_breaks)
]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_address)]
PauseReason = Annotated[str, StringConstraints(max_length=LONGEST_REASON, pattern=STORABLE)]
# What was typed to log in: looked up, not judged.
Typed = Annotated[str, StringConstraints(max_length=300), AfterValidator(_no_controls)]
Password = Annotated[
    str,
    StringConstraints(min_length=PASSWORD_SHORTEST, max_length=PASSWORD_LONGEST),
    AfterValidator(_no_controls),
    AfterValidator(_strong),
]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_no_controls), AfterValidator(_zone)]

Currency = Annotated[str, AfterValidator(_currency)]


class Body(BaseModel):
    """A request: fields that are not in it are refused, not ignored."""

    model_config = ConfigDict(extra="forbid")
