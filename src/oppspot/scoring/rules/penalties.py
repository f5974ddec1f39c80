"""Decides the points taken off for what a lead is: a competitor, a student, a free-mail user, an excluded industry."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from oppspot.scoring.rules.criteria import compile_exclusion
from oppspot.scoring.types import IndustryRule, LeadFacts, Negatives
from oppspot.scoring.words import TermIndex, is_within_domain

_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Penalty:
    """`find` returns the reason why the points come off, or None; a fact nobody knows never costs points."""

    name: str
    label: str
    source: str
    points: int
    find: Callable[[LeadFacts], str | None]


def compile_penalties(negatives: Negatives, industries: IndustryRule) -> tuple[Penalty, ...]:
    """Compile the penalties that can occur under this model."""
    penalties: list[Penalty] = []
    if negatives.competitor_domains:
        penalties.append(_competitor(negatives))
    penalties.append(_student(negatives))
    penalties.append(_free_mail(negatives))
    if industries.excluded or industries.excluded_sic_prefixes:
        penalties.append(_excluded_industry(negatives, industries))
    return tuple(penalty for penalty in penalties if penalty.points)


def _competitor(negatives: Negatives) -> Penalty:
    @lru_cache(maxsize=_REMEMBERED)
    def is_competitor(domain: str) -> bool:
        return is_within_domain(domain, negatives.competitor_domains)

    def find(facts: LeadFacts) -> str | None:
        domain = facts.email_domain
        return f"{domain} belongs to a competitor" if domain is not None and is_competitor(domain) else None

    return Penalty("competitor", "Competitor", "lead.email_domain", negatives.competitor, find)


def _student(negatives: Negatives) -> Penalty:
    titles = TermIndex(dict.fromkeys(negatives.student_titles, True))

    @lru_cache(maxsize=_REMEMBERED)
    def reason_in(title: str) -> str | None:
        return next((f"Title names {term}" for term, _ in titles.find(title)), None)

    def find(facts: LeadFacts) -> str | None:
        if facts.is_student is not None:
            return "Is a student" if facts.is_student else None
        return None if facts.title is None else reason_in(facts.title)

    return Penalty("student", "Student", "lead.title", negatives.student, find)


def _free_mail(negatives: Negatives) -> Penalty:
    def find(facts: LeadFacts) -> str | None:
        return "Uses a free mail address" if facts.is_free_mail else None

    return Penalty("free_mail", "Free mail address", "lead.is_free_mail", negatives.free_mail, find)


def _excluded_industry(negatives: Negatives, industries: IndustryRule) -> Penalty:
    exclusion_of = compile_exclusion(industries)

    def find(facts: LeadFacts) -> str | None:
        excluded = exclusion_of(facts.company)
        return f"Industry is excluded: {excluded}" if excluded else None

    return Penalty("excluded_industry", "Excluded industry", "company.industry", negatives.excluded_industry, find)
