"""Decides whose words are whose: turns of a transcript, messages of an e-mail with its replies, or somebody's notes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import getaddresses
from enum import StrEnum
from typing import Final

from oppspot.texts.mail_dates import read_mail_date
from oppspot.texts.types import Context, DocumentKind


class Side(StrEnum):
    THEIRS = "theirs"
    OURS = "ours"
    NOTED = "noted"  # what somebody wrote down about both


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text in which one side speaks."""

    start: int
    end: int
    side: Side
    speaker: str | None
    said_on: date


_TURN: Final = re.compile(
    r"^[ ]*(?:[*_]{1,2})?(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?\s+)?([^\W\d_][^:\n?!]{0,48}?)(?:[*_]{1,2})?:"
    r"(?:[*_]{1,2})?[ \n]+(?=\S)",
    re.MULTILINE,
)
_SELLER: Final = re.compile(
    r"\b(rep|sales(?:person|man|woman)?|seller|vendor|ae|sdr|bdr|account (?:executive|manager)|me|us|our side|agent|"
    r"interviewer|consultant|verkauf|vertrieb|vertriebler\w*|berater(?:in)?|commercial(?:e)?|vendeu(?:r|se))\b",
    re.IGNORECASE,
)
_BUYER: Final = re.compile(
    r"\b(customer|client|prospect|buyer|lead|kunde|kundin|interessent(?:in)?|client(?:e)?|acheteu(?:r|se))\b",
    re.IGNORECASE,
)
# Roles in a conversation with a machine; nobody at the customer is called so.
_MACHINE: Final = re.compile(r"system|assistant|user|human|tool|function|developer|ai|model|bot", re.IGNORECASE)
# What only somebody who sells says.
_SELLING: Final = re.compile(
    r"\b(our (?:product|platform|solution|software|tool|customers|pricing|price|licen[cs]e|demo|onboarding team)|"
    r"(?:thanks|thank you) for (?:joining|taking the time|your time|making time)|show you|walk you through|"
    r"we (?:offer|provide|charge|support|integrate|typically see)|most of our customers|other customers|"
    r"send (?:you|over) (?:a|the|our) (?:proposal|quote|offer|contract|deck)|your (?:budget|team|timeline|needs|"
    r"current "
    r"(?:setup|process|tool|solution))|what(?:'s| is| are) (?:your|the) (?:budget|timeline|biggest|main)|"
    r"unsere? (?:Lösung|Plattform|Produkt)|notre (?:solution|produit|plateforme))\b",
    re.IGNORECASE,
)
_BUYING: Final = re.compile(
    r"\b(our (?:budget|cfo|ceo|cto|cio|board|procurement|legal|current (?:tool|system|vendor|contract|provider))|"
    r"your (?:product|platform|solution|software|tool|pricing|price|proposal|quote)|we(?:'re| are) (?:looking|"
    r"evaluating)|"
    r"we (?:need|currently|use|struggle|want|have to)|unser (?:Budget|Vorstand)|notre budget)\b",
    re.IGNORECASE,
)
_REPLY: Final = re.compile(
    r"^[ ]*(?:On .{6,200}?wrote:|Am .{6,200}?schrieb .{0,120}?:|Le .{6,200}?a écrit ?:|-{2,} ?(?:Original Message|"
    r"Forwarded message|Ursprüngliche Nachricht|Message d'origine).*)[ ]*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADER: Final = re.compile(
    r"^[ ]*(From|To|Cc|Date|Sent|Subject|Von|An|Gesendet|Betreff|De|À|Objet|Envoyé): *(.*)$", re.MULTILINE
)
_FROM: Final = frozenset({"From", "Von", "De"})
_SENT: Final = frozenset({"Date", "Sent", "Gesendet", "Envoyé"})
_FEW_WORDS: Final = 2
_CLOSING: Final = re.compile(
    r"^[ ]*(?:--[ ]*|(?:Sent from my|Von meinem|Envoyé de mon) .*|This (?:e-?mail|message) .*confidential.*)$",
    re.MULTILINE | re.IGNORECASE,
)


def passages_of(view: str, context: Context) -> Sequence[Passage]:
    """Return the passages of a document in order."""
    match context.kind:
        case DocumentKind.TRANSCRIPT:
            return _turns(view, context)
        case DocumentKind.EMAIL:
            return list(_messages(view, context))
        case DocumentKind.NOTES:
            return [Passage(0, len(view), Side.NOTED, None, context.said_on)]


def _turns(view: str, context: Context) -> list[Passage]:
    found = list(_TURN.finditer(view))
    if not found:
        return [Passage(0, len(view), Side.NOTED, None, context.said_on)]
    ends = [*(turn.start() for turn in found[1:]), len(view)]
    spoken = [
        (turn[1].strip(), turn.end(), end)
        for turn, end in zip(found, ends, strict=True)
        if not _MACHINE.fullmatch(turn[1].strip())
    ]
    sides = _sides({name for name, _, _ in spoken}, spoken, view, context)
    return [Passage(start, end, sides[name], _person(name), context.said_on) for name, start, end in spoken]


