"""Says what is wrong with a form's conditions: at the very control, in the words that stand on the page.

Faults come with places in a document and the names that callers of the API write. Conditions written as JSON keep both.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from oppspot.conditions.builder import ConditionForm
from oppspot.conditions.catalogue import label_of
from oppspot.conditions.forms import FEWEST_TO_JOIN, Row, places_of
from oppspot.conditions.operands import accepted_by, accepted_one
from oppspot.conditions.types import OPS, Catalogue, Field, FieldType, Op, Shape, shape_of
from oppspot.core.errors import FieldProblem

# A row's controls: how a place in the document ends, the end of the control's own name, and what it is called.
_CONTROLS: Final = (("field", "", "Field"), ("op", "-op", "Comparison"), ("value", "-value", "Value"))


def labels_of_conditions(form: ConditionForm) -> Mapping[str, str]:
    """Return what the builder's controls are called in the summary of what needs another look: as on themselves."""
    rows = dict(enumerate(_places_shown(form), start=1)) or {1: _called(1, 1, form)}
    controls = {f"condition-{n}{end}": f"{word} of {row}" for n, row in rows.items() for _, end, word in _CONTROLS}
    return {"json": "Conditions as JSON", **controls}


def _places_shown(form: ConditionForm) -> Iterator[str]:
    for number, group in enumerate(form.groups, start=1):
        yield from (_called(place, number, form) for place in range(1, len(group.rows) + 1))


def _called(place: int, group: int, form: ConditionForm) -> str:
    return f"condition {place}" + (f" of group {group}" if len(form.groups) >= FEWEST_TO_JOIN else "")


def sentences(
    problems: Iterable[FieldProblem], form: ConditionForm, catalogue: Catalogue, field_of: Callable[[str], str] = str
) -> dict[str, str]:
    """Return what is wrong by the form's own controls: `conditions.all[1].value` is the value of its second condition.

    `field_of` names the form's field of a path that is not of a condition.
    """
    found: dict[str, str] = {}
    for problem in problems:
        name, said = _of_condition(problem, form, catalogue) or _of_field(problem, form, field_of)
        found[name] = f"{found[name]}. {said}" if name in found else said
    return found


def _of_field(problem: FieldProblem, form: ConditionForm, field_of: Callable[[str], str]) -> tuple[str, str]:
    name = field_of(problem.path)
    return name, _said(problem.message, problem.accepted) if form.text_of(name) else "is missing"


def _of_condition(problem: FieldProblem, form: ConditionForm, catalogue: Catalogue) -> tuple[str, str] | None:
    """Return at which control a fault stands, and what is said there; None for what is no fault of a condition."""
    if not problem.path.startswith("conditions"):
        return None
    if form.json:
        return "json", _said(problem.message, problem.accepted)
    rows = [row for group in form.groups for row in group.rows if not row.is_blank]
    for number, (place, row) in enumerate(zip(places_of(form.joined, form.groups), rows, strict=True), start=1):
        before, at, inside = f"{problem.path}.".partition(f"conditions.{place}.")
        if at and not before:
            part, end = next(((part, end) for part, end, _ in _CONTROLS if inside.startswith(part)), ("", ""))
            return f"condition-{number}{end}", _said_of_row(problem, row, part, catalogue)
    return "condition-1", _said(problem.message, problem.accepted)


def _said_of_row(problem: FieldProblem, row: Row, part: str, catalogue: Catalogue) -> str:
    field = catalogue.find(row.field)
    if field is None:
        return _said("is not one of the fields", "one of the list") if row.field else "is missing"
    if part == "op":
        return _said(f"“{_words_of(row.op, field)}” cannot be asked about {field.label}", _comparisons(field))
    if part == "value":
        return _said_of_value(problem, row, field)
    return _said(_named(problem.message, row, field), problem.accepted)


def _said_of_value(problem: FieldProblem, row: Row, field: Field) -> str:
    op = Op(row.op)
    is_shape = problem.accepted in (accepted_by(field, op), accepted_one(field))
    message = _named(problem.message, row, field) if row.value.strip() else "is missing"
    return _said(message, _typed(field, op) if is_shape else problem.accepted)


def _said(message: str, accepted: str | None) -> str:
    if not accepted:
        return message
    return (
        f"{message} Accepted: {accepted}" if message.endswith("?") else f"{message.rstrip('.')}; accepted: {accepted}"
    )


def _named(message: str, row: Row, field: Field) -> str:
    """Return a message with what the field is called on pages; what was typed stands in quotes and stays."""
    return re.sub(rf'(?<!"){re.escape(field.name)}\b( {re.escape(row.op)}\b)?', lambda _: field.label, message)


def _words_of(op: str, field: Field) -> str:
    return label_of(Op(op), field) if op in Op.__members__.values() else op


def _comparisons(field: Field) -> str:
    return ", ".join(label_of(op, field) for op in OPS[field.type])


def _typed(field: Field, op: Op) -> str:
    """Return how a value is typed, where a body would have lists and objects."""
    one = "yes or no" if field.type is FieldType.BOOLEAN else accepted_one(field)
    match shape_of(op):
        case Shape.MANY:
            return f"one or several with commas, each {one}"
        case Shape.RANGE:
            return f"the lowest and the highest with a comma, each {one}"
        case Shape.PERIOD:
            return "days or hours, such as 7 days or 36 hours"
        case _:
            return one
