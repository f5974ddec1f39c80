"""Proposes the figures they want to move, and what they would call a success."""

import re
from collections.abc import Iterator
from typing import Any, Final

from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_past, is_theirs
from oppspot.texts.types import Proposal

_FIGURE: Final = (
    r"(?P<{0}>\d{{1,3}}(?:[.,]\d{{3}})+|\d+(?:[.,]\d+)?) ?"
    r"(?P<{0}_unit>%|percent|Prozent|hours?|days?|weeks?|minutes?|months?|points?|Stunden?|Tagen?|Wochen?|jours?|heures?)?"
)
_MOVE: Final = (
    r"(?:reduc(?:e|ing)|cut(?:ting)?|lower(?:ing)?|bring(?:ing)? (?:down)?|get(?:ting)?|increas(?:e|ing)|rais(?:e|"
    r"ing)|improv(?:e|ing)|grow(?:ing)?|lift(?:ing)?|"
    r"shorten(?:ing)?|mov(?:e|ing)|go(?:ing)?|double|senken|erhöhen|reduzieren|verkürzen|steigern|réduire|augmenter|"
    r"passer)"
)
_FROM_TO: Final = re.compile(
    rf"\b{_MOVE} (?:our |the |its |die |den |das |unsere?n? |notre |nos |le |la |"
    rf"les )?(?P<name>[^.;,\d]{{3,60}}?) (?:down |up )?(?:from|von|de) (?:about |around |currently )?"
    rf"{_FIGURE.format('old')} (?:down |up )?(?:to|auf|à) (?:under |below |at least |about |"
    rf"less than )?{_FIGURE.format('new')}",
    re.IGNORECASE,
)
_SHOULD_GO: Final = re.compile(
    rf"(?P<name>[\w][^.;,\d:]{{3,60}}?) (?:should|must|needs? to|has to|have to|is to|soll(?:en)?|doit) (?:be |go |"
    rf"drop |fall |rise |grow |increase |come |decrease )?(?:down |up )?(?:from|von|de) (?:about |around )?"
    rf"{_FIGURE.format('old')} (?:down |up )?(?:to|auf|à) (?:under |below |at least |about |"
    rf"less than )?{_FIGURE.format('new')}",
    re.IGNORECASE,
)
_IS_SHOULD: Final = re.compile(
    rf"(?P<name>[\w][^.;,\d:]{{3,60}}?) (?:is|are|stands? at|sits? at|:) (?:currently |now |at |about |"
    rf"around )*{_FIGURE.format('old')}[^.;\d]{{0,40}}\b"
    rf"(?:want|need|goal|target|aim|should be|needs to be|must be|like)\b[^.;\d]{{0,40}}?{_FIGURE.format('new')}",
    re.IGNORECASE,
)
_TO_TARGET: Final = re.compile(
    rf"\b(?:target|goal|aim|objective|KPI|Ziel|objectif)s?(?: is| are|:| for us is)? (?:to )?(?:have |get |reach |"
    rf"achieve |{_MOVE} )?(?:our |the |an? )?"
    rf"(?P<name>[^.;,\d]{{3,60}}?) (?:of|to|under|below|at|above|over|in|by|auf|von|à) (?:at least |less than |"
    rf"under )?{_FIGURE.format('new')}",
    re.IGNORECASE,
)
_SUCCESS: Final = re.compile(
    r"\b(?:success (?:for us )?(?:means|is|would be|would mean|looks like|criteri(?:a|on)(?: is| are|:))|(?:we|"
    r"I)(?:'d| would) (?:call|consider) (?:it|this) a success (?:if|when)|"
    r"(?:it|this) (?:is|would be|will be) (?:a success|successful|worth it) (?:if|when)|(?:we|they)(?:'ll|"
    r" will) measure success by|Erfolg (?:heißt|bedeutet|wäre)|"
    r"erfolgreich,? wenn|le succès,? c'est|ce sera un succès si)[: ]*(?:that |for us |if |when )?(?P<told>\S.{5,})",
    re.IGNORECASE,
)


def find_targets(clause: Clause) -> Iterator[Proposal]:
    """Yield the metric a clause wants to move, with where it is and should be, or its idea of success."""
    if not is_theirs(clause) or clause.is_question or is_about_others(clause):
        return
    # “We would call it a success if …” is what they want, however it is put.
    if found := _SUCCESS.search(clause.sentence):
        if found["told"].strip(" .") and clause.text in clause.sentence[: found.end()]:
            yield clause.propose("metrics.success_criteria", [{"description": found["told"].strip(" .!")[:300]}], 0.7)
        return
    if is_denied(clause) or is_past(clause):
        return
    for form in (_FROM_TO, _SHOULD_GO, _IS_SHOULD, _TO_TARGET):
        items = [item for found in form.finditer(clause.text) if (item := _kpi(found))]
        if items:
            yield clause.propose("metrics.kpis", items, 0.7)
            return


def _kpi(found: re.Match[str]) -> dict[str, Any] | None:
    groups = found.groupdict()
    name = re.sub(
        r"^(?:our|the|currently|right now|we|and|to|is|an?)\b ?", "", found["name"].strip(), flags=re.IGNORECASE
    ).strip(" ,")
    if len(name) < 3 or re.search(r"\b(?:budget|price|decision|contract|live)\b", name, re.IGNORECASE):  # noqa: PLR2004 — letters
        return None
    item: dict[str, Any] = {"name": name}
    if groups.get("old"):
        item["baseline"] = _number(groups["old"])
    item["target"] = _number(groups["new"])
    if unit := groups.get("new_unit") or groups.get("old_unit"):
        item["unit"] = {"percent": "%", "Prozent": "%"}.get(unit, unit)
    return item


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    return float(text.replace(",", "."))
