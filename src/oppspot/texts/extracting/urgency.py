"""Proposes how urgent it is to them, and that they own the problem."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_past, is_theirs
from oppspot.texts.types import Proposal

_LEVELS: Final = (
    (
        "low",
        (
            r"(?:no (?:rush|hurry|urgency|particular urgency|time pressure|pressure)|nothing (?:really |"
            r"particularly )?urgent|(?:take|taking) (?:our|their) time|(?:kein\w* )(?:Eile|Zeitdruck)|not (?:very |"
            r"really |that )?urgent|low priority|nice[- ]to[- ]have|not a priority|"
            r"nicht (?:so )?(?:dringend|eilig)|eilt nicht|pas urgent|rien ne presse)"
        ),
    ),
    (
        "critical",
        (
            r"(?:business[- ]critical|mission[- ]critical|absolutely critical|existential|extremely urgent|can(?:no|"
            r"')t wait|"
            r"emergency|yesterday|höchste Priorität|brandeilig|très urgent)"
        ),
    ),
    (
        "high",
        (
            r"(?:urgent(?:ly)?|as soon as possible|a\.?s\.?a\.?p\.?|(?:top|high|highest|number one|#1) priority|"
            r"need (?:this|it) (?:quickly|fast)|"
            r"pressing|dringend|so schnell wie möglich|schnellstmöglich|eilt\b|au plus vite|dès que possible|"
            r"prioritaire)"
        ),
    ),
)
_BY_LEVEL: Final = tuple((level, re.compile(rf"\b{words}", re.IGNORECASE)) for level, words in _LEVELS)
_OWNED: Final = re.compile(
    r"\b(?:we (?:know|realise|realize|recognise|recognize|acknowledge|admit|agree|accept) (?:that |we |this |it |"
    r"there |the )[^.;]*(?:problem|issue|"
    r"broken|change|fix|solve|can't go on)|(?:we|they) (?:have|need|must|want) to (?:fix|solve|address|sort out|"
    r"tackle) (?:this|it|that|the)|"
    r"this (?:has|needs) to (?:change|be (?:fixed|solved))|(?:it|this)(?:'s| is) a (?:real|serious|big|huge|known|"
    r"genuine) (?:problem|issue|pain)|"
    r"can(?:no|')t go on like this|acknowledged? (?:that|the) |so kann es nicht weitergehen|wir wissen,? dass|"
    r"wir müssen das (?:ändern|lösen)|"
    r"ça ne peut plus durer|nous savons que|on sait que c'est un problème)",
    re.IGNORECASE,
)

_DISOWNED: Final = re.compile(
    r"\b(?:don't|do not|doesn't|does not|didn't) (?:really )?(?:see|think|believe|consider|regard|"
    r"have)\b[^.;]{0,30}\b(?:a |any )(?:real |big )?(?:problem|issue)|"
    r"\b(?:see|sees|saw) no (?:real )?(?:problem|issue|need)|\b(?:isn't|is not|not) (?:really )?a problem for (?:us|"
    r"them)|sehen (?:da |hier )?kein Problem|"
    r"ne voi(?:t|ent|yons) pas (?:de|le) problème",
    re.IGNORECASE,
)


def find_urgency(clause: Clause) -> Iterator[Proposal]:
    """Yield how pressing a clause says it is."""
    if not is_theirs(clause) or clause.is_question or is_imagined(clause) or is_about_others(clause) or is_past(clause):
        return
    for level, words in _BY_LEVEL:
        if words.search(clause.text) and (level == "low" or not is_denied(clause) or "wait" in clause.text):
            yield clause.propose("need.urgency", level, 0.75)
            break
    if _DISOWNED.search(clause.text):
        yield clause.propose("need.problem_acknowledged", value=False, confidence=0.6)
    elif _OWNED.search(clause.text):
        yield clause.propose("need.problem_acknowledged", value=True, confidence=0.65)
