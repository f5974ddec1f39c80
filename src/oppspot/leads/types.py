"""What a lead is before it is stored, and why one is refused; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from oppspot.conditions.types import FieldType
from oppspot.core.errors import FieldProblem as Problem
from oppspot.engagement.types import ToldActs

__all__ = [
    "NO_COMPANY",
    "OPEN_STATUSES",
    "AttributeDeclaration",
    "AttributeValue",
    "CompanyInput",
    "FundingStage",
    "LeadInput",
    "LeadStage",
    "LeadStatus",
    "Problem",
    "Rejected",
]

AttributeValue = str | float | bool | list[str]
"""What a custom attribute holds: text and choices, numbers, booleans, RFC 3339 times as text, lists of text."""


class LeadStatus(StrEnum):
    """Where the work on a lead stands."""

    NEW = "new"
    WORKING = "working"
    QUALIFIED = "qualified"
    NURTURING = "nurturing"
    DISQUALIFIED = "disqualified"
    CONVERTED = "converted"
    ARCHIVED = "archived"


class LeadStage(StrEnum):
    """How far a lead is through the funnel."""

    LEAD = "lead"
    MQL = "mql"
    SAL = "sal"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"


class FundingStage(StrEnum):
    """A company's latest round; an unknown one is None."""

    BOOTSTRAPPED = "bootstrapped"
    PRE_SEED = "pre_seed"
    SEED = "seed"
    SERIES_A = "series_a"
    SERIES_B = "series_b"
    SERIES_C_PLUS = "series_c_plus"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class AttributeDeclaration:
    """A custom field of an organisation's leads; `choices` is the closed list of a choice."""

    key: str
    type: FieldType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyInput:
    """What a raw lead says about a company; None is unknown, an empty tuple of technologies is known to be none."""

    name: str | None = None
    domain: str | None = None  # registrable, ASCII, lower case; never a free-mail provider
    registration_number: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    region: str | None = None  # a state, county or province, as written
    postcode: str | None = None
    industry: str | None = None
    sic_code: str | None = None
    employees: int | None = None
    annual_revenue: float | None = None  # in the organisation's currency
    growth_rate: float | None = None  # per cent a year: 20 means 20 %
    funding_stage: FundingStage | None = None
    credit_score: int | None = None  # 0-100
    technologies: tuple[str, ...] | None = None


NO_COMPANY: Final = CompanyInput()


@dataclass(frozen=True, slots=True)
class LeadInput:
    """One raw lead, validated and normalised; None is unknown.

    `claims` and `events` are checked for shape only; their features decide what they mean. `warnings` names values
    that could not be read and were left unknown, so that nothing is dropped in silence.
    """

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    source: str | None = None
    product_interest: str | None = None
    external_id: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    region: str | None = None
    postcode: str | None = None
    company: CompanyInput = NO_COMPANY
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    claims: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    acts: tuple[ToldActs, ...] = ()  # what a file tells of the lead's acts: totals, and moments
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A raw lead that cannot be taken, with every reason found."""

    problems: tuple[Problem, ...]


# Statuses in which a lead is still to be given and worked; in the others nobody owes it anything.
OPEN_STATUSES: Final = frozenset({LeadStatus.NEW, LeadStatus.WORKING})
