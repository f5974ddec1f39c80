"""Proposes whom else they look at, and what they use today."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_denied, is_imagined, is_past, is_theirs
from oppspot.texts.types import Context, Proposal

_VENDOR: Final = (
    r"[A-Z][A-Za-z0-9&.+-]*[A-Za-z0-9+]"
    r"(?: (?!(?:And|Or|But|The|For|In|As|Next|This|We|They|Both)\b)[A-Z][\w&.+-]*[\w+])?"
)
_LIST: Final = rf"(?P<names>{_VENDOR}(?:(?:, (?:and )?| and | & | or | as well as | und | oder | et | ou ){_VENDOR})*)"
_LOOKS: Final = re.compile(
    r"(?:\b(?:[Ll]ooking at|[Tt]alking to|[Tt]alking with|[Ee]valuating|[Cc]omparing (?:you (?:with|to|against) )?|"
    r"[Cc]onsidering|[Tt]esting|[Tt]rialling|[Ii]n talks with|[Ss]peaking (?:to|with)|[Mm]eeting with|"
    r"[Gg]ot (?:a )?(?:quotes?|offers?|proposals?|demos?) from|[Hh]ave (?:a )?(?:quotes?|offers?|proposals?) from|"
    r"[Aa]lternatives? (?:is|are|to you is)|[Uu]p against|[Cc]ompetitors?(?: (?:is|are|in the deal))?:?|"
    r"[Oo]ther vendors? (?:is|are|we see are)|"
    r"[Ss]hortlist(?:ed)?(?: (?:is|has|includes|with))?:?|[Vv]ersus|[Vv]s\.?|[Dd]emo (?:of|from|with)|"
    r"[Pp]resentations? (?:from|by)|(?:[Hh]ad|[Ss]een|[Gg]ot|[Bb]ooked) (?:a )?(?:demos?|presentations?|pitch(?:es)?|"
    r"calls?) (?:from|of|with|by)|[Ii]n the running(?: are| is)?:?|[Pp]itched by|[Vv]ergleichen (?:Sie |euch |"
    r"uns )?(?:auch )?mit|[Ss]chauen uns (?:auch )?|[Cc]omparons avec|[Rr]egardons (?:aussi )?)"
    rf"\s*(?:both |also |you and |you, |either |auch |aussi )?){_LIST}"
)
_USES: Final = re.compile(
    r"\b(?:[Ww]e|[Tt]hey|[Ww]ir|[Nn]ous)(?:'re| are)? (?:currently |still |already |mostly |today )*(?:us(?:e|es|"
    r"ing)|run(?:ning)? on|work(?:ing)? with|rely on|relying on|nutzen|verwenden|utilisons) "
    rf"(?:currently )?(?P<tool>(?:an? |our own |our )?(?:[a-z]+ ){{0,3}}(?:{_VENDOR}|[Ee]xcel|"
    rf"spreadsheets?)[^.;]{{0,60}})"
)
_NO_VENDORS: Final = frozenset((Path(__file__).parent / "no_vendors.txt").read_text(encoding="utf-8").split())


def find_competitors(clause: Clause, context: Context) -> Iterator[Proposal]:
    """Yield the vendors a clause compares us with, and the tool in use."""
    if not is_theirs(clause) or clause.is_question or is_imagined(clause) or is_denied(clause) or is_past(clause):
        return
    found = _LOOKS.search(clause.text)
    names = [name for name in _split(found["names"]) if not _is_known(name, context)] if found else []
    if names:
        yield clause.propose("competition.competitors", [{"name": name} for name in names], 0.7)
    if used := _USES.search(clause.text):
        yield clause.propose("situation.facts", [clause.text[used.start() :].strip(" .")[:300]], 0.6)


def _split(names: str) -> list[str]:
    found = re.split(r", (?:and )?| and | & | or | as well as | und | oder | et | ou ", names)
    return [name for name in found if name and name.casefold() not in _NO_VENDORS]


def _is_known(name: str, context: Context) -> bool:
    """Answer whether the name is ours, the company's own or a person's rather than a vendor's."""
    own = [context.our_company, context.company_name, context.contact_name, *context.our_names]
    return any(each and (name.casefold() in each.casefold() or each.casefold() in name.casefold()) for each in own)
