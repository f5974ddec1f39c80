"""Reads a scorecard's form: which answers were changed, and which claims that makes. Lists are one entry a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, read_claim_text, validate_claim
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import ChoiceKind, DateKind, FlagKind, ItemsKind, NumberKind, TextsKind

Input = Literal["number", "flag", "choice", "date", "text", "lines"]

# What the parts of a line mean, in this order; the rest of an entry's fields are for the API.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "authority.decision_makers": ("name", "title", "role"),
    "authority.stakeholder_map": ("name", "title", "role"),
    "need.pain_points": ("description", "severity"),
    "need.use_cases": ("description", "priority"),
}
_SEPARATOR: Final = " | "


@dataclass(frozen=True, slots=True)
class Question:
    """One claim key as a form asks it; `value` is what is known now, as text."""

    key: str
    label: str
    input: Input
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The questions of one element."""

    id: str
    title: str
    questions: tuple[Question, ...]


def sections_of(framework: Framework, known: Mapping[str, ClaimValue]) -> tuple[Section, ...]:
    """Return a framework's form, filled with what is known; each key is asked once, where it first counts."""
    asked: set[str] = set()
    keys = claim_keys_of(framework)
    sections = []
    for element in framework.elements:
        # What counts comes first, then what is worth knowing about the same thing.
        scored = [criterion.key for criterion in element.criteria]
        related = [key for key in keys if key.startswith(f"{element.id}.")]
        questions = [key for key in dict.fromkeys([*scored, *related]) if key in CLAIM_KEYS and key not in asked]
        asked.update(questions)
        sections.append(Section(element.id, element.title, tuple(_question(key, known.get(key)) for key in questions)))
    return tuple(sections)


def _question(key: str, value: ClaimValue) -> Question:
    kind, label = CLAIM_KEYS[key].kind, CLAIM_KEYS[key].title
    text = as_text(key, value)
    match kind:
        case NumberKind():
            return Question(key, label, "number", text)
        case FlagKind():
            return Question(key, label, "flag", text, (("yes", "Yes"), ("no", "No")))
        case ChoiceKind():
            choices = tuple((name, name.replace("_", " ").capitalize()) for name in kind.values)
            return Question(key, label, "choice", text, choices)
        case DateKind():
            return Question(key, label, "date", text)
        case ItemsKind() | TextsKind():
            return Question(key, label, "lines", text, hint=_hint(key))
        case _:
            return Question(key, label, "text", text)


def _hint(key: str) -> str:
    parts = _PARTS.get(key)
    return f"One a line: {_SEPARATOR.join(parts)}" if parts else "One a line."


def as_text(key: str, value: ClaimValue) -> str:
    """Return a value as its form shows it; what is not known is blank."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:g}" if abs(value) < _EXACT else f"{value:.0f}"
        case list():
            return "\n".join(_line(key, item) for item in value)
        case _:
            return str(value)


_EXACT: Final = 1e5  # beyond this, %g would lose digits


def _line(key: str, item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    parts = [str(item.get(part) or "") for part in _PARTS.get(key, tuple(item))]
    while parts and not parts[-1]:
        parts.pop()
    return _SEPARATOR.join(parts)


def read_answers(
    posted: Mapping[str, str], sections: Sequence[Section], known: Mapping[str, ClaimValue]
) -> tuple[list[tuple[str, ClaimValue]], list[FieldProblem]]:
    """Return the answers that differ from what is known, as key and value, and what could not be read."""
    answers: list[tuple[str, ClaimValue]] = []
    problems: list[FieldProblem] = []
    for question in (question for section in sections for question in section.questions):
        given = posted.get(question.key)
        if given is None or _same_text(given, question.value):
            continue
        value = _read(question, given, known.get(question.key))
        if isinstance(value, FieldProblem):
            problems.append(FieldProblem(question.key, value.message, value.accepted))
        else:
            answers.append((question.key, value))
    return answers, problems


def _same_text(given: str, shown: str) -> bool:
    return given.replace("\r\n", "\n").strip() == shown.strip()


def _read(question: Question, given: str, known: ClaimValue) -> ClaimValue | FieldProblem:
    parts = _PARTS.get(question.key)
    if parts is None:
        return read_claim_text(question.key, given)
    held = {str(item.get(parts[0], "")).casefold(): item for item in known or ()}
    lines = [line.strip() for line in given.splitlines() if line.strip()]
    return validate_claim(question.key, [_item(line, parts, held) for line in lines])


def _item(line: str, parts: Sequence[str], held: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a line as an entry; fields of a known entry that the form does not show stay as they are."""
    values = [part.strip() for part in line.split("|")]
    shown = dict(zip(parts, values, strict=False))
    kept = {name: value for name, value in held.get(values[0].casefold(), {}).items() if name not in parts}
    return kept | {name: value for name, value in shown.items() if value}
