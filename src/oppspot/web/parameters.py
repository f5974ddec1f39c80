"""Query parameters that lists share, and the transaction of a request."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Final

from fastapi import Query, Request
from pydantic import StringConstraints

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.web import problems

Limit = Annotated[int, Query(ge=1, le=200, description="How many entries a page has.")]
Cursor = Annotated[
    Annotated[str, StringConstraints(max_length=500)] | None,
    Query(description="The `next_cursor` of the page before; left out for the first page."),
]
REFUSALS: Final = problems.responses(401, 403)
REFUSALS_OF_ONE: Final = problems.responses(401, 403, 404)
REFUSALS_OF_CHANGE: Final = problems.responses(401, 403, 404, 409)


def transaction_of(request: Request, actor: Actor) -> AbstractAsyncContextManager[Transaction]:
    """Return the transaction of one request, inside the actor's organisation."""
    return runtime_of(request).database.transaction(actor.org_id)
