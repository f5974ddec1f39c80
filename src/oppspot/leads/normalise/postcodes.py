"""Decides the one form of a postal code."""

import re
from typing import Final

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.texts import clean_line

MAX_POSTCODE: Final = 20
# D-10115, A-1010, NL-1012 AB: the country is told elsewhere.
_COUNTRY: Final = re.compile(r"[A-Z]{1,3}-(?=\d)")


def normalise_postcode(text: str) -> str:
    """Return a postal code in capitals, with single spaces and without a country in front.

    Raises Unreadable for what has no digit: no country's codes are words.
    """
    code = (clean_line(text, MAX_POSTCODE) or "").upper()
    if not any(char.isdigit() for char in code):
        raise Unreadable("has no digit", "a postal code such as 10115 or SW1A 1AA")
    return _COUNTRY.sub("", code, count=1) if _COUNTRY.match(code) else code
