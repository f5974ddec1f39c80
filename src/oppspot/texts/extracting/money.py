"""Proposes what they can spend, and whether that is settled."""

import re
from collections.abc import Iterator
from typing import Final

from oppspot.texts.extracting.amounts import Amount, amounts_in
from oppspot.texts.extracting.clauses import Clause
from oppspot.texts.extracting.guards import is_about_others, is_imagined, is_past, is_plain, is_theirs, is_to_come
from oppspot.texts.types import Proposal

_BUDGET: Final = (
    r"(?:budget(?:ed|iert)?|set aside|earmarked|ring-?fenced|put aside|allocated|(?:can|able to|willing to|prepared to|"
    r"happy to|planning to|plan to|comfortable) spend(?:ing)?|spending (?:limit|cap)|funds|funding for this|"
    r"eingeplant|bereitgestellt|"
    r"zur Verfügung|enveloppe|prévu|alloué|débloqué)"
)
_NEAR: Final = re.compile(rf"\b{_BUDGET}\b", re.IGNORECASE)
_SETTLED: Final = (
    r"(?:approved|confirmed|signed[- ]off(?: on)?|secured|in place|committed|released|green-?lit|freigegeben|genehmigt|"
    r"bestätigt|bewilligt|gesichert|validé|approuvé|confirmé|débloqué|acquis)"
)
_CONFIRMED: Final = re.compile(
    rf"\b(?:budget|funds|money|funding|{_BUDGET})\b(?:[^.;]|\.(?=\d)){{0,70}}\b{_SETTLED}(?!\w)|"
    rf"\b{_SETTLED}\b[^.;]{{0,30}}\b(?:budget|funds|funding|money)\b",
    re.IGNORECASE,
)
_UNSETTLED: Final = re.compile(
    rf"\b(?:budget|funds|funding|money)\b(?:[^.;]|\.(?=\d)){{0,40}}\b(?:not|isn't|hasn't been|has not been|n't|nicht|"
    rf"n'est pas|pas)\b[^.;]{{0,25}}\b{_SETTLED}(?!\w)|"
    rf"\b(?:budget|funds|funding)\b[^.;]{{0,30}}\b(?:still|yet) (?:needs?|has|have|to) [^.;]{{0,20}}\b{_SETTLED}(?!\w)|"
    rf"\bno (?:approved|confirmed|official) budget\b|\bbudget\b[^.;]{{0,30}}\b(?:awaiting|pending|"
    rf"waiting for) (?:\w+ )?(?:approval|sign-?off)",
    re.IGNORECASE,
)
_APPROVER: Final = re.compile(
    r"\b(?:board|cfo|ceo|management|finance|vorstand|geschäftsführung|direction|she|he|they)\b[^.;]{0,20}\b(?:has |"
    r"have |already |just )*"
    r"(?:approved|signed off(?: on)?|released|genehmigt|freigegeben)\b",
    re.IGNORECASE,
)
# Prices, losses and revenues are money too, but not theirs to spend.
_NOT_A_BUDGET: Final = re.compile(
    r"\b(?:quote[ds]?|price[ds]?|pricing|charg\w+|offer\w*|proposal|invoice|revenue|turnover|Umsatz|chiffre d'affaires|"
    r"sav(?:e|es|ing|ings)|cost(?:s|ing)? us|los(?:e|es|ing)|raised|round|per (?:user|seat|hour|transaction)|"
    r"discount|salary|"
    r"fine|penalt\w+|kostet uns|coûte)\b",
    re.IGNORECASE,
)
_ROUGH: Final = re.compile(
    r"\b(?:around|about|roughly|approx\w*|circa|ca\.|some|maybe|etwa|rund|ungefähr|environ)\b|~", re.IGNORECASE
)
_MOST: Final = re.compile(r"\b(?:under|below|less than|unter|moins de)\s*$", re.IGNORECASE)
_LEAST: Final = re.compile(r"\b(?:over|above|more than|at least|über|mehr als|plus de)\s*$", re.IGNORECASE)
_BUCKETS: Final = (
    ("under_10k", 0, 10_000),
    ("10k_50k", 10_000, 50_000),
    ("50k_100k", 50_000, 100_000),
    ("100k_500k", 100_000, 500_000),
    ("over_500k", 500_000, float("inf")),
)
_WITHIN: Final = 60  # characters between the word and the amount


def find_money(clause: Clause) -> Iterator[Proposal]:
    """Yield what a clause says of a budget: its amount or range, and that it is settled."""
    # An amount that is not approved yet is an amount all the same.
    if is_open := _denies_approval(clause):
        yield clause.propose("budget.confirmed", value=False, confidence=0.7)
    if not is_plain(clause) and not is_open:
        return
    amounts = [amount for amount in amounts_in(clause.text) if _is_to_spend(clause.text, amount)]
    for amount in amounts[:1]:
        yield from _of_amount(clause, amount)
    is_settled = _CONFIRMED.search(clause.text) or (amounts and _APPROVER.search(clause.text))
    if is_settled and not is_open and not is_to_come(clause):
        yield clause.propose("budget.confirmed", value=True, confidence=0.8)


def _denies_approval(clause: Clause) -> bool:
    """Answer whether the clause says that a budget is there to be approved, and is not yet."""
    if not is_theirs(clause) or clause.is_question or is_imagined(clause) or is_about_others(clause) or is_past(clause):
        return False
    return _UNSETTLED.search(clause.text) is not None


def _is_to_spend(text: str, amount: Amount) -> bool:
    if _NOT_A_BUDGET.search(text):
        return False
    if _APPROVER.search(text):
        return True
    return any(
        min(abs(cue.end() - amount.start), abs(amount.end - cue.start())) <= _WITHIN for cue in _NEAR.finditer(text)
    )


def _of_amount(clause: Clause, amount: Amount) -> Iterator[Proposal]:
    before = clause.text[: amount.start]
    low, high = amount.low, amount.high
    if _MOST.search(before):
        low = 0.0
    elif _LEAST.search(before):
        high = float("inf")
    if low == high:
        yield clause.propose("budget.estimated_budget", low, 0.6 if _ROUGH.search(before) else 0.8)
        return
    for name, least, most in _BUCKETS:
        if least <= low and high <= most:
            yield clause.propose("budget.range", name, 0.7)
