"""The stored form of a scope and a plan, and the hash that tells one plan from another."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from oppspot.core import json
from oppspot.routing.redistribution.types import (
    Evenness,
    Holding,
    Move,
    Plan,
    Scope,
    ScopeKind,
    Standing,
    Stay,
    StayReason,
)

Document = dict[str, Any]


def hash_of(plan: Plan) -> str:
    """Return what tells a plan from others: what was asked, under which configuration, and every move."""
    moves = sorted((str(move.assignment_id), str(move.to_id), move.units) for move in plan.moves)
    said = {"scope": scope_document(plan.scope), "config": plan.config_hash, "moves": moves}
    return hashlib.sha256(json.canonical(said)).hexdigest()[:32]


def scope_document(scope: Scope) -> Document:
    """Return a scope as JSON."""
    return {
        "kind": scope.kind.value,
        "team_id": str(scope.team_id) if scope.team_id else None,
        "rep_ids": [str(rep_id) for rep_id in scope.rep_ids],
        "cover_id": str(scope.cover_id) if scope.cover_id else None,
        "with_accepted": scope.with_accepted,
        "returns_at": scope.returns_at.isoformat() if scope.returns_at else None,
    }


def read_scope(document: Mapping[str, Any]) -> Scope:
    """Return a scope from JSON."""
    team, cover, returns = document["team_id"], document["cover_id"], document["returns_at"]
    return Scope(
        ScopeKind(document["kind"]),
        UUID(team) if team else None,
        tuple(map(UUID, document["rep_ids"])),
        UUID(cover) if cover else None,
        document["with_accepted"],
        datetime.fromisoformat(returns) if returns else None,
    )


def plan_document(plan: Plan) -> Document:
    """Return a plan as JSON."""
    return {
        "scope": scope_document(plan.scope),
        "config_hash": plan.config_hash,
        "moves": [_move_document(move) for move in plan.moves],
        "stays": [
            {"holder_id": str(each.holder_id), "reason": each.reason.value, "because": each.because,
             "lead_ids": list(map(str, each.lead_ids))}
            for each in plan.stays
        ],
        "standings": [_standing_document(each) for each in plan.standings],
        "before": _evenness_document(plan.before),
        "after": _evenness_document(plan.after),
    }  # fmt: skip


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Return a plan from JSON."""
    return Plan(
        scope=read_scope(document["scope"]),
        config_hash=document["config_hash"],
        moves=tuple(map(_read_move, document["moves"])),
        stays=tuple(
            Stay(
                UUID(each["holder_id"]),
                StayReason(each["reason"]),
                each["because"],
                tuple(map(UUID, each["lead_ids"])),
            )
            for each in document["stays"]
        ),
        standings=tuple(map(_read_standing, document["standings"])),
        before=_read_evenness(document["before"]),
        after=_read_evenness(document["after"]),
    )


def _move_document(move: Move) -> Document:
    return {
        "assignment_id": str(move.assignment_id),
        "lead_id": str(move.lead_id),
        "from_id": str(move.from_id),
        "to_id": str(move.to_id),
        "status": move.status,
        "units": move.units,
        "heeds_limits": move.heeds_limits,
        "because": move.because,
    }


def _read_move(document: Mapping[str, Any]) -> Move:
    return Move(
        assignment_id=UUID(document["assignment_id"]),
        lead_id=UUID(document["lead_id"]),
        from_id=UUID(document["from_id"]),
        to_id=UUID(document["to_id"]),
        status=document["status"],
        units=document["units"],
        heeds_limits=document["heeds_limits"],
        because=document["because"],
    )


def _standing_document(each: Standing) -> Document:
    return {
        "rep_id": str(each.rep_id),
        "name": each.name,
        "weight": str(each.weight),
        "max_open": each.max_open,
        "traits": dict(each.traits),
        "units": [each.units_before, each.units_after],
        "leads": [each.before.leads, each.after.leads],
        "value": [None if value is None else str(value) for value in (each.before.value, each.after.value)],
    }


def _read_standing(document: Mapping[str, Any]) -> Standing:
    leads, value = document["leads"], [None if each is None else Decimal(each) for each in document["value"]]
    return Standing(
        rep_id=UUID(document["rep_id"]),
        name=document["name"],
        weight=Decimal(document["weight"]),
        max_open=document["max_open"],
        traits=document["traits"],
        units_before=document["units"][0],
        units_after=document["units"][1],
        before=Holding(leads[0], value[0]),
        after=Holding(leads[1], value[1]),
    )


def _evenness_document(each: Evenness) -> Document:
    return {
        "fairness": each.fairness,
        "value_fairness": each.value_fairness,
        "gap": [each.gap.numerator, each.gap.denominator],
        "imbalance": each.imbalance,
        "count_gap": each.count_gap,
    }


def _read_evenness(document: Mapping[str, Any]) -> Evenness:
    numbers = (document[name] for name in ("imbalance", "count_gap"))
    gap = Fraction(*document["gap"])
    return Evenness(document["fairness"], document["value_fairness"], gap, *numbers)


def read_made(document: Mapping[str, str]) -> dict[UUID, UUID]:
    """Return the assignments that carrying a plan out has made, by lead."""
    return {UUID(lead_id): UUID(assignment_id) for lead_id, assignment_id in document.items()}
