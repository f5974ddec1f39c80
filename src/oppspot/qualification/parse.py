"""Decides whether a document is a framework; reads it or names every fault: where, what is wrong, what is accepted."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from oppspot.core.errors import FieldProblem, Invalid
from oppspot.qualification.framework import Framework
from oppspot.qualification.lint import Finding, check_framework

MAX_CHARACTERS: Final = 100_000
_DEEPEST: Final = 20
_MOST_REPORTED: Final = 50


class InvalidFramework(Invalid):
    """The document is not a framework that can be used."""

    title, slug = "Framework not valid", "invalid-framework"


def parse_framework(document: str | bytes | Mapping[str, Any]) -> Framework:
    """Return the framework of a YAML or JSON text, or of a document already decoded.

    Raises InvalidFramework with every fault found; a framework that is returned can be assessed and published.
    """
    framework = _read_framework(document)
    faults = [finding.problem for finding in check_framework(framework) if finding.level == "error"]
    if faults:
        raise _refusal(faults)
    return framework


def lint_framework(document: str | bytes | Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the errors that keep a document from being published and the warnings that do not; never raises."""
    try:
        return check_framework(_read_framework(document))
    except InvalidFramework as refusal:
        return tuple(Finding("error", problem) for problem in refusal.errors)


def _read_framework(document: str | bytes | Mapping[str, Any]) -> Framework:
    decoded = decode(document) if isinstance(document, (str, bytes)) else document
    if not isinstance(decoded, Mapping):
        raise _refusal([FieldProblem("", "is not an object", "an object with name, title, elements and verdicts")])
    try:
        return Framework.model_validate(decoded)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:_MOST_REPORTED]
        raise _refusal([_problem(fault) for fault in faults]) from None


def decode(text: str | bytes) -> object:
    """Return what a YAML or JSON text holds; raises InvalidFramework naming the line."""
    if len(text) > MAX_CHARACTERS:
        raise _refusal([FieldProblem("", "is too long", f"at most {MAX_CHARACTERS:,} characters")])
    try:
        return yaml.load(text, _Loader)  # noqa: S506 — _Loader is a safe loader
    except (yaml.YAMLError, ValueError) as error:
        raise _refusal([FieldProblem(_line_of(error), f"cannot be read: {_reason(error)}", "YAML or JSON")]) from None


def _reason(error: Exception) -> str:
    return getattr(error, "problem", None) or "it is malformed"


def _line_of(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else ""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # untyped base
    """YAML without references (they can grow without bound) and without keys said twice (one of them is lost)."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _fault("references (*name) are not accepted", self.peek_event().start_mark)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _fault(f"it is more than {_DEEPEST} levels deep", self.peek_event().start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _fault(f"{str(key.value)[:60]!r} is said twice", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _fault(problem: str, mark: yaml.Mark) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _refusal(problems: list[FieldProblem]) -> InvalidFramework:
    said = "; ".join(f"{problem.path}: {problem.message}" if problem.path else problem.message for problem in problems)
    return InvalidFramework(said, errors=problems)


# Where a choice between shapes was made, pydantic names the shape; the document does not.
_SHAPES: Final = frozenset(
    {"choice", "flag", "bands", "scale", "items", "share", "days_until", "present", "number", "date", "text", "texts"}
    | {"decimal", "FieldPoints"}
)
_AFTER_SHAPE: Final = frozenset({"rule", "kind", "each", "fields"})
_WANTED_SHAPES: Final = frozenset({"bool", "str", "tuple[str, ...]", "AtLeast"})

# error type -> (message, accepted), formatted with the error's own context
_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "missing": ("is missing", None),
    "extra_forbidden": ("is not a field here", None),
    "union_tag_invalid": ("is not one of the choices", "{expected_tags}"),
    "union_tag_not_found": ("does not say its {discriminator}", "an object with {discriminator}"),
    "literal_error": ("is not one of the choices", "{expected}"),
    "string_pattern_mismatch": ("does not have the expected form", "lower-case words, as in economic_buyer"),
    "greater_than": ("is too small", "more than {gt}"),
    "greater_than_equal": ("is too small", "{ge} or more"),
    "less_than_equal": ("is too large", "{le} or less"),
    "decimal_max_places": ("has too many decimal places", "at most {decimal_places} decimal places"),
    "decimal_parsing": ("is not a number", "a number"),
    "decimal_type": ("is not a number", "a number"),
    "int_type": ("is not a whole number", "a whole number"),
    "int_parsing": ("is not a whole number", "a whole number"),
    "float_parsing": ("is not a number", "a number"),
    "float_type": ("is not a number", "a number"),
    "string_type": ("is not text", "text (a value such as yes or 10 needs quotes)"),
    "tuple_type": ("is not a list", "a list"),
    "dict_type": ("is not an object", "an object"),
    "model_type": ("is not an object", "an object"),
    "too_short": ("has too few entries", "at least {min_length}"),
    "too_long": ("has too many entries", "at most {max_length}"),
}


def _problem(fault: ErrorDetails) -> FieldProblem:
    context = fault.get("ctx", {})
    message, accepted = _WORDS.get(fault["type"], (fault["msg"], None))
    return FieldProblem(
        _path(fault["loc"]), message.format(**context), accepted.format(**context) if accepted else None
    )


def _path(location: tuple[int | str, ...]) -> str:
    path, before, last = "", None, None
    for part in location:
        if (
            part == "[key]"
            or (part in _SHAPES and before in _AFTER_SHAPE)
            or (part in _WANTED_SHAPES and last == "where")
        ):
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        last, before = before, part
    return path
