"""Decides when a clause does not say what its words seem to say: denied, imagined, asked, past, or about others."""

import re
from functools import lru_cache
from typing import Final

from oppspot.texts.extracting.clauses import Clause, Side

_REMEMBERED: Final = 64  # every finder asks the same of the same clause
_DENIED: Final = re.compile(
    r"\b(?:no|not|never|without|nor|neither|none|nobody|nothing|hardly|cannot|kein\w*|nicht|nie(?:mand|mals)?|ohne|"
    r"ne|n'\w+|pas|aucune?|jamais|sans|yet to|unable|too early|unclear|unsure|unknown|tbd|undecided|noch offen)\b|"
    r"n't\b",
    re.IGNORECASE,
)
_NOT_DENIED: Final = re.compile(
    r"^(?:no|nein|non|not (?:quite|really|exactly|yet))[,.!:] |\b(?:no,? wait|not only|no later than|not later than|"
    r"no doubt|nicht später als|nicht nur|no problem)\b",
    re.IGNORECASE,
)
_IMAGINED: Final = re.compile(
    r"\b(?:if|unless|assuming|suppose|supposing|imagine|hypothetical\w*|might|(?-i:may)|maybe|perhaps|possibly|wish|"
    r"would have|would be able|could|in theory|theoretically|in case|let's say|what if|once we|depends|rumou?r\w*|"
    r"hope(?:fully)?|"
    r"hoping|guess(?:ing)?|wenn|falls|angenommen|würden?|könnten?|vielleicht|hätten?|eventuell|wäre|si|pourra\w*|"
    r"pourrions|"
    r"serait|aurait|avions|peut-être)\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"\b(?:competitors?|rivals?|another (?:company|customer|client|firm)|other (?:companies|customers|clients)|"
    r"(?:a|my) (?:friend|former|previous|old|last) \w*|(?:previous|former|old|last) (?:employer|company|job)|"
    r"customers? of (?:ours|yours)|one of our (?:customers|clients)|most of our customers|industry|benchmark|"
    r"case stud\w+|"
    r"Wettbewerb\w*|Konkurren\w*|concurrents?|sister company|parent company|your (?:company|budget|customers))\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    r"\b(?:last (?:year(?!'s)|quarter|month|week|time|summer|winter|spring|autumn|fall)|(?:years?|months?|"
    r"weeks?) ago|previously|"
    r"used to|back then|back in|formerly|in the past|had (?:a|been|set|planned|budgeted)|w(?:as|ere) (?:cut|"
    r"cancelled|canceled|spent|planned|scheduled|due|meant|supposed)|"
    r"letztes (?:Jahr|Quartal)|letzten (?:Monat|Jahres)|früher|damals|l'an(?:née)? derni[eè]re?r?|autrefois)\b",
    re.IGNORECASE,
)
_FUTURE: Final = re.compile(
    r"\b(?:will|shall|going to|expect\w*|pending|awaiting|waiting|needs? to|has to|have to|must|should|to be|still|"
    r"until|"
    r"once|before|when|request\w*|asked? for|apply\w*|applied|propos\w*|draft|plan\w*|wird|werden|soll\w*|muss|"
    r"müssen|noch|"
    r"sera|doit|devra|en attente|encore)\b",
    re.IGNORECASE,
)


# Words to a machine rather than about the business; and what is code or data, not speech.
_COMMAND: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |my )*(?:previous|prior|above|earlier|other|"
    r"system|instructions?|rules?|prompt)|"
    r"\b(?:system prompt|developer mode|you are (?:now )?(?:an? )?(?:ai|assistant|model|extractor|chatbot|"
    r"language model)|as an ai|jailbreak|"
    r"(?:respond|reply|answer) (?:only )?with|output (?:only )?(?:the |a )?(?:json|following))\b|"
    r"^\W*(?:please )?(?:set|mark|record|update|change|register|store|save|approve|accept|propose|extract|return|"
    r"insert|assign|flag|treat|consider) "
    r"(?:it |this |that |the |all |every |a |lead |field |claim |key )*[\w.]+\b.{0,60}\b(?:to|as|=|:|with|proposals?|"
    r"claims?|fields?|lead|value|true|confirmed)\b|"
    r"\b(?:set|mark|update) (?:the )?(?:\w+[._])?(?:budget|champion|score|lead|verdict|status|field)\b.{0,30}\b(?:to|"
    r"as|=)\b|"
    r"\b(?:budget|timeline|need|authority|champion|metrics|economic_buyer|decision_process|next_step)\.[a-z_]{4,}|"
    r"^\W*(?:system|assistant|user|human|tool|function|developer) ?(?:\]|\||>|"
    r":(?! \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+))",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"[{}<>`]|\\u[0-9a-f]{4}|\]\(|&#|\bjavascript:|\bSELECT\b.*\bFROM\b|\bDROP TABLE\b|--\s*$")


def is_no_speech(sentence: str) -> bool:
    """Answer whether a sentence is code, data, or words to a machine; nothing is proposed from it."""
    return _COMMAND.search(sentence) is not None or _CODE.search(sentence) is not None


_JOKING: Final = re.compile(
    r"\b(?:jok(?:e|es|ing|ed)|haha+|hehe|lol|kidding|just for fun|Scherz|witzelt?|blague)\b|;-?\)|😂|😄|😉",
    re.IGNORECASE,
)
_GUESSED: Final = re.compile(
    r"\b(?:I (?:guess|assume|suspect|imagine|reckon)|we (?:guess|assume|suspect)|my guess|our (?:guess|estimate|"
    r"assumption)|(?:I|we) (?:think|believe|would say) (?:they|that they|their)|"
    r"probably|presumably|apparently|sounds like|seems (?:to|like)|vermutlich|wahrscheinlich|schätze|anscheinend|"
    r"sans doute|probablement)\b",
    re.IGNORECASE,
)


def is_denied(clause: Clause) -> bool:
    """Answer whether the clause says that something is not so."""
    return _denies(clause.text)


@lru_cache(_REMEMBERED)
def _denies(text: str) -> bool:
    return _DENIED.search(_NOT_DENIED.sub("", text)) is not None


def is_imagined(clause: Clause) -> bool:
    """Answer whether the sentence only supposes: if, maybe, hopefully, depends."""
    return _imagines(clause.sentence)


@lru_cache(_REMEMBERED)
def _imagines(sentence: str) -> bool:
    return any(words.search(sentence) for words in (_IMAGINED, _JOKING, _GUESSED))


def is_about_others(clause: Clause) -> bool:
    """Answer whether the clause speaks of another company, or of the speaker's former one."""
    return _is_of_others(clause.text)


@lru_cache(_REMEMBERED)
def _is_of_others(text: str) -> bool:
    return _OTHERS.search(text) is not None


def is_past(clause: Clause) -> bool:
    """Answer whether the clause tells what once was."""
    return _is_of_the_past(clause.text)


@lru_cache(_REMEMBERED)
def _is_of_the_past(text: str) -> bool:
    return _PAST.search(text) is not None


def is_to_come(clause: Clause) -> bool:
    """Answer whether the clause says that something will, should or must first happen."""
    return _FUTURE.search(clause.text) is not None


def is_theirs(clause: Clause) -> bool:
    """Answer whether the words are the buying side's, or somebody's notes about it."""
    return clause.side is not Side.OURS


def is_plain(clause: Clause) -> bool:
    """Answer whether the clause states something of the buying side that holds now."""
    return is_theirs(clause) and not (
        clause.is_question or is_denied(clause) or is_imagined(clause) or is_about_others(clause) or is_past(clause)
    )
