"""The version a change was made from, as every change of the configuration takes it."""

from typing import Annotated

from fastapi import Query

Seen = Annotated[
    int | None,
    Query(ge=0, le=2**31 - 1, description="The version you read; 409 when another was published since. Left out: any."),
]
