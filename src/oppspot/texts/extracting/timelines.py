"""Proposes when they decide, when it should run, what happens to them on a date, and how far they are."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.calendar import Mention, days_in
from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_past, is_plain, is_theirs
from oppspot.texts.types import Proposal

_DECIDE: Final = (
    r"(?:decid\w+|decisions?|choose|choosing|chosen|select(?:ing|ion)?|pick (?:a|the|our) \w+|sign(?:ing|ed)?(?! off|"
    r" in\b)|make (?:a|the|our) "
    r"(?:call|choice)|award|entscheid\w*|Entscheidung\w*|unterschreiben|unterzeichnen|décid\w+|décision|choisir|"
    r"signer|signature)"
)
_LIVE: Final = (
    r"(?:go(?:ing|es)?[- ]?live|live|in production|roll(?:ed|ing)?(?: \w+)?[- ]?out|launch(?:ing|ed)?|deploy\w*|"
    r"implement\w*|up and running|"
    r"start using|in use|operational|cut ?over|onboard(?:ed|ing)?|produktiv\w*|Einführung|eingeführt|einführen|"
    r"im Einsatz|"
    r"mise en (?:service|production)|déploie\w*|déployer|opérationnel\w*)"
)
_EVENT: Final = (
    r"(?:expir\w+|contract (?:with [\w ]+ )?(?:ends?|runs? out|is up)|(?:license|licence|subscription) (?:ends?|"
    r"runs? out)|renew(?:al|s|ed)?|"
    r"audit\w*|inspection|deadline|regulation\w*|directive|takes effect|comes? into force|end of (?:life|support)|"
    r"trade (?:fair|show)|(?:peak|high) season|läuft[^.;]*aus|(?:Vertrag|Lizenz)\w* endet|Prüfung|Frist|"
    r"arrive à échéance|"
    r"échéance|expire)"
)
_MEETING: Final = re.compile(
    r"\b(?:call|meet(?:ing)?|demo|workshop|follow[- ]?up|send|speak|talk|reconvene|sync|catch up|Termin|besprech\w+|"
    r"réunion)\b",
    re.IGNORECASE,
)
_CUES: Final = re.compile(rf"\b(?:(?P<decide>{_DECIDE})|(?P<live>{_LIVE})|(?P<event>{_EVENT}))\b", re.IGNORECASE)
_KEYS: Final = {
    "decide": "timeline.decision_date",
    "live": "timeline.implementation_date",
    "event": "critical_event.date",
}
_STAGES: Final = (
    (
        "purchase",
        (
            r"(?:(?:raising|issuing|sending|preparing|placed|placing) (?:the|a|our) (?:purchase order|PO|order)|"
            r"ready to sign|(?:purchase order|PO|order|contract) (?:is|has been|was) (?:on (?:its|the) way|under way|"
            r"underway|"
            r"being (?:drawn up|prepared|signed|reviewed)|sent|placed|with (?:legal|procurement))|"
            r"contract is (?:with|at) (?:legal|"
            r"procurement|the lawyers)|(?:redlin\w+|negotiating) the contract|Bestellung (?:ist )?unterwegs)"
        ),
    ),
    (
        "decision",
        (
            r"(?:down to (?:the (?:last|final) )?(?:two|2|three|3|you and)|final (?:two|three|round|stage)|"
            r"last round|(?:have |has |'ve )made (?:our|the|their) "
            r"(?:final )?(?:choice|decision)|shortlist of (?:two|2)|ready to decide|engere[rn]? Wahl|(?:letzte|"
            r"finale)n? Runde|dernière ligne droite)"
        ),
    ),
    (
        "consideration",
        (
            r"(?:(?:comparing|evaluating|assessing|reviewing|looking at) (?:\w+ ){0,3}(?:vendors?|providers?|options|"
            r"tools|solutions|"
            r"suppliers|alternatives)|shortlist\w*|RFP|RFI|Anbieter vergleichen|vergleichen (?:\w+ )?Anbieter|"
            r"comparons)"
        ),
    ),
    (
        "awareness",
        (
            r"(?:just (?:started|starting|beginning) (?:to|looking|our)|early (?:days|stages?)|exploring|"
            r"only (?:researching|gathering "
            r"information)|getting a feel|first impressions?|ganz am Anfang|(?:tout )?au début)"
        ),
    ),
)
_BY_STAGE: Final = tuple((stage, re.compile(rf"\b{words}\b", re.IGNORECASE)) for stage, words in _STAGES)
_POSTPONED: Final = re.compile(
    r"\b(?:postponed|delayed|pushed (?:back|out)|on hold|cancel\w+|verschoben|reporté)\b(?! (?:to|until|till|auf|à|"
    r"bis)\b)",
    re.IGNORECASE,
)


def find_timelines(clause: Clause) -> Iterator[Proposal]:
    """Yield the dates a clause commits to, each by the words nearest to it, and the stage it speaks of."""
    if not is_theirs(clause) or clause.is_question or is_imagined(clause) or is_about_others(clause):
        return
    if not is_denied(clause):
        yield from _dates(clause)
    if is_plain(clause):
        yield from _stage(clause)


def _dates(clause: Clause) -> Iterator[Proposal]:
    cues = list(_CUES.finditer(clause.text))
    if not cues or is_past(clause) or _POSTPONED.search(clause.text):
        return
    for mention in days_in(clause.text, clause.said_on):
        if mention.day < clause.said_on:
            continue
        cue = min(cues, key=lambda found: _distance(found, mention))
        kind = cue.lastgroup or ""
        if max(mention.start - cue.end(), cue.start() - mention.end) > (
            _CLOSE if _MEETING.search(clause.text) else _FAR
        ):
            continue
        yield clause.propose(_KEYS[kind], mention.day.isoformat(), 0.8 if mention.is_exact else 0.65)
        if kind == "event":
            yield clause.propose("critical_event.description", clause.text[:500], 0.6)
            yield clause.propose("timeline.urgency_indicators", [clause.text[:500]], 0.6)


# Characters between the words and the date; a meeting in between may be what the date is of.
_FAR: Final = 45
_CLOSE: Final = 25


def _distance(cue: re.Match[str], mention: Mention) -> int:
    """Return how far apart they stand; what comes before a date speaks of it sooner than what follows."""
    return mention.start - cue.end() if cue.end() <= mention.start else 2 * (cue.start() - mention.end) + 10


def _stage(clause: Clause) -> Iterator[Proposal]:
    for stage, words in _BY_STAGE:
        if words.search(clause.text):
            yield clause.propose("timeline.buying_stage", stage, 0.65)
            return
