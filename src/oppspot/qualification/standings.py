"""Where a lead stands by each framework it holds, with what a person decided beside what the machine says; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from oppspot.qualification.selection import Selected
from oppspot.qualification.types import Assessment


@dataclass(frozen=True, slots=True)
class Override:
    """What somebody decided against the machine, in force until it expires; either part may be left to the machine."""

    framework: str
    status: str | None
    overall_score: int | None
    reason: str
    author: str
    made_at: datetime
    expires_at: datetime | None

    @property
    def says_anything(self) -> bool:
        """Tell whether it decides something; one that does not takes an earlier one back."""
        return self.status is not None or self.overall_score is not None

    def is_in_force(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Standing:
    """What a framework says of a lead (`status`) and what counts (`verdict`: an override in force, else the same)."""

    framework: str
    by: str
    reason: str
    status: str
    overall_score: int | None
    coverage: float
    confidence: float
    next_review_on: date
    verdict: str

    @property
    def is_overridden(self) -> bool:
        return self.verdict != self.status


def standings_of(
    selected: Selected, assessments: Mapping[str, Assessment], overrides: Mapping[str, Override], now: datetime
) -> tuple[Standing, ...]:
    """Return a lead's standings, its own framework first."""
    return tuple(_standing(selected, assessment, overrides.get(name), now) for name, assessment in assessments.items())


def _standing(selected: Selected, assessment: Assessment, override: Override | None, now: datetime) -> Standing:
    is_primary = assessment.framework == selected.primary
    said = override.status if override and override.is_in_force(now) else None
    return Standing(
        framework=assessment.framework,
        by=selected.by if is_primary else "also",
        reason=selected.reason if is_primary else "Held beside the lead's own.",
        status=assessment.status,
        overall_score=assessment.overall_score,
        coverage=assessment.coverage,
        confidence=assessment.confidence,
        next_review_on=assessment.next_review_date,
        verdict=said or assessment.status,
    )


def dump_standings(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return standings as the lead's row keeps them."""
    return [
        {
            "framework": item.framework,
            "by": item.by,
            "reason": item.reason,
            "status": item.status,
            "overall_score": item.overall_score,
            "coverage": item.coverage,
            "confidence": item.confidence,
            "next_review_on": item.next_review_on.isoformat(),
            "verdict": item.verdict,
        }
        for item in standings
    ]


def read_standings(rows: Sequence[Mapping[str, Any]]) -> tuple[Standing, ...]:
    """Return the standings a lead's row keeps."""
    return tuple(Standing(**{**row, "next_review_on": date.fromisoformat(row["next_review_on"])}) for row in rows)


def dump_override(override: Override) -> dict[str, Any]:
    """Return an override as the lead's row keeps it."""
    return {
        "framework": override.framework,
        "status": override.status,
        "overall_score": override.overall_score,
        "reason": override.reason,
        "author": override.author,
        "made_at": override.made_at.isoformat(),
        "expires_at": override.expires_at and override.expires_at.isoformat(),
    }


def read_overrides(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Override]:
    """Return the overrides a lead's row keeps, by framework."""
    return {
        name: Override(
            framework=name,
            status=row["status"],
            overall_score=row["overall_score"],
            reason=row["reason"],
            author=row["author"],
            made_at=datetime.fromisoformat(row["made_at"]),
            expires_at=datetime.fromisoformat(row["expires_at"]) if row["expires_at"] else None,
        )
        for name, row in rows.items()
    }
