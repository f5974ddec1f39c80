"""Checks the claims and events that come with a raw lead, and names what is not accepted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from oppspot.core.errors import FieldProblem
from oppspot.core.ids import new_id
from oppspot.corridor.types import Intake
from oppspot.engagement.schemas import EventBody
from oppspot.engagement.types import EngagementEvent
from oppspot.leads.types import LeadInput, Rejected
from oppspot.qualification.claims import validate_claim
from oppspot.qualification.schemas import ClaimBody, observed
from oppspot.qualification.types import Claim, Evidence

M = TypeVar("M", bound=BaseModel)

_CLAIMS = TypeAdapter(list[ClaimBody])
_EVENTS = TypeAdapter(list[EventBody])


def check_intake(lead: LeadInput, author: str, now: datetime) -> Intake | Rejected:
    """Return a raw lead ready for the corridor, or every problem with its claims and events."""
    if not lead.claims and not lead.events:
        return Intake(lead)
    problems: list[FieldProblem] = []
    claims = read_claims(_parsed(_CLAIMS, lead.claims, "claims", problems), author, now, problems)
    events = [
        EngagementEvent(body.kind, body.occurred_at, body.quantity, str(new_id()))
        for body in _parsed(_EVENTS, lead.events, "events", problems)
    ]
    return Rejected(tuple(problems)) if problems else Intake(lead, tuple(claims), tuple(events))


def read_claims(
    bodies: Sequence[ClaimBody],
    author: str,
    now: datetime,
    problems: list[FieldProblem],
) -> list[Claim]:
    """Return the claims in bodies, their values in one form; what is wrong is added to `problems`."""
    claims = []
    for index, body in enumerate(bodies):
        value = validate_claim(body.key, body.value)
        if isinstance(value, FieldProblem):
            problems.append(FieldProblem(f"claims[{index}].value", f"{body.key} {value.message}", value.accepted))
            continue
        claims.append(_claim(body, value, author, now))
    return claims


def _claim(body: ClaimBody, value: Any, author: str, now: datetime) -> Claim:
    return Claim(
        id=new_id(),
        key=body.key,
        value=value,
        source=body.source,
        grade=body.grade,
        confidence=body.confidence,
        evidence=Evidence(**body.evidence.model_dump()) if body.evidence else None,
        observed_at=observed(body, now),
        expires_at=body.expires_at,
        author=author,
    )


def _path(path: str, location: tuple[int | str, ...]) -> str:
    return path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _parsed(
    adapter: TypeAdapter[list[M]],
    given: Sequence[Mapping[str, Any]],
    path: str,
    problems: list[FieldProblem],
) -> list[M]:
    try:
        return adapter.validate_python(given)
    except ValidationError as error:
        problems.extend(FieldProblem(_path(path, item["loc"]), item["msg"]) for item in error.errors())
        return []
