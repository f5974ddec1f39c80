"""What a claim and an assessment are; decides nothing.

Points are integers in hundredths of a point, so that shown terms add up to the shown number exactly.
What is made by the dozen for every lead is a named tuple: five times as fast to make as a frozen dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

Source = Literal["rep", "form", "crm", "enrichment", "text", "model"]
Grade = Literal["asserted", "corroborated", "verified"]
State = Literal["met", "partly", "unmet", "unknown", "expired"]
ActionKind = Literal["settle", "ask", "reconfirm", "improve"]

GRADE_RANK: Final[Mapping[Grade, int]] = {"asserted": 1, "corroborated": 2, "verified": 3}

# JSON: bool, number, text, list, object; dates are ISO text. None withdraws what was said before.
ClaimValue: TypeAlias = Any

HUNDRED_POINTS: Final = 10_000
# The states of a criterion that fresh evidence speaks of.
KNOWN: Final = frozenset[State]({"met", "partly", "unmet"})


def points(hundredths: int) -> Decimal:
    """Return hundredths of a point as points."""
    return Decimal(hundredths).scaleb(-2)


def rounded(hundredths: int) -> int:
    """Return hundredths of a point as whole points, a half rounded up."""
    return (hundredths + 50) // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a claim rests on: a quote (with its place in a document), an address, a file or a note."""

    kind: Literal["quote", "url", "file", "note"]
    text: str
    document: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One dated statement about a lead or its company; a value of None withdraws earlier statements of its key."""

    id: UUID
    key: str
    value: ClaimValue
    source: Source
    observed_at: datetime
    grade: Grade = "asserted"
    confidence: float = 1.0  # 0-1: how sure the source was
    expires_at: datetime | None = None
    evidence: Evidence | None = None
    author: str | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"The confidence of a claim is between 0 and 1, not {self.confidence}.")


class Statement(NamedTuple):
    """What one claim says about one key: its own, or another that follows from it."""

    key: str
    value: ClaimValue
    claim: Claim
    expires_at: datetime | None

    @property
    def is_implied(self) -> bool:
        return self.key != self.claim.key


class CurrentValue(NamedTuple):
    """The statement that counts for a key, how far it can be relied on, and who disagrees."""

    statement: Statement
    is_fresh: bool
    trust: float  # 0-1: the best fresh evidence held for the key
    disputed_by: tuple[Statement, ...]


class Contradiction(NamedTuple):
    """Sources that disagree about a key: the statement that counts and those against it."""

    key: str
    current: Statement
    disputed_by: tuple[Statement, ...]


class CriterionResult(NamedTuple):
    """What one criterion earned, and the statement that decided.

    `points` are of the element, `contribution` of the overall score; both in hundredths of a point.
    """

    element: str
    criterion: str
    key: str
    state: State
    points: int
    max_points: int
    contribution: int
    max_contribution: int
    statement: Statement | None
    note: str | None

    @property
    def is_known(self) -> bool:
        return self.state in KNOWN


class ElementResult(NamedTuple):
    """One letter: how much of it is known and fresh, what it earned and lost, and why. Hundredths of a point."""

    element: str
    points: int
    lost: int  # to known, fresh evidence
    coverage: float  # 0-1
    contribution: int  # to the overall score
    criteria: tuple[CriterionResult, ...]

    @property
    def score(self) -> int | None:
        """0-100; None while nothing is known."""
        return rounded(self.points) if self.coverage else None

    @property
    def best_case(self) -> int:
        """0-100: the score if everything unknown or expired turned out well."""
        return rounded(HUNDRED_POINTS - self.lost)


class Contribution(NamedTuple):
    """One term of the overall score; the term without a criterion is the rounding to a whole number."""

    element: str | None
    criterion: str | None
    hundredths: int

    @property
    def points(self) -> Decimal:
        return points(self.hundredths)


class QualificationAction(NamedTuple):
    """Something to find out, and the most it can add to the overall score (hundredths of a point)."""

    kind: ActionKind
    element: str
    criterion: str | None
    key: str
    text: str
    gain: int

    @property
    def points(self) -> Decimal:
        return points(self.gain)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a framework says of a lead at a moment, with every reason."""

    framework: str
    version_hash: str
    assessed_at: datetime
    elements: tuple[ElementResult, ...]
    overall_score: int | None  # 0-100; None while nothing is known
    lost: int  # hundredths of a point of the overall score, to known, fresh evidence
    coverage: float  # 0-1
    confidence: float  # 0-1
    status: str
    next_actions: tuple[QualificationAction, ...]  # the most valuable first
    next_review_date: date
    contradictions: tuple[Contradiction, ...]

    @property
    def best_case(self) -> int:
        """0-100: the overall score if everything unknown or expired turned out well."""
        return rounded(HUNDRED_POINTS - self.lost)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """The terms that sum to the overall score exactly, the rounding last."""
        terms = [
            Contribution(result.element, result.criterion, result.contribution)
            for element in self.elements
            for result in element.criteria
            if result.contribution
        ]
        if rounding := 100 * (self.overall_score or 0) - sum(term.hundredths for term in terms):
            terms.append(Contribution(None, None, rounding))
        return tuple(terms)
