"""What a lead score is made from and what it says; decides nothing.

Points and scores are `Decimal` with one decimal place, so that shown terms add up to the shown number exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from oppspot.engagement.types import EngagementEvent, EngagementModel


@lru_cache(maxsize=4096)
def to_points(tenths: int) -> Decimal:
    """Return tenths of a point, the unit of all arithmetic, as shown points."""
    return Decimal(tenths).scaleb(-1)


class Factor(StrEnum):
    FINANCIAL = "financial"
    TECHNOLOGY = "technology"
    INDUSTRY = "industry"
    GROWTH = "growth"
    ENGAGEMENT = "engagement"


FACTOR_LABELS: Final = {
    Factor.FINANCIAL: "Financial health",
    Factor.TECHNOLOGY: "Technology fit",
    Factor.INDUSTRY: "Industry alignment",
    Factor.GROWTH: "Growth",
    Factor.ENGAGEMENT: "Engagement",
}


class FundingStage(StrEnum):
    """`UNKNOWN` counts as no fact at all."""

    BOOTSTRAPPED = "bootstrapped"
    PRE_SEED = "pre_seed"
    SEED = "seed"
    SERIES_A = "series_a"
    SERIES_B = "series_b"
    SERIES_C_PLUS = "series_c_plus"
    PUBLIC = "public"
    UNKNOWN = "unknown"


class Band(StrEnum):
    HOT = "hot"
    GOOD = "good"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What is known of a company; None is unknown, an empty tuple of technologies is known to be none."""

    industry: str | None = None
    sic_code: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2; anything longer cannot be read and counts as unknown
    employees: int | None = None
    annual_revenue: float | None = None  # in the organisation's currency
    growth_rate: float | None = None  # per cent a year
    funding_stage: FundingStage | None = None
    credit_score: float | None = None  # 0-100
    technologies: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What is known of a lead besides its events; None is unknown and never costs points."""

    company: CompanyFacts = CompanyFacts()
    email_domain: str | None = None
    is_free_mail: bool | None = None
    is_student: bool | None = None
    title: str | None = None


# ── the model an organisation edits ──


@dataclass(frozen=True, slots=True)
class FactorWeights:
    """Shares of the overall score; they sum to 1."""

    financial: Decimal
    technology: Decimal
    industry: Decimal
    growth: Decimal
    engagement: Decimal


@dataclass(frozen=True, slots=True)
class PointStep:
    """Points from a threshold on: reaching it is enough when `inclusive`, else it must be exceeded."""

    threshold: float
    inclusive: bool
    points: int


@dataclass(frozen=True, slots=True)
class FundingPoints:
    stage: FundingStage
    points: int


@dataclass(frozen=True, slots=True)
class IndustryTier:
    """Industries worth the same: by words of the industry's name or by the leading digits of its SIC code."""

    points: int
    industries: tuple[str, ...]
    sic_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndustryRule:
    tiers: tuple[IndustryTier, ...]
    other_points: int
    excluded: tuple[str, ...]
    excluded_sic_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountryTier:
    points: int
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountryRule:
    tiers: tuple[CountryTier, ...]
    other_points: int


@dataclass(frozen=True, slots=True)
class WantedTechnology:
    name: str
    points: int


@dataclass(frozen=True, slots=True)
class TechnologyRule:
    """Points of the wanted technologies found, up to `enough_points`; none at all while a required one is missing."""

    wanted: tuple[WantedTechnology, ...]
    required: tuple[str, ...]
    enough_points: int


@dataclass(frozen=True, slots=True)
class Negatives:
    """Points taken off fit and overall for what a lead is. Domains and titles match whole labels and words."""

    competitor: int
    competitor_domains: tuple[str, ...]
    student: int
    student_titles: tuple[str, ...]
    free_mail: int
    excluded_industry: int


@dataclass(frozen=True, slots=True)
class BandThresholds:
    """Lowest overall score of each band; below `medium` is low."""

    hot: int
    good: int
    medium: int


@dataclass(frozen=True, slots=True)
class GradeThresholds:
    """Lowest fit of the letters A and B (else C) and lowest engagement of the digits 1 and 2 (else 3)."""

    fit_a: int
    fit_b: int
    engagement_1: int
    engagement_2: int


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """An organisation's scoring criteria. A criterion that can earn nothing is not asked and never missed."""

    weights: FactorWeights
    annual_revenue: tuple[PointStep, ...]
    credit_score: tuple[PointStep, ...]
    technologies: TechnologyRule
    industries: IndustryRule
    employees: tuple[PointStep, ...]
    countries: CountryRule
    growth_rate: tuple[PointStep, ...]
    funding_stage: tuple[FundingPoints, ...]
    engagement: EngagementModel
    negatives: Negatives
    bands: BandThresholds
    grades: GradeThresholds

    def __hash__(self) -> int:
        # Models are looked up often and differ rarely: hashing every nested rule would cost more than scoring a lead.
        return hash((self.weights, self.annual_revenue, self.bands))


# ── what comes out ──


class TermKind(StrEnum):
    CRITERION = "criterion"
    EVENTS = "events"
    PENALTY = "penalty"
    LIMIT = "limit"
    ROUNDING = "rounding"


class Contribution(NamedTuple):
    """One term of a shown number.

    `max_points` is the most this term could be with the facts that are known; `source` names the fact, the kind of
    event or the part of the arithmetic it comes from.
    """

    key: str
    kind: TermKind
    factor: Factor | None
    label: str
    points: Decimal
    max_points: Decimal | None
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class FactorScore:
    """A factor 0-100 (None: nothing known of it).

    `effective_weight` is its share of the overall score once the weight of what is unknown went to what is known;
    `coverage` 0-1 is how much of the factor is known.
    """

    factor: Factor
    score: Decimal | None
    weight: Decimal
    effective_weight: Decimal
    coverage: Decimal


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact the model asks for and nobody knows; `could_add` is the rise of the overall score at the best answer."""

    key: str
    factor: Factor
    label: str
    source: str
    could_add: Decimal


class Breakdown(Protocol):
    """The terms of each shown number, which they sum to exactly; no terms where the number is unknown.

    Each part is worked out when it is first read.
    """

    @property
    def factors(self) -> tuple[FactorScore, ...]: ...
    @property
    def overall(self) -> tuple[Contribution, ...]: ...
    @property
    def fit(self) -> tuple[Contribution, ...]: ...
    @property
    def engagement(self) -> tuple[Contribution, ...]: ...
    @property
    def missing(self) -> tuple[MissingFact, ...]: ...


class ScoreInputs(NamedTuple):
    """Everything a score is a function of; scoring them again gives the same score."""

    facts: LeadFacts
    events: Sequence[EngagementEvent]
    model: ScoreModel
    now: datetime


@dataclass(frozen=True, slots=True)
class LeadScore:
    """A lead's score. Overall, fit and engagement are 0-100 and None while unknown; so are band and grade.

    `coverage` 0-1 is the share of the fit criteria, by weight, that is known. The reasons are worked out when asked
    for, which keeps scoring many leads cheap.
    """

    overall: Decimal | None
    fit: Decimal | None
    engagement: Decimal
    band: Band | None
    grade: str | None
    coverage: Decimal
    model_hash: str
    inputs: ScoreInputs
    break_down: Callable[[ScoreInputs], Breakdown]

    def explain(self) -> Breakdown:
        return self.break_down(self.inputs)

    @property
    def factors(self) -> tuple[FactorScore, ...]:
        return self.explain().factors

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """The terms of the overall score."""
        return self.explain().overall
