"""Takes a job title apart: its roles, whom they serve, and whether they are over."""

import re
import unicodedata
from typing import Final, NamedTuple

from oppspot.qualification.titles.ranks import rank_of


class Parts(NamedTuple):
    """A title in folded words; `serves` is whom its holder works for ("the CEO"), if that is what the title says."""

    roles: tuple[str, ...]
    serves: str | None
    is_former: bool


_NO_TITLE: Final = re.compile(
    r"^(?:n/?a|none|null|unknown|unbekannt|tbd|tbc|test|title|position|mr|mrs|ms|dr|herr|frau|x+)$"
)
_POSSESSIVE: Final = re.compile(r"\b\w+['\u2019]s (?=office\b)")
_DOTS: Final = re.compile(r"(?<=\w)\.(?!\w)|(?<=\b\w)\.(?=\w\b)")
_BREAKS: Final = re.compile(r"\s*[/|,;·•()\[\]]+\s*|\s+[-\u2013\u2014]+\s+")
AND: Final = re.compile(r"\s*[&+]\s*|\s+(?:and|und|et|y|och|og|en|e)\s+")
_FORMER: Final = re.compile(
    r"^(?:ex|former(?:ly)?|ehem\w*|ancien(?:ne)?|antigu[oa]|retired|pensionär|pensioniert\w*|retraitée?|jubilad[oa]"
    r"|reformado|gepensioneerd|oud|voormalig\w*|tidigare|tidligere|i ?r)\b[ -]*"
)
_OVER: Final = re.compile(r"\b(?:retired|a ?d|im ruhestand|à la retraite|in pensione|emeritus)$")
# An assistant, adviser or secretary is none of those they work for.
_SERVING: Final = re.compile(
    r"\b(?:assist\w*|pa|ea|secret\w*|sekret\w*|segret\w*|advis[eo]r|consejer[oa]|berater(?:in)?|coordinator|referent(?:in)?)"
    r"(?: \w+)? (?:to|of|für|der|des|von|de la|du|de|della|del|di|da|do|van|til|till|à la)\b"
    r"(?: (?:the|a|an|la|le|el|il))? (?P<whom>.+)$"
)
_OFFICE: Final = re.compile(r"\b(?:office|büro) (?:of|des|der)(?: the)? (?P<whom>.+)$")


def split_title(title: str) -> Parts:
    """Return the parts of a title; without roles when nothing in it is a word."""
    text = _folded(title)
    if not re.search(r"[^\W\d_]{2}", text) or _NO_TITLE.match(text):
        return Parts((), None, is_former=False)
    former = _FORMER.match(text) or _OVER.search(text)
    text = _OVER.sub("", _FORMER.sub("", text)).strip()
    serving = _SERVING.search(text) or _OFFICE.search(text)
    serves = serving["whom"] if serving else None
    if serving:
        text = text[: serving.start("whom")]
    pieces = [piece.strip(" -'") for piece in _BREAKS.split(text)]
    roles = tuple(role for piece in pieces if piece for role in _joined_roles(piece.replace("-", " ")))
    return Parts(roles, serves and serves.replace("-", " "), is_former=former is not None)


def _joined_roles(piece: str) -> list[str]:
    """Return the roles that "and" joins; "Sales and Marketing Director" is one, "CTO and Founder" are two."""
    sides = AND.split(piece)
    return sides if len(sides) > 1 and all(rank_of(side) not in ("none", "other") for side in sides) else [piece]


def _folded(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).casefold().strip()
    text = _POSSESSIVE.sub("", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    text = _DOTS.sub("", text)
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s/|,;·•()\[\]&+'\u2013\u2014-]", " ", text)).strip()
