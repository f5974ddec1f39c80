"""Decides which words mean yes and which mean no."""

from typing import Final

from oppspot.leads.normalise.errors import Unreadable
from oppspot.leads.normalise.listings import words

_YES: Final = words("yes")
_NO: Final = words("no")


def parse_flag(text: str) -> bool:
    """Return True or False for yes and no in common languages; raises Unreadable for other words."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("is neither yes nor no", "yes or no, true or false, 1 or 0")
