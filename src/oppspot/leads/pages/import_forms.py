"""How imports are worded on pages, and how the form that maps columns is shown and read."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from oppspot.conditions.types import FieldType
from oppspot.core.errors import Invalid
from oppspot.leads.fields import COMPANY_FIELDS, LEAD_FIELDS
from oppspot.leads.importing.activity import EVENT_TARGETS, NAMED
from oppspot.leads.importing.headers import FULL_NAME
from oppspot.leads.importing.mappings import ATTRIBUTE_PREFIX, IGNORE
from oppspot.leads.models import Import
from oppspot.leads.normalise import fold
from oppspot.leads.types import AttributeDeclaration

# A form shows this many columns; further ones keep the mapping they have.
MOST_COLUMNS: Final = 300
MOST_FIELDS: Final = 4 * MOST_COLUMNS
_MOST_KEY: Final = 60

STATUSES: Final = {
    "uploaded": ("Waits for its mapping", "neutral"),
    "rehearsing": ("Being rehearsed", "accent"),
    "rehearsed": ("Rehearsed", "accent"),
    "running": ("Running", "accent"),
    "done": ("Done", "good"),
    "failed": ("Stopped", "bad"),
    "undoing": ("Being undone", "warn"),
    "undone": ("Undone", "neutral"),
}
OUTCOMES: Final = {
    "created": ("Created", "good", "plus"),
    "updated": ("Updated", "accent", "pencil"),
    "unchanged": ("Nothing new", "neutral", "check"),
    "duplicate": ("Repeats a row above", "neutral", "copy"),
    "rejected": ("Rejected", "bad", "x"),
    "undone": ("Undone", "neutral", "arrow-back-up"),
    "kept": ("Kept", "warn", "user-check"),
}
TYPES: Final = (
    ("text", "Text"),
    ("number", "Number"),
    ("boolean", "Yes or no"),
    ("datetime", "Date or time"),
    ("text_list", "List of texts"),
)
PERSON: Final = [(FULL_NAME, "Full name"), *((field.path, field.label) for field in LEAD_FIELDS)]
ACTIVITY: Final = list(EVENT_TARGETS.items())
EVENT_FORMS: Final = (("number", "How often"), ("boolean", "Whether"), ("datetime", "When"))
COMPANY: Final = [(field.path, field.label) for field in COMPANY_FIELDS]


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of the file as the form shows it."""

    place: int
    name: str
    samples: list[str]
    target: str
    type: str
    is_event: bool
    dates: str | None
    new_field: tuple[str, str]
    certainty: str
    tone: str
    reason: str
    error: str | None


def mapping_context(
    found: Import,
    declared: Mapping[str, AttributeDeclaration],
    raw: Mapping[str, Any] | None,
    error: Invalid | None,
) -> dict[str, Any]:
    """Return what the mapping page needs; `raw` is what was posted and refused with `error`."""
    mapping = raw if raw is not None else found.mapping
    problems = {problem.path: f"{problem.message}." for problem in error.errors} if error else {}
    keys = {key: ATTRIBUTE_PREFIX + key for key in declared}
    columns = [
        _shown(place, column, mapping.get(column["name"]), problems.get(f"mapping.{column['name']}"))
        for place, column in enumerate(found.columns[:MOST_COLUMNS])
    ]
    return {
        "columns": columns,
        "problem": problems.get("mapping"),
        "more_columns": len(found.columns) - len(columns),
        "declared": sorted((target, key) for key, target in keys.items()),
        "person": PERSON,
        "company": COMPANY,
        "types": TYPES,
        "activity": ACTIVITY,
        "event_forms": EVENT_FORMS,
        "as_of": _as_of(found, mapping),
    }


def _as_of(found: Import, mapping: Mapping[str, Any]) -> str:
    """Return the day that figures without a date of their own stand for: as mapped, else that of the upload."""
    columns = {column["name"] for column in found.columns}
    stated = (to["on"] for to in mapping.values() if isinstance(to, dict) and to.get("on"))
    return next((str(on) for on in stated if on not in columns), found.created_at.date().isoformat())


def _shown(place: int, column: Mapping[str, Any], to: object, problem: str | None) -> ColumnShown:
    options: Mapping[str, Any] = to if isinstance(to, dict) else {"to": to or IGNORE}
    target = options.get("to") or IGNORE
    is_new = target.startswith(ATTRIBUTE_PREFIX)
    is_event = target in EVENT_TARGETS
    key = target.removeprefix(ATTRIBUTE_PREFIX) if is_new else attribute_key(column["name"], place)
    certainty, tone = _certainty(column["confidence"], target)
    return ColumnShown(
        place=place,
        name=column["name"],
        samples=column["samples"],
        target=target,
        type=options.get("type") or FieldType.TEXT,
        is_event=is_event,
        dates=options.get("dates"),
        new_field=(ATTRIBUTE_PREFIX + key, key),
        certainty=certainty,
        tone=tone,
        reason=column["reason"],
        error=problem,
    )


_SURE: Final = 0.85
_LIKELY: Final = 0.5


def _certainty(confidence: float, target: str) -> tuple[str, str]:
    if target == IGNORE:
        return "Left out", "neutral"
    if confidence >= _SURE:
        return "Sure", "good"
    return ("Likely", "accent") if confidence >= _LIKELY else ("Please check", "warn")


def attribute_key(column: str, place: int) -> str:
    """Return the key that a column's custom field would have."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    stem = words if words[:1].isalpha() else f"column_{words or place + 1}"
    return stem[:_MOST_KEY].rstrip("_")


def read_mapping(form: FormData, found: Import) -> dict[str, Any]:
    """Return the mapping a form was posted with; columns that it did not show stay as they are."""
    raw: dict[str, Any] = {}
    for place, column in enumerate(found.columns):
        name, held = column["name"], found.mapping.get(column["name"])
        target = form.get(f"to-{place}")
        raw[name] = held if target is None else _read_column(form, place, str(target), held)
        if target in EVENT_TARGETS:
            raw[name] = _read_event(form, place, str(target), held, {column["name"] for column in found.columns})
    return raw


def _read_event(form: FormData, place: int, target: str, held: object, columns: Collection[str]) -> dict[str, Any]:
    """Return what a column tells of acts; the form states one day for all that no column dates."""
    options = dict(held) if isinstance(held, dict) else {}
    read_as = str(form.get(f"type-{place}") or "")
    forms = [FieldType.TEXT] if target == NAMED else [value for value, _ in EVENT_FORMS]
    on = options.get("on") if options.get("on") in columns else str(form.get("as_of") or "").strip() or None
    dates = form.get(f"dates-{place}") or options.get("dates")
    chosen = {"type": read_as if read_as in forms else forms[0], "on": on, "dates": str(dates) if dates else None}
    if chosen["type"] == FieldType.DATETIME:
        del chosen["on"]
    return {"to": target, **{name: value for name, value in chosen.items() if value}}


def _read_column(form: FormData, place: int, target: str, held: object) -> object:
    options = {name: value for name, value in held.items() if name != "to"} if isinstance(held, dict) else {}
    if not target.startswith(ATTRIBUTE_PREFIX):
        decimal = options.get("decimal")
        return {"to": target, "decimal": decimal} if decimal else target
    options["type"] = str(form.get(f"type-{place}") or options.get("type") or FieldType.TEXT)
    if dates := form.get(f"dates-{place}"):
        options["dates"] = str(dates)
    return {"to": target, **options}
