"""The way in for machines: one lead or up to a thousand, answered with the whole decision."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.idempotency import request_hash
from oppspot.core.runtime import runtime_of
from oppspot.corridor.access import intake_of
from oppspot.corridor.answers import answer, rows_answer
from oppspot.corridor.attributes import declarations_of
from oppspot.corridor.batching import Answer, KeyedRequest, Submission
from oppspot.corridor.checking import check_raw
from oppspot.corridor.new_lead import NewLead
from oppspot.corridor.types import Intake, LeadResult
from oppspot.leads.schemas import BatchAnswer, BatchBody, LeadAnswer
from oppspot.leads.types import Rejected
from oppspot.web import problems
from oppspot.web.parameters import REFUSALS

router = APIRouter(prefix="/api/leads", tags=["leads"])

Writer = Annotated[Actor, Depends(needs("leads.write"))]
IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeat a request with the same key and it is carried out once; both get the same answer.",
    ),
]
# 409: the idempotency key was used for another request. 503: too many leads are waiting.
_REFUSALS: Final = REFUSALS | problems.responses(409, 413, 503)
_CREATED = {"model": LeadAnswer, "description": "The lead was new."}
_UPDATED = {"model": LeadAnswer, "description": "The lead was known and has been updated."}


@router.post("", status_code=201, responses=_REFUSALS | {201: _CREATED, 200: _UPDATED}, summary="Take in one lead")
async def create_lead(
    request: Request,
    body: NewLead,
    actor: Writer,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Recognise, score, qualify and route a lead; answer with the whole decision.

    A lead with the same e-mail address, external id, or person at the same domain is updated instead of doubled:
    values given replace, values left out stay.
    """
    document = body.model_dump(exclude_unset=True, mode="json")
    intake = await _checked(runtime_of(request).database, actor, document)
    keyed = _keyed(request, idempotency_key, document)
    return _written(await intake_of(request).submit(Submission(actor, [intake], _one, keyed)))


@router.post("/batch", response_model=BatchAnswer, responses=_REFUSALS, summary="Take in up to 1,000 leads")
async def create_leads(
    request: Request,
    body: BatchBody,
    actor: Writer,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Take in many leads in one request. Rows that are not accepted are reported and do not stop the others."""
    declared = await declarations_of(runtime_of(request).database, actor.org_id)
    now = utc_now()
    rows = [check_raw(item, declared, actor.name, now) for item in body.leads]
    intakes = [row for row in rows if isinstance(row, Intake)]

    def respond(results: Sequence[LeadResult]) -> Answer:
        remaining = iter(results)
        return Answer(200, rows_answer([next(remaining) if isinstance(row, Intake) else row.problems for row in rows]))

    keyed = _keyed(request, idempotency_key, body.leads)
    return _written(await intake_of(request).submit(Submission(actor, intakes, respond, keyed)))


async def _checked(database: Database, actor: Actor, document: dict[str, Any]) -> Intake:
    declared = await declarations_of(database, actor.org_id) if document.get("attributes") else {}
    row = check_raw(document, declared, actor.name, utc_now())
    if isinstance(row, Rejected):
        raise Invalid(_sentence(row.problems), errors=row.problems)
    return row


def _sentence(problems: Sequence[FieldProblem]) -> str:
    first = problems[0]
    return f"{first.path}: {first.message}" if first.path else first.message


def _keyed(request: Request, key: str | None, body: object) -> KeyedRequest | None:
    return KeyedRequest(key, request_hash(request.url.path, body)) if key else None


def _one(results: Sequence[LeadResult]) -> Answer:
    return Answer(201 if results[0].created else 200, answer(results[0]))


def _written(given: Answer) -> Response:
    return Response(json.dump_bytes(given.body), given.status, media_type="application/json")
