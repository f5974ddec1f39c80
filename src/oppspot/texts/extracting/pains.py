"""Proposes what hurts, as they put it, and what they would use a remedy for."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.clauses import Clause, Side
from oppspot.texts.extracting.guards import is_about_others, is_imagined, is_past, is_theirs
from oppspot.texts.types import Proposal

# What follows the words is the pain itself.
_NAMED: Final = re.compile(
    r"(?:\b(?:(?:biggest|main|major|real|core|key|number one|first|second|other|current) (?:problem|pain(?: point)?|"
    r"challenge|issue|headache|complaint|"
    r"frustration|bottleneck)s?|what (?:really )?(?:hurts|bothers us|keeps (?:me|us) up)(?: \w+){0,3}|the (?:problem|"
    r"issue|challenge|trouble|pain)|"
    r"(?:größtes|das) Problem|größte Herausforderung|(?:le |notre )?(?:plus )?(?:gros|grand) problème|le problème)"
    r"(?: (?:for us|right now|today|here|we have|with \w+|\w+ \w+))?(?: is| are|'s|:| ist| c'est| est)(?: that|"
    r" the fact that| que|,? dass)?|"
    r"^(?:pain(?: points?)?|problems?|challenges?|issues?)\s*[:-]|"
    r"\b(?:struggl(?:e|es|ing)|(?:have|having|has) (?:a lot of |real |serious |big )?(?:trouble|difficulties|"
    r"problems|issues|a hard time)|suffer(?:ing|s)?|"
    r"frustrated|fed up|kämpfen|leiden|avons du mal|peinons)(?: with| from| to| by| mit| unter| à|"
    r" about)?)\s+(?P<pain>\S.{8,})",
    re.IGNORECASE,
)
# The whole clause is the pain.
_TOLD: Final = re.compile(
    r"\b(?:(?:it |this |that |which )?(?:takes|took|costs) (?:us|them|the team|our \w+|my \w+|everyone|forever|ages|"
    r"hours|days|weeks|too long|\d+)|"
    r"(?:we|they|reps|people|team|colleagues)(?:'re| are)? (?:\w+ )?(?:wast(?:e|es|ing)|los(?:e|es|ing)|miss(?:ing)?|"
    r"spend(?:s|ing)?) (?:\w+ ){0,4}(?:hours?|days?|weeks?|"
    r"time|money|deals?|leads?|customers?|orders?|revenue|invoices?)|error[- ]prone|(?:all|everything|still|"
    r"completely|entirely) (?:\w+ ){0,2}(?:manual(?:ly)?|by hand|in "
    r"(?:excel|spreadsheets?)|on paper)|by hand|manually|too (?:slow|expensive|complicated|manual|many (?:errors|"
    r"mistakes|tools))|"
    r"keeps? (?:breaking|crashing|failing)|(?:breaks|crashes|fails) (?:every|all|constantly|regularly)|"
    r"no (?:visibility|overview|single|way to|control|"
    r"transparency)|can(?:not|'t) (?:see|track|measure|tell|report|scale|find|trust|keep up)|(?:don't|doesn't|do not|"
    r"does not) (?:know (?:which|who|what|where|"
    r"how)|work|talk to each other|scale|sync)|(?:nobody|no one|noone) (?:knows|owns|follows|sees|feels|looks|checks|"
    r"has)|(?:re-?typ|re-?key|re-?enter|copy(?:-| and )?past)\w*|(?:fails?|breaks?|crashes|goes down|"
    r"is down) (?:\w+ ){0,2}(?:every|all|constantly|"
    r"regularly|once|twice|several|\d)|(?:just )?sits? in (?:an|the|somebody's|people's) \w+|gets? (?:lost|forgotten|"
    r"delayed|stuck)|(?:goes?|going) (?:missing|unanswered|cold|stale)|never (?:answers?|works?|know)|"
    r"customers (?:complain|wait|leave)|"
    r"double (?:entry|entries|work|bookings?)|inconsistent|out of sync|drowning|fire-?fighting|overwhelmed|guesswork|"
    r"flying blind|in the dark|nightmare|painful|bottleneck|falls? (?:apart|through the cracks)|out of date|"
    r"duplicates? everywhere|"
    r"zu (?:langsam|aufwendig|teuer)|von Hand|manuell|fehleranfällig|verlieren (?:wir )?(?:viel )?(?:Zeit|Kunden)|"
    r"kein(?:en)? Überblick|"
    r"perdons du temps|à la main|trop (?:lent|cher|compliqué)|aucune visibilité)\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"\b(?:we|we're|we've|us|our|my|I|team|teams|reps|they|their|them|everything|it|this|wir|uns|unser\w*|nous|notre|"
    r"nos|on)\b",
    re.IGNORECASE,
)
_SOLVED: Final = re.compile(
    r"\b(?:solved|fixed|no longer|not anymore|any ?more|used to|sorted|would be|(?:isn't|is not|aren't|"
    r"wasn't) (?:really )?(?:a|an|our|the) "
    r"(?:\w+ )?(?:problem|issue|challenge|pain)|no (?:real |major |big )?(?:problem|issue|complaint)s?|nicht mehr|"
    r"n'est pas un problème|plus de problème)\b",
    re.IGNORECASE,
)
_SEVERITIES: Final = (
    ("critical", re.compile(r"\b(?:nightmare|killing us|critical|unbearable|disaster|catastroph\w+)\b", re.IGNORECASE)),
    (
        "high",
        re.compile(
            r"\b(?:biggest|main|major|serious\w*|huge|number one|really|massive\w*|größte\w*|plus gros|plus grand)\b",
            re.IGNORECASE,
        ),
    ),
    ("low", re.compile(r"\b(?:minor|small|slightly|a bit|little annoyance|kleines?)\b", re.IGNORECASE)),
)
_USES: Final = re.compile(
    r"(?:\buse cases?(?: (?:is|are|would be|for us is|we have is))?\s*[:-]?|\b(?:we|they)(?:'d|'ll| would| will|"
    r" want to| plan to| intend to)? "
    r"(?:mainly |mostly |primarily |first )?use (?:it|this|the tool|the platform) (?:for|to)|"
    r"\b(?:würden|wollen) (?:es|das) (?:für|zum) (?:nutzen)?|nous l'utiliserions pour)\s+(?P<use>\S.{5,})",
    re.IGNORECASE,
)
_LONGEST: Final = 300


def find_pains(clause: Clause) -> Iterator[Proposal]:
    """Yield the pain a clause tells of, and the use it names."""
    if not is_theirs(clause) or clause.is_question or is_about_others(clause):
        return
    if found := _USES.search(clause.text):
        yield clause.propose("need.use_cases", [{"description": _told(found["use"])}], 0.65)
    elif pain := _pain_in(clause):
        severity = next((level for level, words in _SEVERITIES if words.search(clause.text)), None)
        item = {"description": pain} | ({"severity": severity} if severity else {})
        yield clause.propose("need.pain_points", [item], 0.7)


def _pain_in(clause: Clause) -> str | None:
    if is_past(clause) or is_imagined(clause) or _SOLVED.search(clause.text):
        return None
    if named := _NAMED.search(clause.text):
        return _told(named["pain"])
    is_own = clause.side is Side.NOTED or _OWN.search(clause.text)
    return _told(clause.text) if is_own and _TOLD.search(clause.text) else None


def _told(text: str) -> str:
    return text.strip(" .!,;:")[:_LONGEST]