def _sides(names: set[str], spoken: Sequence[tuple[str, int, int]], view: str, context: Context) -> dict[str, Side]:
    """Return each speaker's side: by who is known, by what they are called, else by whether they sell or buy."""
    known = {name: side for name in names if (side := _known_side(name, context))}
    said = Counter[str]()
    for name, start, end in spoken:
        words = view[start:end]
        said[name] += len(_SELLING.findall(words)) - len(_BUYING.findall(words))
    unknown = names - set(known)
    sides = {name: Side.OURS if said[name] > 0 else Side.THEIRS for name in unknown}
    if unknown and Side.OURS not in (*known.values(), *sides.values()) and len(names) > 1:
        # Somebody sells in every call: whoever asks the most.
        asked = Counter(dict.fromkeys(unknown, 0))
        for name, start, end in spoken:
            if name in unknown:
                asked[name] += view.count("?", start, end)
        most = asked.most_common(1)[0]
        if most[1]:
            sides[most[0]] = Side.OURS
    return sides | known


def _known_side(name: str, context: Context) -> Side | None:
    folded = name.casefold()
    inside = re.search(r"[(\[,|/-]\s*([^)\]]+)", folded)
    affiliation = inside[1] if inside else ""
    for company, side in ((context.our_company, Side.OURS), (context.company_name, Side.THEIRS)):
        if company and company.casefold() in (affiliation or folded):
            return side
    if _is_one_of(folded, context.our_names):
        return Side.OURS
    if context.contact_name and _is_one_of(folded, frozenset({context.contact_name})):
        return Side.THEIRS
    if _SELLER.search(folded):
        return Side.OURS
    return Side.THEIRS if _BUYER.search(folded) else None


def _is_one_of(folded: str, names: frozenset[str]) -> bool:
    """Answer whether a speaker is one of these people, by the whole name or the first."""
    bare = re.sub(r"[(\[].*", "", folded).strip()
    return any(bare in (name.casefold(), name.casefold().split(" ")[0]) for name in names if name)


def _person(name: str) -> str | None:
    bare = re.sub(r"\s*[(\[].*", "", name).strip(" *_")
    return None if _SELLER.fullmatch(bare) or _BUYER.fullmatch(bare) or bare.casefold().startswith("speaker") else bare


def _messages(view: str, context: Context) -> Iterator[Passage]:
    """Yield the messages of a mail from the newest down; what stands below a signature mark is left out."""
    author, said_on, start = _headers(view, 0, context, context.said_on)
    cuts = sorted({(found.start(), found.end()) for found in _REPLY.finditer(view, start)})
    for at, after in [*cuts, (len(view), len(view))]:
        closing = _CLOSING.search(view, start, at)
        yield Passage(start, closing.start() if closing else at, _side_of(author, context), _name_of(author), said_on)
        # What is quoted below a reply was said before and has been read before. A mail passed on is what it passes on.
        if len(view[start:at].split()) > _FEW_WORDS and "orward" not in view[at:after]:
            return
        line = view[at:after].strip()
        author, said_on, start = _headers(view, after, context, said_on, line)


def _headers(view: str, at: int, context: Context, said_on: date, line: str = "") -> tuple[str, date, int]:
    """Return who wrote the message that begins here, when, and where its words begin."""
    author = re.sub(
        r".*(?:\d{4}|\d{1,2}:\d{2}(?: ?[AP]M)?),? (?:at |um )?(?:schrieb )?(.*?)(?:wrote| a écrit)? ?:$", r"\1", line
    )
    while found := _HEADER.match(view, _after_blanks(view, at)):
        if found[1] in _FROM:
            author = found[2]
        elif found[1] in _SENT:
            sent_at = read_mail_date(found[2])
            said_on = sent_at.date() if sent_at else said_on
        at = found.end()
    return author, min(said_on, context.said_on), at


def _after_blanks(view: str, at: int) -> int:
    while at < len(view) and view[at] in " \n":
        at += 1
    return at


def _side_of(author: str, context: Context) -> Side:
    address = next(iter(getaddresses([author])), ("", ""))
    domain = address[1].rpartition("@")[2].casefold()
    if domain in context.our_domains or _is_one_of(_plain_name(author).casefold(), context.our_names):
        return Side.OURS
    return Side.THEIRS


def _name_of(author: str) -> str | None:
    name = _plain_name(author)
    return name if name and "@" not in name else None


def _plain_name(author: str) -> str:
    return re.sub(r"\s*[<(\[].*", "", author).strip(' "')
