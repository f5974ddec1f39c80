"""Decides whether a JSON document is a condition, and reads it; refuses it with every fault named otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oppspot.conditions.errors import InvalidCondition, Path, Problem, shown
from oppspot.conditions.operands import accepted_by, read_operand
from oppspot.conditions.types import (
    OPS,
    All,
    Any,
    Catalogue,
    Condition,
    Field,
    Leaf,
    Not,
    Op,
    Operand,
    Period,
    Shape,
    shape_of,
)

__all__ = ["MAX_DEPTH", "MAX_NODES", "InvalidCondition", "Problem", "dump", "parse"]

MAX_DEPTH = 20
MAX_NODES = 500

_NODE = 'an object with "all", "any" or "not", or with "field", "op" and "value"'

Document = Mapping[object, object]


def parse(document: object, catalogue: Catalogue) -> Condition:
    """Return the condition that `document`, decoded JSON, describes.

    Raises InvalidCondition with every problem found in its first 500 nodes; 500 nodes and 20 levels are the limits.
    """
    reader = _Reader(catalogue)
    condition = reader.node(document, (), 1)
    if reader.problems or condition is None:
        raise InvalidCondition(reader.problems)
    return condition


@dataclass(slots=True)
class _Reader:
    """Reads nodes depth first; a node at fault is None and leaves its problems behind."""

    catalogue: Catalogue
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def node(self, document: object, path: Path, depth: int) -> Condition | None:
        self.nodes += 1
        if self.nodes > MAX_NODES + 1:  # said once already
            return None
        try:
            return self._read(document, path, depth)
        except InvalidCondition as refusal:
            self.problems.extend(refusal.problems)
            return None

    def _read(self, document: object, path: Path, depth: int) -> Condition | None:
        if self.nodes > MAX_NODES:
            raise InvalidCondition.at(path, "The condition has too many parts.", f"at most {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise InvalidCondition.at(path, "The condition is nested too deeply.", f"at most {MAX_DEPTH} levels")
        if not isinstance(document, Mapping):
            raise InvalidCondition.at(path, f"{shown(document)} is not a condition.", _NODE)
        for name in ("all", "any", "not"):
            if name in document:
                _refuse_company(document, name, path)
                return self._group(name, document[name], (*path, name), depth)
        return _leaf(document, path, self.catalogue)

    def _group(self, name: str, content: object, path: Path, depth: int) -> Condition | None:
        if name == "not":
            part = self.node(content, path, depth + 1)
            return None if part is None else Not(part)
        if not isinstance(content, list | tuple):
            raise InvalidCondition.at(path, f'"{name}" is given {shown(content)}.', "a list of conditions")
        if name == "any" and not content:
            raise InvalidCondition.at(path, 'An empty "any" would never match.', "at least one condition")
        examined = enumerate(content[: MAX_NODES + 1])
        read = [self.node(part, (*path, str(index)), depth + 1) for index, part in examined]
        parts = tuple(part for part in read if part is not None)
        return All(parts) if name == "all" else Any(parts)


def _refuse_company(document: Document, name: str, path: Path) -> None:
    if len(document) > 1:
        others = ", ".join(shown(key) for key in list(document)[:5] if key != name)
        raise InvalidCondition.at(path, f'"{name}" stands beside {others}.', f'"{name}" alone in its object')


def _leaf(document: Document, path: Path, catalogue: Catalogue) -> Leaf:
    foreign = [shown(key) for key in document if key not in ("field", "op", "value")]
    if foreign:
        raise InvalidCondition.at(path, f"A condition has no {', '.join(foreign[:5])}.", _NODE)
    asked = _field(document.get("field"), path, catalogue)
    op = _op(document.get("op"), asked, path)
    if shape_of(op) is not Shape.NOTHING and "value" not in document:
        raise InvalidCondition.at((*path, "value"), f"{asked.name} {op} needs a value.", accepted_by(asked, op))
    return Leaf(asked, op, read_operand(asked, op, document.get("value"), (*path, "value")))


def _field(name: object, path: Path, catalogue: Catalogue) -> Field:
    at = (*path, "field")
    if not isinstance(name, str):
        raise InvalidCondition.at(at, "No field is named.", "the name of a field, such as lead.source")
    found = catalogue.find(name)
    if found is None:
        closest = catalogue.closest(name)
        hint = f" Did you mean {closest}?" if closest else ""
        message = f"There is no field {shown(name)}.{hint}"
        raise InvalidCondition.at(at, message, f"one of {', '.join(catalogue.fields)}")
    return found


def _op(name: object, asked: Field, path: Path) -> Op:
    accepted = OPS[asked.type]
    if isinstance(name, str) and name in accepted:
        return Op(name)
    what = "No operator is given for" if name is None else f"{shown(name)} is not an operator of"
    message = f"{what} {asked.name}, a {asked.type.replace('_', ' ')} field."
    raise InvalidCondition.at((*path, "op"), message, f"one of {', '.join(accepted)}")


def dump(condition: Condition) -> dict[str, object]:
    """Return the JSON document of a condition; `parse` reads it back to an equal one."""
    match condition:
        case Not(part):
            return {"not": dump(part)}
        case All(parts):
            return {"all": [dump(part) for part in parts]}
        case Any(parts):
            return {"any": [dump(part) for part in parts]}
        case Leaf(asked, op, None):
            return {"field": asked.name, "op": op.value}
        case Leaf(asked, op, value):
            return {"field": asked.name, "op": op.value, "value": _json(value)}


def _json(value: Operand) -> object:
    match value:
        case Period(amount, unit):
            return {unit.value: amount}
        case tuple():
            return [_json(item) for item in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return value
