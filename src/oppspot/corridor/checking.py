"""Checks the claims and events that come with a raw lead, and names what is not accepted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from oppspot.core.errors import FieldProblem
from oppspot.core.ids import new_id
from oppspot.corridor.types import Intake
from oppspot.engagement.schemas import EventBody
from oppspot.engagement.types import EngagementEvent
from oppspot.leads.types import AttributeDeclaration, LeadInput, Rejected
from oppspot.leads.validating import validate_lead
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.qualification.schemas import ClaimBody, observed
from oppspot.qualification.types import Claim, Evidence
from oppspot.web.validation import field_problem

M = TypeVar("M", bound=BaseModel)

_CLAIMS = TypeAdapter(list[ClaimBody])
_EVENTS = TypeAdapter(list[EventBody])


def check_raw(
    raw: object, declared: Mapping[str, AttributeDeclaration] | None, author: str, now: datetime
) -> Intake | Rejected:
    """Return a raw lead as parsed from JSON ready for the corridor, or everything that is wrong with it."""
    lead = validate_lead(raw, declared)
    if isinstance(lead, LeadInput):
        return check_intake(lead, author, now)
    if not isinstance(raw, dict):
        return lead
    # Its claims and events are looked at as well: all faults are named at once.
    stated = LeadInput(claims=_objects(raw.get("claims")), events=_objects(raw.get("events")))
    facts = check_intake(stated, author, now)
    return Rejected(joined(lead.problems, facts.problems)) if isinstance(facts, Rejected) else lead


def joined(problems: Sequence[FieldProblem], others: Sequence[FieldProblem]) -> tuple[FieldProblem, ...]:
    """Return problems with those of the others whose place is not named yet."""
    named = {problem.path for problem in problems}
    return (*problems, *(other for other in others if not any(_is_within(other.path, path) for path in named)))


def _is_within(path: str, named: str) -> bool:
    """Say whether a place is one that is named, or lies in it, or holds it."""
    short, long = sorted((path, named), key=len)
    return long == short or (long.startswith(short) and long[len(short)] in ".[")


def _objects(raw: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(raw) if isinstance(raw, list) and all(isinstance(item, dict) for item in raw) else ()


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
            part = "value" if body.key in CLAIM_KEYS else "key"
            problems.append(FieldProblem(f"claims[{index}].{part}", f"{body.key} {value.message}", value.accepted))
            continue
        problems.extend(_wrong_dates(f"claims[{index}]", body, now))
        claims.append(_claim(body, value, author, now))
    return claims


# Clocks differ a little.
_SKEW: Final = timedelta(minutes=5)


def _wrong_dates(path: str, body: ClaimBody, now: datetime) -> Iterator[FieldProblem]:
    if body.observed_at and body.observed_at > now + _SKEW:
        yield FieldProblem(f"{path}.observed_at", "is still to come", f"now or earlier; now it is {now.isoformat()}")
    if body.expires_at and body.expires_at <= observed(body, now):
        yield FieldProblem(f"{path}.expires_at", "is not after the observation", "a later moment, or nothing")


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


def _parsed(
    adapter: TypeAdapter[list[M]],
    given: Sequence[Mapping[str, Any]],
    path: str,
    problems: list[FieldProblem],
) -> list[M]:
    try:
        return adapter.validate_python(given)
    except ValidationError as error:
        problems.extend(field_problem({**item, "loc": (path, *item["loc"])}) for item in error.errors())
        return []
