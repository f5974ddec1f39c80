"""Proposes how they decide: approvals, the steps up to the decision, and the paperwork after it."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_past, is_theirs
from oppspot.texts.types import Proposal

_WHO: Final = (
    r"(?P<who>(?:the |our |their )?(?:executive |supervisory |management |investment )?(?:board(?: of directors)?|"
    r"committee|CEO|CFO|CTO|CIO|COO|management(?: team)?|procurement|"
    r"legal(?: team| department)?|finance(?: team| department)?|IT(?: security)?|security(?: team)?|compliance|"
    r"works council|data protection officer|"
    r"Vorstand|Geschäftsführung|Betriebsrat|Einkauf|Datenschutz\w*|direction(?: générale| financière)?|comité))"
)
_APPROVAL: Final = re.compile(
    rf"\b(?:needs?|requires?|subject to|have to get|has to get|must get|pending|braucht|"
    rf"benötigt) {_WHO}(?:'s)?[ -](?:approval|sign-?off|review|Freigabe|Zustimmung)|"
    rf"\b{_WHO.replace('<who>', '<who2>')} (?:(?:then |also |still |always |first )*(?:has|have|needs?|"
    rf"must) to (?:approve|sign off|review|agree)|(?:must|will|then|also) (?:approve|sign off|review)s?\b|"
    rf"(?:approves|signs off|reviews)\b|muss (?:zustimmen|freigeben)|doit (?:valider|approuver))|"
    rf"\b(?:approval|sign-?off|Freigabe|Zustimmung|validation) (?:from|by|of|durch|vom|der|de la|"
    rf"du) {_WHO.replace('<who>', '<who3>')}|"
    rf"\bgoes to {_WHO.replace('<who>', '<who4>')}\b",
    re.IGNORECASE,
)
_PAPER: Final = re.compile(
    r"\b(?P<step>security (?:questionnaire|review|assessment)|vendor (?:onboarding|registration|"
    r"assessment)(?: form)?|supplier (?:onboarding|registration)|legal review|contract review|"
    r"MSA|DPA|data processing agreement|NDA|purchase order|redlines?|procurement (?:process|review|form)|"
    r"Auftragsverarbeitungsvertrag|AVV|Lieferantenregistrierung|bon de commande)\b",
    re.IGNORECASE,
)
_STAGE: Final = re.compile(
    r"(?:\b(?:first|then|next|after that|afterwards|finally|second|third|step \d|followed by|zuerst|dann|danach|"
    r"anschließend|d'abord|ensuite|enfin)\b,? |(?<!\d)\d[.)] |-+> ?)(?:(?:we|they|there|it|comes|is|'ll|will|do|run|"
    r"have|"
    r"would|goes|to|a|an|the|our)\b,? ?)*(?P<step>(?:proof of concept|POC|pilot|trial|demo|workshop|"
    r"technical (?:review|evaluation)|security review|shortlist\w*|reference calls?|RFP|vendor presentations?|"
    r"negotiation\w*|board (?:meeting|decision|presentation)|final (?:decision|presentation)|business case|"
    r"evaluation|test phase|Testphase|Pilotphase|pilote|(?:\w+ )?review|sign-?off|approval|Freigabe|"
    r"Prüfung)\b[^.;,]{0,40})",
    re.IGNORECASE,
)
_CURRENT: Final = re.compile(
    r"\b(?:we(?:'re| are)|they(?:'re| are)|currently|right now|at the moment|derzeit|aktuell)[^.;]{0,25}\b(?:in|at|"
    r"running|doing|going through|finishing) (?:the |a |an |our )?"
    r"(?P<step>proof of concept|POC|pilot|trial|evaluation(?: phase)?|RFP|technical (?:review|evaluation)|"
    r"security review|shortlist\w*|vendor selection|negotiation\w*|contract negotiation\w*|legal review|"
    r"test phase|Testphase|Pilotphase)",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:done|completed?|finished|passed|signed|already|abgeschlossen|terminé)\b", re.IGNORECASE
)


def find_processes(clause: Clause) -> Iterator[Proposal]:
    """Yield the approvals, steps and papers a clause names."""
    if not is_theirs(clause) or clause.is_question or is_about_others(clause) or is_denied(clause):
        return
    if (found := _APPROVAL.search(clause.text)) and not is_past(clause) and not _DONE.search(clause.text):
        yield clause.propose("decision_process.approval_process", [_approval(found)], 0.65)
    if is_imagined(clause):
        return
    if found := _CURRENT.search(clause.text):
        yield clause.propose("decision_process.current_stage", found["step"], 0.65)
    stages = [step["step"].strip() for step in _STAGE.finditer(clause.sentence) if step["step"] in clause.text]
    if stages:
        yield clause.propose("decision_process.stages", [{"name": name} for name in stages], 0.6)
    papers = list(dict.fromkeys(found["step"] for found in _PAPER.finditer(clause.text)))
    if papers and not stages:
        status = {"status": "done"} if _DONE.search(clause.text) else {}
        yield clause.propose("paper_process.steps", [{"name": name} | status for name in papers], 0.6)


def _approval(found: re.Match[str]) -> dict[str, str]:
    who = next(value for value in found.groupdict().values() if value)
    bare = re.sub(r"^(?:the|our|their) ", "", who, flags=re.IGNORECASE)
    return {"step": f"Approval by {bare}", "approver": bare}
