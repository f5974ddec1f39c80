"""Conditions as rows of a form, for people without JavaScript too: a field, an operator, a value typed as text.

What a form cannot show (parts inside parts) stays JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from oppspot.conditions.types import Catalogue, FieldType, Op, Shape, shape_of

Joined = Literal["all", "any"]
MOST_ROWS: Final = 30
_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of a form; all three are text as typed, blank where nothing was."""

    field: str = ""
    op: str = ""
    value: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.field or self.value.strip())


def rows_of(document: Mapping[str, Any]) -> tuple[Joined, list[Row]] | None:
    """Return a condition as rows, None when it has parts that rows cannot show."""
    if "field" in document:
        return "all", [_row(document)]
    for joined in ("all", "any"):
        parts = document.get(joined)
        if isinstance(parts, list) and all(isinstance(part, dict) and "field" in part for part in parts):
            return ("all" if joined == "all" else "any"), [_row(part) for part in parts]
    return None


def _row(leaf: Mapping[str, Any]) -> Row:
    return Row(str(leaf["field"]), str(leaf.get("op", "")), _as_text(leaf.get("value")))


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(_as_text(item) for item in value)
        case dict():
            return " ".join(f"{amount} {unit}" for unit, amount in value.items())
        case _:
            return str(value)


def document_of(joined: Joined, rows: Sequence[Row], catalogue: Catalogue) -> dict[str, Any]:
    """Return rows as a condition document, values in the type their field has as far as they can be read.

    What cannot be read stays text, so that `parse` names the fault. Blank rows are left out.
    """
    return {joined: [_leaf(row, catalogue) for row in rows if not row.is_blank]}


def _leaf(row: Row, catalogue: Catalogue) -> dict[str, Any]:
    leaf: dict[str, Any] = {"field": row.field, "op": row.op}
    field = catalogue.find(row.field)
    try:
        shape = shape_of(Op(row.op))
    except ValueError:
        return leaf | {"value": row.value}
    if shape is Shape.NOTHING:
        return leaf
    kind = field.type if field else FieldType.TEXT
    return leaf | {"value": _value(shape, kind, row.value.strip())}


def _value(shape: Shape, kind: FieldType, text: str) -> Any:
    match shape:
        case Shape.MANY:
            return [_scalar(kind, part) for part in _parts(text)]
        case Shape.RANGE:
            return [_scalar(kind, part) for part in _parts(text.replace(" to ", ", ").replace("\N{EN DASH}", ", "))]
        case Shape.PERIOD:
            return _period(text)
        case _:
            return _scalar(kind, text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _scalar(kind: FieldType, text: str) -> Any:
    if kind is FieldType.BOOLEAN:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
    if kind is FieldType.NUMBER:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text


def _period(text: str) -> Any:
    amount, _, unit = text.partition(" ")
    name = "hours" if unit.strip().lower().startswith("h") else "days"
    return {name: int(amount)} if amount.isdigit() else text
