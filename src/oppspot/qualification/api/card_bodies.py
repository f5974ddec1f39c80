"""What the cards' operations take, beside the card itself."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from oppspot.qualification.types import Grade, Source

_LEAD = "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"


class CalculateBody(BaseModel):
    """Which lead to assess."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lead_id": _LEAD}]})

    lead_id: UUID


class Statement(BaseModel):
    """Whom an update is about, and what it rests on."""

    lead_id: UUID
    source: Source = "rep"
    grade: Grade = "asserted"

    def changes(self) -> dict[str, Any]:
        """Return the part of the card that was sent, only fields given."""
        return self.model_dump(exclude_unset=True, exclude=set(Statement.model_fields))


def example(**parts: JsonValue) -> ConfigDict:
    """Return the settings of an update's body, with an example."""
    return ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"lead_id": _LEAD, **parts, "grade": "corroborated"}]}
    )
