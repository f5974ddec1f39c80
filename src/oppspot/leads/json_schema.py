"""Describes a raw lead as JSON Schema, from the same list of fields that checks it."""

from collections.abc import Iterable, Mapping
from typing import Any

from oppspot.leads.attributes import MAX_ATTRIBUTES, MAX_TEXT
from oppspot.leads.fields import COMPANY_FIELDS, LEAD_FIELDS, LeadField
from oppspot.leads.plain_json import MAX_ENTRIES

_WHO = (
    {"required": ["email"]},
    {"required": ["external_id"]},
    {"required": ["first_name", "company"]},
    {"required": ["last_name", "company"]},
)


def lead_schema() -> dict[str, Any]:
    """Return the schema of one lead as the API takes it."""
    attribute = {"type": ["string", "number", "boolean", "array", "null"], "maxLength": MAX_TEXT}
    return _object(
        LEAD_FIELDS,
        {
            "company": _object(COMPANY_FIELDS, {}) | {"type": ["object", "null"]},
            "attributes": {
                "type": ["object", "null"],
                "maxProperties": MAX_ATTRIBUTES,
                "additionalProperties": attribute,
                "description": "Custom attributes, as the organisation declared them.",
            },
            "claims": _entries(["key"], "Dated statements about the lead."),
            "events": _entries([], "What the lead did."),
        },
    ) | {"anyOf": list(_WHO)}


def _object(fields: Iterable[LeadField], parts: Mapping[str, Any]) -> dict[str, Any]:
    own = {field.path.removeprefix("company."): _nullable(field) for field in fields}
    return {"type": "object", "additionalProperties": False, "properties": {**own, **parts}}


def _nullable(field: LeadField) -> dict[str, Any]:
    schema = {"title": field.label, **field.schema, "type": [field.schema["type"], "null"]}
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _entries(required: list[str], description: str) -> dict[str, Any]:
    entry = {"type": "object", "required": required}
    return {"type": ["array", "null"], "maxItems": MAX_ENTRIES, "items": entry, "description": description}
