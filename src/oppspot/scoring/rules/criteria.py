"""Decides the points of each fit criterion from a company's facts: whole points, or None while unknown."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, nextafter
from operator import attrgetter
from typing import Final

from oppspot.scoring.types import (
    CompanyFacts,
    CountryRule,
    Factor,
    FundingPoints,
    FundingStage,
    IndustryRule,
    PointStep,
    ScoreModel,
    TechnologyRule,
)
from oppspot.scoring.words import TermIndex, leading_digits, words

Evaluate = Callable[[CompanyFacts], int | None]
Describe = Callable[[CompanyFacts], str]
_COUNTRY_CODE_LENGTH: Final = 2
# Answers kept for each question of each model in use: enough for the values that repeat, little in all.
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the fit score. `describe` gives the reason for the points of a known fact."""

    fact: str
    factor: Factor
    label: str
    max_points: int
    evaluate: Evaluate
    describe: Describe
    key: str = field(init=False)
    source: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.factor}.{self.fact}")
        object.__setattr__(self, "source", f"company.{self.fact}")


def compile_criteria(model: ScoreModel) -> tuple[Criterion, ...]:
    """Compile the criteria that can earn something, in the order they are shown."""
    criteria = (
        _steps("annual_revenue", Factor.FINANCIAL, "Annual revenue", model.annual_revenue),
        _steps("credit_score", Factor.FINANCIAL, "Credit score", model.credit_score),
        _technologies(model.technologies),
        _industry(model.industries),
        _steps("employees", Factor.INDUSTRY, "Employees", model.employees),
        _country(model.countries),
        _steps("growth_rate", Factor.GROWTH, "Growth rate", model.growth_rate),
        _funding(model.funding_stage),
    )
    return tuple(criterion for criterion in criteria if criterion.max_points)


def _steps(fact: str, factor: Factor, label: str, steps: Sequence[PointStep]) -> Criterion:
    read: Callable[[CompanyFacts], float | None] = attrgetter(fact)
    # "Above x" is "at least the next number after x".
    starts = [step.threshold if step.inclusive else nextafter(step.threshold, inf) for step in steps]
    points = [0, *(step.points for step in steps)]

    def evaluate(company: CompanyFacts) -> int | None:
        value = read(company)
        # NaN is no number, so it is unknown; unlike anything else it differs from itself.
        if value is None or value != value:  # noqa: PLR0124
            return None
        return points[bisect_right(starts, value)]

    def describe(company: CompanyFacts) -> str:
        value = read(company)
        if value is None:
            return f"{label} is unknown"
        reached = bisect_right(starts, value)
        if not reached:
            return f"{label} {_number(value)} is not {_from(steps[0])}"
        return f"{label} {_number(value)} is {_from(steps[reached - 1])}"

    return Criterion(fact, factor, label, max(points), evaluate, describe)


def _from(step: PointStep) -> str:
    return f"{'at least' if step.inclusive else 'above'} {_number(step.threshold)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0")


def _funding(stages: Iterable[FundingPoints]) -> Criterion:
    points: dict[FundingStage, int] = {row.stage: row.points for row in stages}
    points.pop(FundingStage.UNKNOWN, None)

    def evaluate(company: CompanyFacts) -> int | None:
        stage = company.funding_stage
        return None if stage is None else points.get(stage)

    def describe(company: CompanyFacts) -> str:
        return f"Funding stage is {str(company.funding_stage).replace('_', ' ')}"

    return Criterion(
        "funding_stage", Factor.GROWTH, "Funding stage", max(points.values(), default=0), evaluate, describe
    )


