"""Owns the JSON forms of what a stored decision is made of, and reads them back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.conditions.types import Field, FieldType
from oppspot.routing.types import FailedTest, Rep, RoutableLead, Stretch, Target, TargetKind

Document = dict[str, Any]


def lead_document(lead: RoutableLead, fields: Mapping[str, Field]) -> Document:
    """Return the lead with those of its facts that routing asked about."""
    return {
        "id": str(lead.id),
        "facts": {name: _plain(lead.facts.get(name)) for name in fields},
        "score": lead.score,
        "previous_rep_ids": sorted(map(str, lead.previous_rep_ids)),
        "current_owner_id": text_or_none(lead.current_owner_id),
        "value": text_or_none(lead.value),
        "duplicate_of": text_or_none(lead.duplicate_of),
        "blocked_by": lead.blocked_by,
    }


def read_lead(document: Document, fields: Mapping[str, Field]) -> RoutableLead:
    return RoutableLead(
        id=UUID(document["id"]),
        facts={name: _fact(value, fields[name]) for name, value in document["facts"].items()},
        score=document["score"],
        previous_rep_ids=frozenset(map(UUID, document["previous_rep_ids"])),
        current_owner_id=uuid_or_none(document["current_owner_id"]),
        value=None if document["value"] is None else Decimal(document["value"]),
        duplicate_of=uuid_or_none(document["duplicate_of"]),
        blocked_by=document["blocked_by"],
    )


def _plain(value: object) -> object:
    """Return a fact as JSON that reads back as the same fact; what conditions would not read is unknown."""
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return float(value)
        case list() | tuple() | set() | frozenset():
            return sorted(item for item in value if isinstance(item, str))
        case None | str() | bool() | int() | float():
            return value
        case _:
            return None


def _fact(value: object, field: Field) -> object:
    return datetime.fromisoformat(value) if field.type is FieldType.DATETIME and isinstance(value, str) else value


def target_document(target: Target) -> Document:
    return {"kind": target.kind.value, "id": str(target.id), "name": target.name}


def read_target(document: Document) -> Target:
    kind = TargetKind(document["kind"])
    target_id = document["id"] if kind is TargetKind.QUEUE else UUID(document["id"])
    return Target(kind, target_id, document["name"])


def rep_document(rep: Rep) -> Document:
    return {
        "id": str(rep.id),
        "name": rep.name,
        "weight": str(rep.weight),
        "max_open": rep.max_open,
        "available": rep.available,
        "active": rep.active,
        "skills": sorted(rep.skills),
        "territories": sorted(rep.territories),
    }


def read_rep(document: Document, team_ids: frozenset[UUID] = frozenset()) -> Rep:
    return Rep(
        id=UUID(document["id"]),
        name=document["name"],
        team_ids=team_ids,
        weight=Decimal(document["weight"]),
        max_open=document["max_open"],
        available=document["available"],
        active=document["active"],
        skills=frozenset(document["skills"]),
        territories=frozenset(document["territories"]),
    )


def stretch_document(stretch: Stretch) -> Document:
    return {
        "pool": stretch.pool,
        "reps": [rep_document(rep) for rep in stretch.reps],
        "failed": [failure.value if failure else None for failure in stretch.failed],
        "credits": list(stretch.credits),
        "open_counts": list(stretch.open_counts),
        "shares": list(stretch.shares),
        "picks": list(stretch.picks),
        "arrivals": [list(arrival) for arrival in stretch.arrivals],
    }


def read_stretch(document: Document) -> Stretch:
    """Return the stretch with every member in the team the pool stands for, if it is a team's."""
    kind, _, target = document["pool"].partition("/")[0].partition(":")
    team_ids = frozenset({UUID(target)}) if kind == TargetKind.TEAM else frozenset[UUID]()
    return Stretch(
        pool=document["pool"],
        reps=tuple(read_rep(rep, team_ids) for rep in document["reps"]),
        failed=tuple(FailedTest(failure) if failure else None for failure in document["failed"]),
        credits=tuple(document["credits"]),
        open_counts=tuple(document["open_counts"]),
        shares=tuple(document["shares"]),
        picks=list(document["picks"]),
        arrivals=[(turn, member) for turn, member in document["arrivals"]],
    )


def text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def uuid_or_none(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
