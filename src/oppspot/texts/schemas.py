"""Documents and decisions on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.core.text_shapes import STORABLE
from oppspot.texts.reading import MAX_CHARS
from oppspot.texts.types import DocumentKind, DocumentState, ProposalState

ShortName = Annotated[str, Field(max_length=200, pattern=STORABLE)]


class TextBody(BaseModel):
    """A text about a lead, pasted. Files are sent as a form instead, with the field `file`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lead_id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11",
                    "name": "Call of 3 November",
                    "content": "Budget is 80k, approved by the board. They want to decide by the end of March.",
                },
            ],
        },
    )

    lead_id: UUID
    content: Annotated[str, Field(min_length=1, max_length=4 * MAX_CHARS)]
    name: ShortName = ""
    kind: DocumentKind | None = Field(default=None, description="Found out unless given.")
    said_at: AwareDatetime | None = Field(default=None, description="When it was written or said; now unless it says.")


class ProposalAnswer(BaseModel):
    """A claim the text may support. `quote` is the text from `start` to `end`, counted in characters."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    key: str
    value: Any
    quote: str
    start: int
    end: int
    confidence: float
    extractor: str
    state: ProposalState
    decided_at: datetime | None
    decided_by: str | None
    claim_id: UUID | None


class TextAnswer(BaseModel):
    """A text and what was proposed from it; nothing of it is a claim until somebody accepts it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    lead_id: UUID
    name: str
    kind: DocumentKind
    content: str
    received_at: datetime
    added_at: datetime
    author: str
    state: DocumentState
    extractor: str
    error: str | None
    notes: list[str]
    proposals: list[ProposalAnswer]


class DecisionBody(BaseModel):
    """What becomes of one proposal; an edit needs the value to claim instead."""

    model_config = ConfigDict(extra="forbid")

    proposal_id: UUID
    action: Literal["accept", "edit", "reject", "undo"]
    value: Any = None


class DecisionsBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"decisions": [{"proposal_id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11", "action": "accept"}]},
            ],
        },
    )

    decisions: Annotated[list[DecisionBody], Field(min_length=1, max_length=200)]
