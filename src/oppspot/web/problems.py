"""RFC 9457 problem documents: their shape, and how each kind of error becomes one."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from oppspot.core.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    ProblemError,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
SCHEMA_REF: Final = "#/components/schemas/Problem"
TYPE_PREFIX: Final = "urn:oppspot:problem:"
_REQUEST_ID: Final = "5f1c0a9be2d34c77"
INTERNAL_DETAIL: Final = "Something failed on our side. It has been logged under the request id; quote it if you ask."


class ProblemField(BaseModel):
    """What is wrong with one value of the request."""

    path: str = Field(description="Where the value is.", examples=["company.employees"])
    message: str = Field(description="What is wrong with it.", examples=["is not a whole number"])
    accepted: str | None = Field(default=None, description="What would be accepted.", examples=["a whole number"])


class Problem(BaseModel):
    """An error, as every endpoint reports it (RFC 9457)."""

    type: str = Field(examples=[f"{TYPE_PREFIX}invalid"])
    title: str = Field(examples=["Not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["One value is not accepted."])
    instance: str = Field(description="The path that was asked for.", examples=["/api/leads"])
    request_id: str = Field(description="Quote this when asking for help.", examples=["5f1c0a9be2d34c77"])
    errors: list[ProblemField] = Field(default_factory=list)


def from_problem_error(error: ProblemError, instance: str, request_id: str) -> Problem:
    """Return the document of one of our own errors."""
    return Problem(
        type=TYPE_PREFIX + error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=instance,
        request_id=request_id,
        errors=_fields(error.errors),
    )


def from_http_exception(error: HTTPException, instance: str, request_id: str) -> Problem:
    """Return the document of an error raised by the framework."""
    known = _BY_STATUS.get(error.status_code)
    phrase = HTTPStatus(error.status_code).phrase
    told = str(error.detail) if error.detail != phrase else None
    return Problem(
        type=TYPE_PREFIX + (known.slug if known else phrase.lower().replace(" ", "-")),
        title=known.title if known else phrase.capitalize(),
        status=error.status_code,
        detail=told or describe(error.status_code) or phrase,
        instance=instance,
        request_id=request_id,
    )


def internal(instance: str, request_id: str) -> Problem:
    """Return the document of an error nobody expected; it says nothing about its cause."""
    return Problem(
        type=TYPE_PREFIX + "internal",
        title="Internal error",
        status=500,
        detail=INTERNAL_DETAIL,
        instance=instance,
        request_id=request_id,
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of these error statuses, for `responses=` of a router or operation."""
    content = {MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REF}}}
    return {status: {"description": describe(status), "content": content} for status in statuses}


def example(status: int, instance: str) -> dict[str, Any]:
    """Return what an error of this status looks like at a path, as the OpenAPI document shows it."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _BY_STATUS:
        return internal(instance, _REQUEST_ID).model_dump(exclude_none=True)
    problem = from_http_exception(HTTPException(status), instance, _REQUEST_ID)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        problem.detail = "One value is not accepted."
        problem.errors = [ProblemField(path="query.limit", message="is too large", accepted="200 or less")]
    return problem.model_dump(exclude_none=True)


def describe(status: int) -> str:
    """Return one sentence about an error status."""
    known = _BY_STATUS.get(status)
    return (known.__doc__ if known else None) or HTTPStatus(status).description


def _fields(errors: Sequence[FieldProblem]) -> list[ProblemField]:
    return [ProblemField(path=error.path, message=error.message, accepted=error.accepted) for error in errors]


_BY_STATUS: Final[dict[int, type[ProblemError]]] = {
    kind.status: kind
    for kind in (
        ProblemError,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        TooLarge,
        Invalid,
        TooManyRequests,
        Unavailable,
    )
}
