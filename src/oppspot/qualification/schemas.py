"""What a claim looks like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.core.text_shapes import STORABLE
from oppspot.qualification.types import Grade, Source

ShortText = Annotated[str, Field(min_length=1, max_length=500, pattern=STORABLE)]
LongText = Annotated[str, Field(min_length=1, max_length=10_000, pattern=STORABLE)]


class EvidenceBody(BaseModel):
    """What a claim rests on: a quote with its place in a document, an address, a file or a note."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["quote", "url", "file", "note"]
    text: LongText
    document: ShortText | None = None
    start: Annotated[int, Field(ge=0, le=2**31)] | None = None
    end: Annotated[int, Field(ge=0, le=2**31)] | None = None


class ClaimBody(BaseModel):
    """One statement about a lead or its company. A null value withdraws what was said before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "key": "budget.confirmed",
                    "value": True,
                    "source": "rep",
                    "grade": "corroborated",
                    "evidence": {"kind": "quote", "text": "We have 80k set aside for this."},
                },
            ],
        },
    )

    key: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9_.]+$")]
    value: Any = None
    source: Source = "rep"
    grade: Grade = "asserted"
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    evidence: EvidenceBody | None = None
    observed_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None


def observed(body: ClaimBody, now: datetime) -> datetime:
    """Return when a claim was observed: now, when it does not say."""
    return body.observed_at or now
