"""The condition builder: what every form with conditions shares, read from what was posted and said back with faults.

Its template is `conditions/_builder.html`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from oppspot.conditions.catalogue import to_document
from oppspot.conditions.forms import MOST_ROWS, Joined, Row, document_of, rows_of
from oppspot.conditions.types import Catalogue, FieldType
from oppspot.core import json
from oppspot.core.errors import FieldProblem

BLANK_ROWS: Final = 2
# What the builder's fields are called in the summary of what needs another look.
LABELS: Final[Mapping[str, str]] = {
    "json": "Conditions as JSON",
    **{f"condition-{number}": f"Condition {number}" for number in range(1, MOST_ROWS + 1)},
}
_PLACE: Final = re.compile(r"^conditions\.\w+\[(\d+)\]")


class Posted(Protocol):
    """What a form posted."""

    def getlist(self, key: Any, /) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """Conditions as a form shows them: texts as typed in rows, or JSON where rows cannot show them."""

    joined: Joined = "all"
    rows: tuple[Row, ...] = ()
    json: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def condition(self, catalogue: Catalogue) -> Any:
        """Return the condition document; what is no JSON stays text, so that parsing names the fault."""
        if not self.json:
            return document_of(self.joined, self.rows, catalogue)
        try:
            return json.loads(self.json)
        except ValueError:
            return self.json


def posted_conditions(posted: Posted) -> dict[str, Any]:
    """Return the builder's part of what was posted, as a form's arguments."""
    columns = [_texts(posted, name) for name in ("field", "op", "value")]
    rows = [Row(*cells) for cells in zip(*columns, strict=False)][:MOST_ROWS]
    return {
        "joined": "any" if "any" in _texts(posted, "joined") else "all",
        "rows": tuple(row for row in rows if not row.is_blank),
        "json": "".join(_texts(posted, "json")).strip(),
    }


def _texts(posted: Posted, name: str) -> list[str]:
    return [value for value in posted.getlist(name) if isinstance(value, str)]


def shown_conditions(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition document as a form's arguments."""
    shown = rows_of(document)
    if shown is None:
        return {"json": json.dumps(document)}
    return {"joined": shown[0], "rows": tuple(shown[1])}


def builder_context(form: ConditionForm, catalogue: Catalogue, *, extra: int = BLANK_ROWS) -> dict[str, Any]:
    """Return what the builder's template names; `extra` rows are left blank."""
    fields = to_document(catalogue)
    return {
        "form": form,
        "rows": [*form.rows, *(Row() for _ in range(extra))],
        "fields": fields,
        "ops": _operators(fields),
    }


def _operators(fields: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return every operator once, in the words that most fields use for it."""
    found: dict[str, str] = {}
    # Times have words of their own ("is after"); the form uses the ones that read well for most fields.
    for item in sorted(fields, key=lambda item: item["type"] == FieldType.DATETIME):
        for op in item["ops"]:
            found.setdefault(op["op"], op["label"])
    return list(found.items())


def sentences(
    problems: Iterable[FieldProblem], form: ConditionForm, field_of: Callable[[str], str] = str
) -> dict[str, str]:
    """Return what is wrong by the form's own fields: `conditions.all[1].value` is its second condition.

    `field_of` names the form's field of a path that is not of a condition.
    """
    found: dict[str, str] = {}
    for problem in problems:
        name = _condition_of(problem.path, form) or field_of(problem.path)
        said = _said(problem, is_empty=not getattr(form, name, "-"))
        found[name] = f"{found[name]}. {said}" if name in found else said
    return found


def _condition_of(path: str, form: ConditionForm) -> str | None:
    if not path.startswith("conditions"):
        return None
    place = _PLACE.match(path)
    return "json" if form.json else f"condition-{int(place[1]) + 1 if place else 1}"


def _said(problem: FieldProblem, *, is_empty: bool) -> str:
    if is_empty:
        return "is missing"
    return f"{problem.message.rstrip('.')}; accepted: {problem.accepted}" if problem.accepted else problem.message
