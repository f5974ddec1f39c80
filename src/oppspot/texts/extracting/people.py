"""Proposes who is on the buying committee: names with titles and roles, and who approves when only a title is known."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from oppspot.qualification.titles import seniority_of_title
from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_theirs
from oppspot.texts.types import Proposal

_CAP: Final = r"(?:[A-ZÄÖÜÉÈÀÅØÇŁŠŽ][\w'-]*[a-zäöüßéèêàçñøåł][\w'-]*|O'[A-Z]\w+)"
_PARTICLES: Final = r"(?:(?:von|van|de|der|den|del|di|da|la|le|du|al|el) ){0,2}"
_NAME: Final = rf"(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Mme|M)\.? )?(?P<name>{_CAP}(?: {_PARTICLES}{_CAP}){{0,2}})"
_AREA: Final = r"(?:[A-Z][\w&/-]*|IT|HR)(?:(?: and| &| of|,)? (?:[A-Z][\w&/-]*))*"
_TITLE: Final = (
    r"(?P<title>(?:(?:[Oo]ur|[Tt]he|[Tt]heir|[Uu]nsere?|[Nn]otre) )?"
    r"(?:(?:Global|Group|Regional|Senior|Deputy|Interim|Chief) )*"
    r"(?:CEO|CFO|CTO|COO|CIO|CMO|CRO|CISO|CPO|CHRO|CDO|Chief (?:[A-Z]\w+ )+Officer|Managing [Dd]irector|"
    r"General [Cc]ounsel|General [Mm]anager|"
    rf"(?:[Hh]ead|VP|SVP|EVP|[Vv]ice [Pp]resident|[Dd]irector)(?: of| for|,)? {_AREA}|{_AREA} (?:[Dd]irector|"
    rf"[Mm]anager|[Ll]ead|[Oo]fficer|[Ee]ngineer|[Aa]nalyst)|"
    r"[Ff]inance [Dd]irector|[Pp]rocurement [Mm]anager|[Oo]ffice [Mm]anager|[Pp]lant [Mm]anager|[Ff]ounder|"
    r"[Cc]o-?[Ff]ounder|[Oo]wner|"
    rf"Geschäftsführer(?:in)?|(?:IT|[A-Z]\w+)-?[Ll]eiter(?:in)?|Leiter(?:in)? (?:der |des |von )?{_AREA}|"
    rf"Einkaufsleiter(?:in)?|Prokurist(?:in)?|"
    rf"(?:[Dd]irecteur|[Dd]irectrice|[Rr]esponsable)(?: (?:des?|du|de la|d'))? ?\w+|DAF|DSI|PDG))"
)
_SHORT: Final = (
    r"(?P<title>(?:(?:[Oo]ur|[Tt]he|[Tt]heir|[Uu]nsere?|[Nn]otre) )?(?:C[EFTOIMRP]O|CISO|CHRO|Managing [Dd]irector|"
    r"General [Cc]ounsel|[Ff]ounder|[Oo]wner|Geschäftsführer(?:in)?|DAF|DSI|PDG))"
)
_PLAIN: Final = (
    r"(?P<title>(?:[a-z][\w-]+ ){0,3}(?:lead|manager|director|head|buyer|officer|engineer|analyst|controller|owner|"
    r"founder|architect|administrator|"
    r"supervisor|coordinator|president|head of [\w &]+?|director of [\w &]+?|vp(?: of)? [\w &]+?))(?![\w-])"
)
_IS: Final = (
    r"(?:,? (?:who )?(?:is|acts as|works as|ist|est)|,) (?:(?:our|the|their|an?|unser[e]?|notre|die|der|la|le) )?"
)
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"\b{_NAME}{_IS}{_TITLE}",
        rf"\b{_NAME} ?[(\[]{_TITLE}",
        rf"\b{_SHORT}(?:,|:| is| named| called| ist| -)? (?:is )?{_NAME}",
        rf"\b{_TITLE.replace('(?P<title>', '(?P<title>(?>', 1)})(?:,|:| is| named| called| ist) (?:is )?{_NAME}",
        rf"\b{_NAME}(?:,| is| \() ?(?:(?:our|the|their|an?) )?{_PLAIN}",
        rf"\b(?:I'm|I am|[Mm]y name is|Ich bin|[Jj]e suis) {_NAME},? (?:and )?(?:I'm |I am )?(?:the |an? )?{_TITLE}",
        rf"^{_NAME}(?:\s*[,|/-]\s*){_TITLE}",
    )
)
_SELF: Final = re.compile(rf"\b(?:I'm|I am|[Aa]s|[Ii]ch bin|[Jj]e suis) (?:the |an? |der |die |le |la )?{_TITLE}")
_ROLES: Final = (
    (
        "champion",
        (
            r"(?:champion(?:s|ing)?|advocat\w+|pushing (?:for )?(?:this|it|you)|big (?:fan|supporter)|driving this|"
            r"(?:internal )?sponsor|Fürsprecher\w*|"
            r"soutient (?:le )?projet)"
        ),
    ),
    (
        "blocker",
        (
            r"(?:blocker|(?:is |are )?against (?:this|it|the)|s[ck]eptical|oppos(?:ed|es)|resists?|skeptisch|dagegen|"
            r"sceptique|opposée? )"
        ),
    ),
    (
        "economic_buyer",
        (
            r"(?:sign(?:s|ing)? off|signs (?:the|every|all|anything)|final (?:say|sign-?off|approval)|last word|"
            r"(?:holds?|owns?|controls?) (?:the )?(?:budget|purse)|"
            r"approv(?:es|e|ing) (?:the |any |all |this )?(?:budget|spend\w*|purchase\w*|investment\w*|money|"
            r"every\w*)|has to approve|economic buyer|budget (?:owner|holder)|"
            r"writes? the che(?:ck|que)|gibt[^.;]*frei|Budgetverantwort\w*|valide|tient le budget)"
        ),
    ),
    (
        "decision_maker",
        (
            r"(?:decision[- ]makers?|(?:makes?|making|take[s]?) the (?:final )?decision|decides|will decide|"
            r"entscheidet|"
            r"Entscheider\w*|décide|décideur)"
        ),
    ),
    (
        "influencer",
        r"(?:influenc\w+|evaluat(?:es|ing)|technical (?:lead|evaluation|review)|has a say|recommends?|beeinflusst)",
    ),
    (
        "legal",
        (
            r"(?:(?:reads?|reviews?|checks?|redlines?) (?:the |all |our |every )?contracts?|prüft (?:den |"
            r"die )?Vertr\w+|"
            r"relit le contrat)"
        ),
    ),
    ("user", r"(?:(?:end|daily|main|key) users?|will (?:be )?us(?:e|ing) it (?:daily|every day)|Anwender\w*)"),
)
_BY_ROLE: Final = tuple((role, re.compile(rf"\b{words}", re.IGNORECASE)) for role, words in _ROLES)
_GONE: Final = re.compile(
    r"\b(?:former(?:ly)?|ex-?|has left|have left|left (?:the company|us|in)|no longer|is leaving|is gone|retired|"
    r"resigned|ehemalige\w*|"
    r"hat (?:uns|das Unternehmen) verlassen|ausgeschieden|ancien(?:ne)?|a quitté|predecessor|used to)\b",
    re.IGNORECASE,
)
_NAME_ROLE: Final = re.compile(
    rf"^{_NAME} (?:(?:also|alone|really|ultimately|then) )?(?=is |has |signs|makes|takes|decides|will|holds|owns|"
    rf"controls|approves|gibt|entscheidet|décide|valide|champions|"
    r"pushes|needs|wants|would)"
)
_ROLE_NAME: Final = re.compile(
    rf"\b(?i:champion|economic buyer|decision[- ]maker|sponsor|budget (?:owner|holder)|blocker)(?i: is|:| -|,) {_NAME}"
)
_SOMEBODY: Final = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he|[Tt]heir|[Uu]nsere?|[Dd]er|[Dd]ie|[Nn]otre|[Ll]e|[Ll]a) {_TITLE.replace('title', 'alone')}"
)
_NUMBERS: Final = {
    word: number
    for words in (
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
    )
    for number, word in enumerate(words.split(), 2)
}
_COUNT: Final = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_COMMITTEE: Final = re.compile(
    rf"\b(?P<n>{_COUNT}) (?:people|persons|of us|stakeholders|members|decision[- ]makers|Personen|personnes)\b"
    r"[^.;]{0,40}\b(?:involved|decid\w+|committee|buying|decision|sign|evaluation|entscheid\w*|décision)|"
    rf"\b(?:committee|buying group|decision group|Gremium|comité) of (?P<n2>{_COUNT})\b|"
    rf"\b(?:committee|buying (?:group|team|cent(?:er|re))|panel|decision group|Gremium|"
    rf"comité)\b[^.;\d]{{0,30}}?\b(?:of|has|have|consists of|includes|counts|aus|compte) (?P<n3>{_COUNT})\b",
    re.IGNORECASE,
)
_NO_NAMES: Final = frozenset((Path(__file__).parent / "no_names.txt").read_text(encoding="utf-8").split())


def find_people(clause: Clause) -> Iterator[Proposal]:
    """Yield the people a clause introduces or gives a role."""
    if not is_theirs(clause) or is_about_others(clause) or is_imagined(clause) or _GONE.search(clause.text):
        return
    people = list(_people(clause))
    for person in people:
        yield clause.propose("authority.stakeholder_map", [person], 0.75)
    if clause.is_question or is_denied(clause):
        return
    if (
        not people
        and (alone := _SOMEBODY.search(clause.text))
        and (_role_in(clause.text) or ("", 0))[0] == "economic_buyer"
    ):
        yield clause.propose("economic_buyer.title", _bare(alone["alone"]), 0.65)
    if found := _COMMITTEE.search(clause.text):
        count = (found["n"] or found["n2"] or found["n3"]).casefold()
        yield clause.propose("authority.committee_size", _NUMBERS.get(count) or int(count), 0.7)


def _people(clause: Clause) -> Iterator[dict[str, Any]]:
    seen: dict[str, tuple[int, dict[str, Any]]] = {}
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for found in form.finditer(clause.text):
            name, title = _name(found["name"]), _bare(found["title"])
            span = found.span("name")
            is_loose = (
                found.start("title") < span[0]
                and title == found["title"]
                and " " not in (name or "")
                and found["title"][0] not in "otuON"
            )
            if name and not is_loose and not any(start < span[1] and span[0] < end for start, end in taken):
                taken.append(found.span())
                seen.setdefault(name.casefold(), (found.start(), _person(name, title)))
    own = _SELF.search(clause.text)
    if own and clause.speaker and not any(own.start() < end and start < own.end() for start, end in taken):
        seen[clause.speaker.casefold()] = (own.start(), _person(clause.speaker, _bare(own["title"])))
    if not seen and not clause.is_question:
        seen = _by_role(clause)
    if seen and not is_denied(clause) and not clause.is_question:
        _give_role(clause.text, list(seen.values()))
    yield from (person for _, person in seen.values())


def _give_role(text: str, people: list[tuple[int, dict[str, Any]]]) -> None:
    """Give the part a clause speaks of to the person named last before it, or the only one."""
    found = _role_in(text)
    if found is None:
        return
    role, at = found
    before = [person for start, person in sorted(people, key=lambda item: item[0]) if start <= at]
    person = before[-1] if before else people[0][1] if len(people) == 1 else None
    if person is not None:
        person["role"] = role
        if role == "blocker":
            person["sentiment"] = "opponent"


def _by_role(clause: Clause) -> dict[str, tuple[int, dict[str, Any]]]:
    """Return the person a clause gives a role without naming a title: `Anna signs off`, `Champion: Anna`."""
    if is_denied(clause):
        return {}
    found = _ROLE_NAME.search(clause.text) or _NAME_ROLE.search(clause.text)
    name = _name(found["name"]) if found else None
    return {name.casefold(): (0, {"name": name})} if name and _role_in(clause.text) else {}


def _person(name: str, title: str) -> dict[str, Any]:
    seniority = seniority_of_title(title)
    return {"name": name, "title": title} | ({"seniority": seniority} if seniority else {})


def _role_in(text: str) -> tuple[str, int] | None:
    """Return the part somebody is said to have, and where; a title alone gives none."""
    return next(((role, found.start()) for role, words in _BY_ROLE if (found := words.search(text))), None)


def _name(text: str) -> str | None:
    """Return the words as a name, without what begins a sentence; None when one of them cannot be part of one."""
    words = text.strip(" .,").split()
    while words and _is_no_name(words[0]):
        words.pop(0)
    is_name = words and not any(map(_is_no_name, words))
    return " ".join(words) if is_name and not re.search(r"\d", text) else None


def _is_no_name(word: str) -> bool:
    return word.strip(".,").casefold() in _NO_NAMES


def _bare(title: str) -> str:
    return re.sub(r"^(?:our|the|their|unsere?|notre) ", "", title.strip(" ,."), flags=re.IGNORECASE)
