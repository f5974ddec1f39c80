"""Decides how senior a job title is: by whole words, never by letters ("cto" is not in "director")."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Tried in order, since titles contain one another: a vice president is no president, an assistant to the CEO no CEO.
_SENIORITY_BY_WORDS: Final = (
    ("other", "assistante?|assistent(?:in)?|secretary|sekretärin|intern|ex|former|retired"),
    ("manager", "chief of staff|(?:product|process|business|data) owner"),
    ("executive", "ceo|cfo|cto|coo|cio|cmo|cro|cpo|ciso|chro|cso|cdo|chief|managing director|executive director"),
    ("executive", "direct(?:eur|rice) général(?:e)?|director(?:a)? general|amministrat(?:ore|rice) delegat[oa]"),
    ("executive", "consejer[oa] delegad[oa]|geschäftsführer(?:in)?|vorstand|pdg|gérante?"),
    ("director", "vice president|[sea]?vp"),
    ("executive", "president|chair(?:man|woman|person)|(?:co)?founder|owner|proprietor"),
    ("director", "directora?|direct(?:eur|rice)|direktor(?:in)?|dirett(?:ore|rice)|head|(?:bereichs)?leiter(?:in)?"),
    ("manager", "manager(?:in)?|supervisor|team ?leiter(?:in)?|gerente|responsable|lead"),
)
_PATTERNS: Final = tuple((level, re.compile(rf"\b(?:{words})\b")) for level, words in _SENIORITY_BY_WORDS)


@lru_cache(maxsize=10_000)
def seniority_of_title(title: str) -> str | None:
    """Return executive, director, manager or other; None when the title has no words."""
    text = " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title).casefold()))
    if not text:
        return None
    return next((level for level, pattern in _PATTERNS if pattern.search(text)), "other")
