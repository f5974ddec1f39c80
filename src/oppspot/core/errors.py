"""Errors that users see: each carries its HTTP status and becomes a page or an RFC 9457 problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: where it is, what is wrong, what would be accepted."""

    path: str
    message: str
    accepted: str | None = None

    @property
    def sentence(self) -> str:
        """What stands at the field itself, which need not be named again."""
        return f"{self.message}; accepted: {self.accepted}" if self.accepted else self.message


class ProblemError(Exception):
    """The request cannot be carried out."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Bad request"
    slug: ClassVar[str] = "bad-request"

    def __init__(self, detail: str | None = None, *, errors: Sequence[FieldProblem] = ()) -> None:
        self.detail = detail or (type(self).__doc__ or self.title)
        self.errors = tuple(errors)
        super().__init__(self.detail)

    @property
    def sentences(self) -> str:
        """What stands where only a sentence or two can be shown: why, and the first thing that is wrong."""
        if not self.errors:
            return self.detail
        first = self.errors[0]
        told = f"{first.path}: {first.sentence}."
        return told if told.startswith(self.detail) else f"{self.detail} {told}"


class Unauthenticated(ProblemError):
    """Log in or send an API key."""

    status, title, slug = 401, "Authentication required", "unauthenticated"


class Forbidden(ProblemError):
    """Your role does not allow this."""

    status, title, slug = 403, "Not allowed", "forbidden"


class NotFound(ProblemError):
    """There is nothing here, or it is not yours to see."""

    status, title, slug = 404, "Not found", "not-found"


class Conflict(ProblemError):
    """The state of things does not allow this now."""

    status, title, slug = 409, "Conflict", "conflict"


class TooLarge(ProblemError):
    """The request is larger than is accepted."""

    status, title, slug = 413, "Too large", "too-large"


class Invalid(ProblemError):
    """Some of the values are not accepted."""

    status, title, slug = 422, "Not valid", "invalid"


class TooManyRequests(ProblemError):
    """Too many requests; wait a moment and try again."""

    status, title, slug = 429, "Too many requests", "too-many-requests"

    def __init__(self, detail: str | None = None, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class Unavailable(ProblemError):
    """The service cannot answer just now; try again shortly."""

    status, title, slug = 503, "Unavailable", "unavailable"


def invalid(path: str, message: str, accepted: str | None = None) -> Invalid:
    """Return the error for one bad field."""
    return Invalid(f"{path}: {message}", errors=[FieldProblem(path, message, accepted)])
