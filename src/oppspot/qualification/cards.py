"""What cards have in common: which claim key stands behind which field, filling them, and reading their updates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import InvalidClaims, validate_claim
from oppspot.qualification.evidence import current_values
from oppspot.qualification.types import Assessment, Claim, ClaimValue, Statement

Level = Literal["critical", "high", "medium", "low"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DecisionMaker(Part):
    name: str
    title: str | None = None
    role: str | None = None
    seniority: str | None = None
    influence: float | None = None  # 0-100
    engaged: bool | None = None
    email: str | None = None


class Stakeholder(DecisionMaker):
    department: str | None = None
    sentiment: Literal["supporter", "neutral", "opponent"] | None = None
    engagement: float | None = None  # 0-100
    reports_to: str | None = None
    phone: str | None = None
    last_contact: date | None = None


class PainPoint(Part):
    description: str
    severity: Level | None = None
    impact: str | None = None
    cost: float | None = None
    owner: str | None = None


class Pillar(Part):
    score: int | None  # 0-100; None while nothing is known
    coverage: float  # 0-1: how much of it is known and fresh


class NextAction(Part):
    kind: Literal["settle", "ask", "reconfirm", "improve"]
    element: str
    field: str
    text: str
    points: float  # the most it can add to the overall score


class CardOverride(Part):
    """What a person decided beside the machine, in force now."""

    status: str | None
    overall_score: int | None
    reason: str
    author: str
    made_at: datetime
    expires_at: datetime | None


class Card(Part):
    """What the card of every framework says beside its pillars."""

    lead_id: UUID
    company_id: UUID | None
    overall_score: int | None  # 0-100; None while nothing is known
    coverage: float  # 0-1
    next_actions: list[NextAction]
    next_review_date: date
    expired: list[str]  # fields whose value is shown but no longer counts
    disputed: list[str]  # fields on which sources disagree
    assessed_at: datetime
    framework_hash: str
    verdict: str | None = None  # what counts: that of the override, else the machine's
    override: CardOverride | None = None


@dataclass(frozen=True)
class Layout:
    """Where each claim key is found on a card, as a dotted field; `calculated` fields cannot be set."""

    fields: Mapping[str, str]
    calculated: frozenset[str]
    example: str  # a field to set instead of a calculated one

    @cached_property
    def keys(self) -> Mapping[str, str]:
        return {field: key for key, field in self.fields.items()}

    @cached_property
    def branches(self) -> frozenset[str]:
        """The fields that hold other fields."""
        return frozenset(field.rsplit(".", depth)[0] for field in self.keys for depth in range(1, field.count(".") + 1))

    def field(self, key: str) -> str:
        return self.fields.get(key, key)


def layout_of(fields: Mapping[str, str], card: type[Card], update: type[Part], example: str) -> Layout:
    """Return the layout of a card, whose pillars are the fields of its update."""
    pillars = {f"{pillar}.{name}" for pillar in update.model_fields for name in Pillar.model_fields}
    return Layout(fields, frozenset(card.model_fields) | pillars, example)


def card_content(
    layout: Layout, lead_id: UUID, company_id: UUID | None, claims: Sequence[Claim], assessment: Assessment
) -> dict[str, Any]:
    """Return the fields of a card, pillars included, but for what its framework alone calls by a name of its own."""
    content: dict[str, Any] = {
        element.element: {"score": element.score, "coverage": element.coverage} for element in assessment.elements
    }
    for key, statement in _statements(layout, claims, assessment).items():
        if not isinstance(validate_claim(key, statement.value), FieldProblem):
            _put(content, layout.fields[key], statement.value)
    results = [result for element in assessment.elements for result in element.criteria]
    return content | {
        "lead_id": lead_id,
        "company_id": company_id,
        "overall_score": assessment.overall_score,
        "coverage": assessment.coverage,
        "next_actions": [
            NextAction(
                kind=action.kind,
                element=action.element,
                field=layout.field(action.key),
                text=action.text,
                points=float(action.points),
            )
            for action in assessment.next_actions
        ],
        "next_review_date": assessment.next_review_date,
        "expired": sorted({layout.field(result.key) for result in results if result.state == "expired"}),
        "disputed": sorted(layout.field(dispute.key) for dispute in assessment.contradictions),
        "assessed_at": assessment.assessed_at,
        "framework_hash": assessment.version_hash,
    }


def _statements(layout: Layout, claims: Sequence[Claim], assessment: Assessment) -> dict[str, Statement]:
    """Return the statement shown for each key: the one that was assessed, else the one that counts by default."""
    shown = {key: value.statement for key, value in current_values(claims, assessment.assessed_at).items()}
    for element in assessment.elements:
        shown.update({result.key: result.statement for result in element.criteria if result.statement})
    return {key: statement for key, statement in shown.items() if key in layout.fields}


def _put(content: dict[str, Any], field: str, value: ClaimValue) -> None:
    *branches, leaf = field.split(".")
    for branch in branches:
        content = content.setdefault(branch, {})
    content[leaf] = value


def claims_from_update(layout: Layout, update: Part | Mapping[str, Any]) -> list[tuple[str, ClaimValue]]:
    """Return the claims a partial update makes, as key and value; a value of None withdraws.

    Only fields that are given make claims. Raises InvalidClaims with every problem found.
    """
    given = update.model_dump(exclude_unset=True) if isinstance(update, Part) else update
    made: list[tuple[str, ClaimValue]] = []
    problems: list[FieldProblem] = []
    for field, value in _leaves(layout, given, ""):
        if field not in layout.keys:
            problems.append(_refusal(layout, field))
            continue
        key = layout.keys[field]
        claimed = validate_claim(key, value)
        if isinstance(claimed, FieldProblem):
            place = claimed.path.removeprefix(key)
            problems.append(FieldProblem(f"{field}{place}", claimed.message, claimed.accepted))
        else:
            made.append((key, claimed))
    if problems:
        raise InvalidClaims(errors=problems)
    return made


def _leaves(layout: Layout, given: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """Yield the fields given, with dotted names; a branch that is not an object is a leaf, and refused."""
    for name, value in given.items():
        field = f"{path}{name}"
        if field in layout.branches and isinstance(value, Mapping):
            yield from _leaves(layout, value, f"{field}.")
        else:
            yield field, value


def _refusal(layout: Layout, field: str) -> FieldProblem:
    if field in layout.branches:
        fields = ", ".join(leaf for leaf in layout.keys if leaf.startswith(f"{field}."))
        return FieldProblem(field, "is not an object", f"an object; null withdraws single fields: {fields}")
    if field in layout.calculated:
        return FieldProblem(field, "is calculated and cannot be set", f"evidence, such as {layout.example}")
    return FieldProblem(field[:200], "is not a field here", ", ".join(layout.keys))
