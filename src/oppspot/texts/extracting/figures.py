"""Proposes figures of the business: what doing nothing costs, what solving it is worth, returns, revenue, growth."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.amounts import amounts_in
from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_denied, is_imagined, is_plain, is_theirs
from oppspot.texts.types import Proposal

_COSTS: Final = re.compile(
    r"\b(?:cost(?:s|ing)? us|(?:we|we're|we are) (?:\w+ )?(?:los(?:e|ing)|wast(?:e|ing))|loses us|kostet uns|"
    r"verlieren wir|wir verlieren|"
    r"nous coûte|nous perdons|on perd|cost of (?:inaction|doing nothing))\b",
    re.IGNORECASE,
)
_WORTH: Final = re.compile(
    r"\b(?:(?:would|could|will|should|can) save(?: us)?|saves us|savings? of|worth|value of|einsparen|sparen|"
    r"économiser)\b",
    re.IGNORECASE,
)
_PERIODS: Final = (
    (
        12,
        re.compile(
            r"\b(?:(?:a|per|every|each) month|monthly|/ ?month|(?:im|pro|jeden) Monat|monatlich|par mois)\b",
            re.IGNORECASE,
        ),
    ),
    (4, re.compile(r"\b(?:(?:a|per|every|each) quarter|quarterly|pro Quartal|par trimestre)\b", re.IGNORECASE)),
    (52, re.compile(r"\b(?:(?:a|per|every|each) week|weekly|pro Woche|par semaine)\b", re.IGNORECASE)),
    (
        1,
        re.compile(
            r"\b(?:(?:a|per|every|each) year|yearly|annual(?:ly)?|p\.a\.|im Jahr|pro Jahr|jährlich|par an)\b",
            re.IGNORECASE,
        ),
    ),
)
_REVENUE: Final = re.compile(
    r"\b(?:our|we (?:make|do|have|turn over)|annual|yearly|unser)\b[^.;]{0,25}\b(?:revenue|turnover|sales|ARR|"
    r"Umsatz)\b|"
    r"\b(?:revenue|turnover|Umsatz|ARR) (?:is|of|:|von|liegt)",
    re.IGNORECASE,
)
_GROWTH: Final = re.compile(
    r"\b(?:we(?:'re| are)?|revenue|company|business)\b[^.;]{0,25}\b(?:grew|grow(?:s|ing|"
    r"n)?)\b[^.;%\d]{0,25}(\d{1,3}(?:\.\d)?) ?(?:%|percent)",
    re.IGNORECASE,
)
_FUNDING: Final = re.compile(
    r"\b(?:we|we've|we're|our|they)\b[^.;]{0,40}\b(?:closed|raised|raising|are|completed|announced|"
    r"last round was)\b[^.;]{0,30}\b"
    r"(bootstrapped|pre-?seed|seed|series [abcde]|publicly (?:listed|traded))\b",
    re.IGNORECASE,
)
_ROI: Final = re.compile(r"\b(?:ROI|return on investment)\b[^.;%\d]{0,30}(\d{1,4}) ?(?:%|percent)", re.IGNORECASE)
_PAYBACK: Final = re.compile(
    r"\b(?:pay(?:s|ing)? (?:for itself|back)|pay-?back(?: period| time)?|amortisier\w+)\b[^.;\d]{0,30}?\b"
    r"(\d{1,3}|one|two|three|six|nine|twelve|a) (month|year|Monat|Jahr)",
    re.IGNORECASE,
)
_NUMBERS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "six": 6, "nine": 9, "twelve": 12}


def find_figures(clause: Clause) -> Iterator[Proposal]:
    """Yield what a clause says of costs, value, returns and the company's own figures."""
    if not is_theirs(clause) or clause.is_question or is_denied(clause) or is_about_others(clause):
        return
    yield from _money(clause)
    if found := _ROI.search(clause.text):
        yield clause.propose("metrics.roi_percent", int(found[1]), 0.7)
    if found := _PAYBACK.search(clause.text):
        count = _NUMBERS.get(found[1].casefold()) or int(found[1])
        yield clause.propose("metrics.roi_payback_months", count * (12 if found[2][0] in "yYjJ" else 1), 0.7)
    # “We grew 30% last year” is past and holds all the same.
    if found := _GROWTH.search(clause.text):
        yield clause.propose("financial.growth_rate", float(found[1]), 0.7)
    if found := _FUNDING.search(clause.text):
        stage = re.sub(r"[- ]", "_", found[1].casefold())
        yield clause.propose(
            "financial.funding_status", "public" if "public" in stage else stage.replace("preseed", "pre_seed"), 0.7
        )


def _money(clause: Clause) -> Iterator[Proposal]:
    text = clause.text
    amount = next((found for found in amounts_in(text) if not found.is_range), None)
    if amount is None:
        return
    times = next((times for times, period in _PERIODS if period.search(text)), None)
    if _COSTS.search(text) and is_plain(clause) and times:
        yield clause.propose("identify_pain.cost_of_inaction", amount.low * times, 0.7)
    elif (found := _WORTH.search(text)) and abs(found.end() - amount.start) < 40:  # noqa: PLR2004 — characters
        yield clause.propose("metrics.value_quantification", amount.low * (times or 1), 0.6)
    elif _REVENUE.search(text) and not is_imagined(clause):
        yield clause.propose("financial.revenue", amount.low * (times or 1), 0.7)
