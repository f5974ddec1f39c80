"""The condition builder: what every form with conditions shares, read from what was posted and shown again.

Its template is `conditions/_builder.html`; what is wrong with it is said by `form_faults`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Protocol

from oppspot.conditions.catalogue import label_of
from oppspot.conditions.country_checks import COUNTRY_FIELDS
from oppspot.conditions.forms import Group, Joined, Row, document_of, groups_of
from oppspot.conditions.types import OPS, Catalogue, Field, FieldType, shape_of
from oppspot.core import json
from oppspot.leads.normalise.countries import countries

BLANK_ROWS: Final = 2
# What stands where a value is to be typed, by its shape, and of single values by the type of its field.
PLACEHOLDERS: Final[Mapping[str, str]] = {
    "many": "Several, with commas",
    "range": "From, to",
    "period": "7 days",
    "nothing": "",
    "text": "Value",
    "text_list": "Value",
    "choice": "Value",
    "number": "Number",
    "boolean": "yes or no",
    "datetime": "2026-11-30T09:00Z",
}


class Posted(Protocol):
    """What a form posted."""

    def getlist(self, key: Any, /) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """Conditions as a form shows them: texts as typed in rows of groups, or JSON where those cannot show them.

    `joined` says how several groups are joined.
    """

    joined: Joined = "all"
    groups: tuple[Group, ...] = (Group(),)
    json: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def condition(self, catalogue: Catalogue) -> Any:
        """Return the condition document; what is no JSON stays text, so that parsing names the fault."""
        if not self.json:
            return document_of(self.joined, self.groups, catalogue)
        try:
            return json.loads(self.json)
        except ValueError:
            return self.json

    def text_of(self, name: str) -> str:
        """Return what was typed in a field; "-" stands for what is no text of this form."""
        return str(getattr(self, name, "-"))


def posted_conditions(posted: Posted) -> dict[str, Any]:
    """Return the builder's part of what was posted, as a form's arguments.

    Rows say by `group` (from 1) where they belong; how a group is joined is in `joined-1`. What names no groups is one.
    """
    columns = [_texts(posted, name) for name in ("field", "op", "value")]
    rows = [Row(*cells) for cells in zip(*columns, strict=False)]
    of = _texts(posted, "group") or ["1"] * len(rows)
    joined = _joined_of(posted, "joined", "all")
    names = list(dict.fromkeys(of)) or ["1"]
    asked = _asked(posted)
    groups = [
        Group(
            _joined_of(posted, f"joined-{name}", joined),
            tuple(row for row, group in zip(rows, of, strict=False) if group == name and not row.is_blank),
        )
        for name in names
        if asked != f"drop-{name}"
    ]
    return {"joined": joined, "groups": tuple(groups) or (Group(),), "json": "".join(_texts(posted, "json")).strip()}


def asked_again(posted: Posted) -> int | None:
    """Return with how many blank rows a group the form is to be shown again; None when it is to be saved."""
    asked = _asked(posted)
    if asked == "more":
        return BLANK_ROWS + 2
    return BLANK_ROWS if asked == "group" or asked.startswith("drop-") else None


def _asked(posted: Posted) -> str:
    """Return what is to be done with the form but saving it: "more" rows, a "group" more, or "drop-2"."""
    return "".join(_texts(posted, "do"))


def _joined_of(posted: Posted, name: str, otherwise: Joined) -> Joined:
    given = _texts(posted, name)
    return "any" if "any" in given else "all" if given else otherwise


def _texts(posted: Posted, name: str) -> list[str]:
    return [value for value in posted.getlist(name) if isinstance(value, str)]


def shown_conditions(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition document as a form's arguments."""
    shown = groups_of(document)
    if shown is None:
        return {"json": json.dumps(document)}
    joined, groups = shown
    return {"joined": joined, "groups": tuple(groups) or (Group("any" if "any" in document else "all"),)}


def builder_context(
    form: ConditionForm, catalogue: Catalogue, *, extra: int = BLANK_ROWS, posted: Posted | None = None
) -> dict[str, Any]:
    """Return what the builder's template names; `extra` rows of each group are left blank.

    When a group more was asked for by what was `posted`, there is one. Whoever asked for anything goes on typing in the
    first blank row of the last group.
    """
    asked = _asked(posted) if posted else ""
    groups = [*form.groups, Group("any")] if asked == "group" else list(form.groups)
    fields = [_shown_field(field) for field in catalogue]
    return {
        "form": form,
        "groups": list(_numbered(groups, extra)),
        "focus": (len(groups), len(groups[-1].rows) + 1) if asked else None,
        "fields": fields,
        "by_name": {field.name: field for field in fields},
        "offered": {field.name: {"ops": field.ops, "kind": field.kind, "list": field.has_values} for field in fields},
        "ops": _operators(fields),
        "values": {field.name: values for field in catalogue if (values := _values_of(field))},
        "placeholders": PLACEHOLDERS,
    }


def _numbered(groups: Sequence[Group], extra: int) -> Iterator[tuple[Joined, list[tuple[Row, int | None]]]]:
    """Yield groups with their rows, numbered as faults are; of blank rows only the first, where there are no others."""
    numbers, any_row = count(1), any(group.rows for group in groups)
    for place, group in enumerate(groups):
        rows: list[tuple[Row, int | None]] = [(row, next(numbers)) for row in group.rows]
        first = None if any_row or place else 1
        blanks = extra if len(groups) == 1 else extra - 1
        yield group.joined, rows + [(Row(), first if blank == 0 else None) for blank in range(blanks)]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field as the builder offers it: its own comparisons, each with its words and the shape of its value."""

    name: str
    label: str
    kind: str
    ops: Sequence[tuple[str, str, str]]
    has_values: bool

    def placeholder(self, op: str) -> str:
        """Return what stands in the value's place until something is typed."""
        shape = next((shape for name, _, shape in self.ops if name == op), self.ops[0][2])
        return PLACEHOLDERS[self.kind if shape == "one" else shape]

    def takes_value(self, op: str) -> bool:
        """Say whether there is anything to type: not for whether something is known."""
        return all(shape != "nothing" for name, _, shape in self.ops if name == op)


def _shown_field(field: Field) -> ShownField:
    ops = [(op.value, label_of(op, field), shape_of(op).value) for op in OPS[field.type]]
    return ShownField(field.name, field.label, field.type.value, ops, bool(_values_of(field)))


def _values_of(field: Field) -> list[tuple[str, str]]:
    """Return the values a field can have, each with what it is called, where they can be listed."""
    if field.name in COUNTRY_FIELDS:
        return countries()
    if field.type is FieldType.BOOLEAN:
        return [("yes", ""), ("no", "")]
    return [(choice, "") for choice in field.choices]


def _operators(fields: Sequence[ShownField]) -> list[tuple[str, str, str]]:
    """Return every operator once, in the words that most fields use for it."""
    found: dict[str, tuple[str, str, str]] = {}
    # Times have words of their own ("is after"); the form uses the ones that read well for most fields.
    for one in sorted(fields, key=lambda each: each.kind == FieldType.DATETIME):
        for op in one.ops:
            found.setdefault(op[0], op)
    return list(found.values())
