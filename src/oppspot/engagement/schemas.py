"""What an engagement event looks like on the wire."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.engagement.types import EventKind


class EventBody(BaseModel):
    """Something a lead did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "demo_request", "occurred_at": "2026-11-02T09:30:00Z"}]},
    )

    kind: EventKind
    occurred_at: AwareDatetime
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
