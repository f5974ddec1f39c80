"""Decides whether a score model of the right form contradicts itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, Protocol

from oppspot.scoring.parse.nodes import Problem
from oppspot.scoring.types import Factor, IndustryRule, PointStep, ScoreModel, TechnologyRule
from oppspot.scoring.words import words

_FINEST_WEIGHT: Final = Decimal("0.001")


def find_contradictions(model: ScoreModel) -> tuple[Problem, ...]:
    """Return every contradiction, each at the path of the document to mend."""
    checks: tuple[Callable[[ScoreModel], Iterable[Problem]], ...] = (
        _check_weights,
        _check_steps,
        _check_factors_can_earn,
        _check_technologies,
        _check_industries,
        _check_countries,
        _check_thresholds,
    )
    return tuple(problem for check in checks for problem in check(model))


def _check_weights(model: ScoreModel) -> Iterator[Problem]:
    weights = {factor: getattr(model.weights, factor) for factor in Factor}
    for factor, weight in weights.items():
        if weight % _FINEST_WEIGHT:
            yield Problem(f"weights.{factor}", f"{weight} is too fine", "at most three decimal places")
    if (total := sum(weights.values())) != 1:
        yield Problem("weights", f"the weights sum to {total}", "weights that sum to 1")


def _check_steps(model: ScoreModel) -> Iterator[Problem]:
    yield from _check_step_list("financial.annual_revenue", model.annual_revenue, rising=True)
    yield from _check_step_list("financial.credit_score", model.credit_score, rising=True)
    yield from _check_step_list("growth.growth_rate", model.growth_rate, rising=True)
    # A company can be too large, so employees may earn less again.
    yield from _check_step_list("industry.employees", model.employees, rising=False)


def _check_step_list(path: str, steps: Sequence[PointStep], *, rising: bool) -> Iterator[Problem]:
    for earlier, later in pairwise(steps):
        if (earlier.threshold, earlier.inclusive) == (later.threshold, later.inclusive):
            yield Problem(path, f"two steps start at {later.threshold:g}", "one step for each threshold")
        elif rising and later.points < earlier.points:
            message = f"the step at {later.threshold:g} earns less than the one at {earlier.threshold:g}"
            yield Problem(path, message, "points that never fall as the value grows")


def _check_factors_can_earn(model: ScoreModel) -> Iterator[Problem]:
    earning = {
        Factor.FINANCIAL: _best(model.annual_revenue) + _best(model.credit_score),
        Factor.TECHNOLOGY: model.technologies.enough_points,
        Factor.INDUSTRY: _best(model.industries.tiers) + _best(model.employees) + _best(model.countries.tiers),
        Factor.GROWTH: _best(model.growth_rate) + _best(model.funding_stage),
        Factor.ENGAGEMENT: _best(model.engagement.kinds),
    }
    for factor, points in earning.items():
        if getattr(model.weights, factor) and not points:
            yield Problem(factor, "has a weight but nothing in it can earn points", "a criterion, or weight 0")


class _Earning(Protocol):
    @property
    def points(self) -> int: ...


def _best(rows: Iterable[_Earning]) -> int:
    return max((row.points for row in rows), default=0)


def _check_technologies(model: ScoreModel) -> Iterator[Problem]:
    rule: TechnologyRule = model.technologies
    most = sum(technology.points for technology in rule.wanted)
    if rule.enough_points > most:
        message = f"{rule.enough_points} is more than all wanted technologies earn"
        yield Problem("technology.enough_points", message, f"a whole number from 0 to {most}")
    if rule.required and not rule.wanted:
        yield Problem("technology.required", "nothing is wanted beside it", "at least one wanted technology")
    yield from _check_repeats("technology.wanted", (technology.name for technology in rule.wanted))
    yield from _check_repeats("technology.required", rule.required)


def _check_industries(model: ScoreModel) -> Iterator[Problem]:
    rule: IndustryRule = model.industries
    path = "industry.industries"
    names = [name for tier in rule.tiers for name in tier.industries]
    yield from _check_repeats(path, [*names, *rule.excluded])
    codes = [code for tier in rule.tiers for code in tier.sic_prefixes]
    yield from _check_repeats(path, [*codes, *rule.excluded_sic_prefixes])
    for index, tier in enumerate(rule.tiers):
        if not tier.industries and not tier.sic_prefixes:
            yield Problem(f"{path}.tiers[{index}]", "names no industry", "at least one industry or SIC prefix")
    yield from _check_other(path, rule.other_points, _best(rule.tiers))


def _check_countries(model: ScoreModel) -> Iterator[Problem]:
    path = "industry.countries"
    yield from _check_repeats(path, [country for tier in model.countries.tiers for country in tier.countries])
    for index, tier in enumerate(model.countries.tiers):
        if not tier.countries:
            yield Problem(f"{path}.tiers[{index}].countries", "names no country", "at least one country")
    yield from _check_other(path, model.countries.other_points, _best(model.countries.tiers))


def _check_other(path: str, other_points: int, best: int) -> Iterator[Problem]:
    if other_points > best:
        message = f"{other_points} is more than the best tier earns"
        yield Problem(f"{path}.other_points", message, f"a whole number from 0 to {best}")


def _check_repeats(path: str, names: Iterable[str]) -> Iterator[Problem]:
    seen = set()
    for name in names:
        if (key := words(name)) in seen:
            yield Problem(path, f"{name!r} is named twice", "each name once")
        seen.add(key)


def _check_thresholds(model: ScoreModel) -> Iterator[Problem]:
    bands, grades = model.bands, model.grades
    yield from _check_falling("bands", hot=bands.hot, good=bands.good, medium=bands.medium)
    yield from _check_falling("grades", fit_a=grades.fit_a, fit_b=grades.fit_b)
    yield from _check_falling("grades", engagement_1=grades.engagement_1, engagement_2=grades.engagement_2)


def _check_falling(path: str, **thresholds: int) -> Iterator[Problem]:
    for (higher, at), (lower, below) in pairwise(thresholds.items()):
        if below >= at:
            yield Problem(f"{path}.{lower}", f"{below} is not below {higher} ({at})", f"a whole number below {at}")