def _technologies(rule: TechnologyRule) -> Criterion:
    worth = [wanted.points for wanted in rule.wanted]
    # Each wanted technology is one bit, and so is each required one above them.
    wanted_at = TermIndex({wanted.name: 1 << bit for bit, wanted in enumerate(rule.wanted)})
    required_at = TermIndex({name: 1 << bit for bit, name in enumerate(rule.required, len(worth))})
    all_required = (1 << len(worth) + len(rule.required)) - (1 << len(worth))

    @lru_cache(maxsize=_REMEMBERED)
    def bits_of(technology: str) -> int:
        found = 0
        for _, bit in (*wanted_at.find(technology), *required_at.find(technology)):
            found |= bit
        return found

    @lru_cache(maxsize=_REMEMBERED)
    def points_of(found: int) -> int:
        if found & all_required != all_required:
            return 0
        return min(rule.enough_points, sum(points for bit, points in enumerate(worth) if found >> bit & 1))

    def found_in(technologies: Iterable[str]) -> int:
        found = 0
        for technology in technologies:
            found |= bits_of(technology)
        return found

    def evaluate(company: CompanyFacts) -> int | None:
        return None if company.technologies is None else points_of(found_in(company.technologies))

    def describe(company: CompanyFacts) -> str:
        found = found_in(company.technologies or ())
        lacking = [name for bit, name in enumerate(rule.required, len(worth)) if not found >> bit & 1]
        if lacking:
            return f"Does not use {', '.join(lacking)}, which is required"
        used = [wanted.name for bit, wanted in enumerate(rule.wanted) if found >> bit & 1]
        return f"Uses {', '.join(used)}" if used else "Uses none of the wanted technologies"

    most = min(rule.enough_points, sum(worth))
    return Criterion("technologies", Factor.TECHNOLOGY, "Technologies", most, evaluate, describe)


def _industry(rule: IndustryRule) -> Criterion:
    by_name = TermIndex({name: tier.points for tier in rule.tiers for name in tier.industries})
    by_code = {prefix: tier.points for tier in rule.tiers for prefix in tier.sic_prefixes}
    exclusion_of = compile_exclusion(rule)

    # Names and codes are remembered apart: together they hardly ever repeat.
    @lru_cache(maxsize=_REMEMBERED)
    def best_name(industry: str) -> tuple[int, str] | None:
        """Return the points of a known industry and the target it is (none: "")."""
        found = max(((points, name) for name, points in by_name.find(industry)), default=(rule.other_points, ""))
        return found if words(industry) else None

    @lru_cache(maxsize=_REMEMBERED)
    def best_code(sic_code: str) -> tuple[int, str] | None:
        code = leading_digits(sic_code)
        matching = ((points, f"SIC {prefix}") for prefix, points in by_code.items() if code.startswith(prefix))
        return max(matching, default=(rule.other_points, "")) if code else None

    def best(company: CompanyFacts) -> tuple[int, str] | None:
        name = best_name(company.industry) if company.industry else None
        code = best_code(company.sic_code) if company.sic_code else None
        return max(name, code) if name and code else name or code

    def evaluate(company: CompanyFacts) -> int | None:
        found = best(company)
        if found is None:
            return None
        return 0 if exclusion_of(company) else found[0]

    def describe(company: CompanyFacts) -> str:
        if excluded := exclusion_of(company):
            return f"Industry is excluded: {excluded}"
        found = best(company)
        return f"Target industry: {found[1]}" if found and found[1] else "Industry is not among the targets"

    most = max((tier.points for tier in rule.tiers), default=0)
    return Criterion("industry", Factor.INDUSTRY, "Industry", most, evaluate, describe)


def compile_exclusion(rule: IndustryRule) -> Callable[[CompanyFacts], str | None]:
    """Compile the test that names the excluded industry or SIC prefix a company falls under, if any."""
    if not rule.excluded and not rule.excluded_sic_prefixes:
        return lambda _: None
    by_name = TermIndex(dict.fromkeys(rule.excluded, True))

    @lru_cache(maxsize=_REMEMBERED)
    def named(industry: str) -> str | None:
        return next((name for name, _ in by_name.find(industry)), None)

    def exclusion_of(company: CompanyFacts) -> str | None:
        if company.sic_code:
            code = leading_digits(company.sic_code)
            for prefix in rule.excluded_sic_prefixes:
                if code.startswith(prefix):
                    return f"SIC {prefix}"
        return named(company.industry) if company.industry else None

    return exclusion_of


def _country(rule: CountryRule) -> Criterion:
    points = {country.casefold(): tier.points for tier in rule.tiers for country in tier.countries}

    def evaluate(company: CompanyFacts) -> int | None:
        country = company.country
        if country is None or len(country) != _COUNTRY_CODE_LENGTH:
            return None
        return points.get(country.casefold(), rule.other_points)

    def describe(company: CompanyFacts) -> str:
        country = str(company.country)
        return f"{country.upper()} is {'a' if country.casefold() in points else 'not a'} target country"

    most = max((tier.points for tier in rule.tiers), default=0)
    return Criterion("country", Factor.INDUSTRY, "Country", most, evaluate, describe)
