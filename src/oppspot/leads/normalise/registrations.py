"""Decides when two registration numbers of companies are the same."""

import re
from typing import Final

from oppspot.leads.normalise.texts import fold

_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_UK_DIGITS: Final = 8


def registration_key(number: str, country: str | None) -> str | None:
    """Return a registration number in comparable form with its country, such as `GB|08209948`; None for no number.

    Without a digit above zero it is none: `n/a`, `--` and `0` would make one company of many. It counts within its
    country only: the same eight digits are another company elsewhere. British numbers of digits only get back the
    leading zeros that spreadsheets take away.
    """
    bare = _NOT_ALPHANUMERIC.sub("", fold(number)).upper()
    if not any(char.isdigit() and char != "0" for char in bare):
        return None
    if country == "GB" and bare.isdigit():
        bare = bare.zfill(_UK_DIGITS)
    return f"{country or ''}|{bare}"
