"""Writes a score model as the document it is read from, and names it by a hash of that."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from oppspot.engagement.types import EngagementModel
from oppspot.scoring.types import Factor, Negatives, PointStep, ScoreModel


def dump_model(model: ScoreModel) -> dict[str, Any]:
    """Return the JSON-ready document of a model; parsing it gives the same model."""
    return {
        "weights": {factor.value: float(getattr(model.weights, factor)) for factor in Factor},
        "financial": {
            "annual_revenue": _dump_steps(model.annual_revenue),
            "credit_score": _dump_steps(model.credit_score),
        },
        "technology": _plain(model.technologies),
        "industry": {
            "industries": _plain(model.industries),
            "employees": _dump_steps(model.employees),
            "countries": _plain(model.countries),
        },
        "growth": {
            "growth_rate": _dump_steps(model.growth_rate),
            "funding_stage": {row.stage.value: row.points for row in model.funding_stage},
        },
        "engagement": _dump_engagement(model.engagement),
        "negatives": _dump_negatives(model.negatives),
        "bands": asdict(model.bands),
        "grades": asdict(model.grades),
    }


def model_hash(model: ScoreModel) -> str:
    """Return the SHA-256 of the model's canonical document; equal models have equal hashes wherever they run."""
    canonical = json.dumps(dump_model(model), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _dump_steps(steps: Iterable[PointStep]) -> list[dict[str, float]]:
    return [{"at_least" if step.inclusive else "above": step.threshold, "points": step.points} for step in steps]


def _dump_engagement(model: EngagementModel) -> dict[str, Any]:
    rules = {
        name: getattr(model, name) for name in ("meeting_cancelled", "unsubscribe", "hard_bounce", "job_page_only")
    }
    return {
        "kinds": {
            rule.kind.value: {
                "points": rule.points,
                "half_life_days": rule.half_life_days,
                "repeat_share": rule.repeat_share,
            }
            for rule in model.kinds
        },
        "group_caps": {cap.group.value: cap.points for cap in model.group_caps},
        "setbacks": {name: asdict(rule) for name, rule in rules.items()},
    }


def _dump_negatives(negatives: Negatives) -> dict[str, Any]:
    return {
        "competitor": {"points": negatives.competitor, "domains": list(negatives.competitor_domains)},
        "student": {"points": negatives.student, "titles": list(negatives.student_titles)},
        "free_mail": {"points": negatives.free_mail},
        "excluded_industry": {"points": negatives.excluded_industry},
    }


def _plain(rule: Any) -> Any:
    """Return dataclasses as objects and tuples as lists, as JSON would."""
    return json.loads(json.dumps(asdict(rule)))
