"""Conditions as rows of a form, for people without JavaScript too: a field, an operator, a value typed as text.

They stand in groups, of each of which all or any must be met. What a form cannot show (groups inside groups, what must
not be) stays JSON.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from oppspot.conditions.types import Catalogue, FieldType, Op, Shape, shape_of

Joined = Literal["all", "any"]
# As many as a form shows; it takes more. Posted forms have at most 1,000 fields, of which a row has four.
MOST_ROWS: Final = 100
# Fewer groups are not joined by anything.
FEWEST_TO_JOIN: Final = 2
_JOINED: Final[tuple[Joined, ...]] = ("all", "any")
_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_UNITS: Final = {
    "": "days",
    **dict.fromkeys(("d", "day", "days"), "days"),
    **dict.fromkeys(("h", "hour", "hours"), "hours"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of a form; all three are text as typed, blank where nothing was."""

    field: str = ""
    op: str = ""
    value: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.field or self.value.strip())


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of a form of which all, or any, must be met."""

    joined: Joined = "all"
    rows: tuple[Row, ...] = ()


Shown = tuple[Joined, list[Group]]


def groups_of(document: Mapping[str, Any]) -> Shown | None:
    """Return a condition as groups and how they are joined, None when it has parts or values that a form cannot show.

    Conditions beside groups are a group of their own: A and (B or C) is all of A, and any of B and C.
    """
    shown = _shown(document)
    return shown if shown and sum(len(group.rows) for group in shown[1]) <= MOST_ROWS else None


def _shown(document: Mapping[str, Any]) -> Shown | None:
    if _is_leaf(document):
        return "all", [Group("all", (_row(document),))]
    found = _joined(document)
    if found is None:
        return None
    joined, parts = found
    loose = tuple(_row(part) for part in parts if _is_leaf(part))
    groups = [Group(joined, loose)] if loose else []
    for part in parts:
        if not _is_leaf(part):
            inner = _joined(part)
            if inner is None or not all(map(_is_leaf, inner[1])):
                return None
            groups.append(Group(inner[0], tuple(map(_row, inner[1]))))
    return ("all" if len(groups) < FEWEST_TO_JOIN else joined), groups


def _is_leaf(document: Any) -> bool:
    return isinstance(document, dict) and "field" in document and not _has_commas(document.get("value"))


def _has_commas(value: Any) -> bool:
    """Say whether a list could not be told apart again once it is written with commas."""
    return isinstance(value, list) and any(isinstance(item, str) and "," in item for item in value)


def _joined(document: Any) -> tuple[Joined, list[Any]] | None:
    """Return how parts are joined, and the parts; None for what is no such thing."""
    for joined in _JOINED:
        parts = document.get(joined) if isinstance(document, dict) else None
        if isinstance(parts, list):
            return joined, parts
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


def document_of(joined: Joined, groups: Sequence[Group], catalogue: Catalogue) -> dict[str, Any]:
    """Return groups as a condition document, values in the type their field has as far as they can be read.

    What cannot be read stays text, so that `parse` names the fault. Blank rows and groups are left out.
    """
    return _laid_out(joined, groups, lambda row: _leaf(row, catalogue))


def places_of(joined: Joined, groups: Sequence[Group]) -> list[str]:
    """Return where in the document of `document_of` each row that is not blank is: "all[0]", "all[1].any[0]"."""
    return list(_places(_laid_out(joined, groups, lambda _row: None)))


def _places(document: Mapping[str, list[Any]]) -> Iterator[str]:
    for joined, parts in document.items():
        for place, part in enumerate(parts):
            at = f"{joined}[{place}]"
            yield from (f"{at}.{inside}" for inside in _places(part)) if part else [at]


def _laid_out(joined: Joined, groups: Sequence[Group], leaf: Callable[[Row], Any]) -> dict[str, Any]:
    """Return groups as they lie in a condition document, with `leaf` of each row in its place."""
    filled = [(group, [leaf(row) for row in group.rows if not row.is_blank]) for group in groups]
    filled = [(group, leaves) for group, leaves in filled if leaves]
    if len(filled) < FEWEST_TO_JOIN:
        group, leaves = filled[0] if filled else (groups[0] if groups else Group(), [])
        return {group.joined: leaves}
    parts: list[Any] = []
    for group, leaves in filled:
        # Joined as the groups are, or but one: they stand beside the groups.
        parts.extend(leaves if group.joined == joined or len(leaves) == 1 else [{group.joined: leaves}])
    return {joined: parts}


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
    name = _UNITS.get(unit.strip().lower())
    return {name: int(amount)} if name and amount.isdecimal() else text
