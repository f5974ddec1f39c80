"""Reads a scorecard's form: which answers were changed, and which claims that makes. Lists are one entry a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, ClaimKey, read_claim_text, typed_value, validate_claim
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import ChoiceKind, FlagKind, ItemsKind, NumberKind, TextKind, TextsKind

Input = Literal["number", "flag", "choice", "date", "text", "lines"]

# What the parts of a line mean, in this order, where not all of an entry's fields are asked; the rest is for the API.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "authority.decision_makers": ("name", "title", "role"),
    "authority.stakeholder_map": ("name", "title", "role"),
    "need.pain_points": ("description", "severity"),
    "need.use_cases": ("description", "priority"),
}
_SEPARATOR: Final = " | "
_ENDLESS: Final = 1e15
_LONG: Final = 200  # characters: texts that may be longer get room


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
    keys = claim_keys_of(framework)
    asked: set[str] = set()
    sections = []
    for element in framework.elements:
        # What counts comes first, then what is worth knowing about the same thing.
        scored = [criterion.key for criterion in element.criteria]
        related = [key for key in keys if key.startswith(f"{element.id}.")]
        sections.append(_section(element.id, element.title, [*scored, *related], keys, known, asked))
    sections.append(_section("more", "More", framework.claim_keys, keys, known, asked))
    return tuple(section for section in sections if section.questions)


def _section(
    name: str,
    title: str,
    wanted: Iterable[str],
    keys: Mapping[str, ClaimKey],
    known: Mapping[str, ClaimValue],
    asked: set[str],
) -> Section:
    questions = [key for key in dict.fromkeys(wanted) if key not in asked]
    asked.update(questions)
    return Section(name, title, tuple(question_of(keys[key], known.get(key)) for key in questions))


def question_of(key: ClaimKey, value: ClaimValue = None) -> Question:
    """Return a claim key as a form asks it."""
    return Question(key.name, key.title, _input(key), as_text(key, value), _choices(key), _hint(key))


def _input(key: ClaimKey) -> Input:
    if isinstance(key.kind, TextKind):
        return "lines" if key.kind.max_length > _LONG else "text"
    return _INPUTS[key.kind.type]


_INPUTS: Final[Mapping[str, Input]] = {
    "number": "number",
    "flag": "flag",
    "choice": "choice",
    "date": "date",
    "texts": "lines",
    "items": "lines",
}


def _choices(key: ClaimKey) -> tuple[tuple[str, str], ...]:
    match key.kind:
        case FlagKind():
            return (("yes", "Yes"), ("no", "No"))
        case ChoiceKind(values=values):
            return tuple((name, name.replace("_", " ").capitalize()) for name in values)
        case _:
            return ()


def _hint(key: ClaimKey) -> str | None:
    match key.kind:
        case ItemsKind() as kind:
            return f"One a line: {_SEPARATOR.join(_parts(key.name, kind)).replace('_', ' ')}"
        case TextsKind():
            return "One a line."
        case NumberKind() as kind:
            return _range(kind)
        case _:
            return None


def _range(kind: NumberKind) -> str:
    """Say which numbers are taken, without limits that no answer comes near."""
    called = "A whole number" if kind.whole else "A number"
    if kind.maximum < _ENDLESS:
        return f"{called} from {kind.minimum:,g} to {kind.maximum:,g}."
    return f"{called}, also below 0." if kind.minimum <= -_ENDLESS else f"{called}, {kind.minimum:,g} or more."


def _parts(name: str, kind: ItemsKind) -> tuple[str, ...]:
    """Return which fields of an entry a line has, what tells entries apart first."""
    others = [part for part in kind.fields if part != kind.identity]
    return _PARTS.get(name, (kind.identity, *others)) if name in CLAIM_KEYS else (kind.identity, *others)


def as_text(key: ClaimKey, value: ClaimValue) -> str:
    """Return a value as its form shows it; what is not known is blank."""
    if isinstance(value, list):
        return "\n".join(_line(key, item) for item in value)
    return _plain(value)


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:g}" if abs(value) < _EXACT else f"{value:.0f}"
        case _:
            return str(value)


_EXACT: Final = 1e5  # beyond this, %g would lose digits


def _line(key: ClaimKey, item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    named = _parts(key.name, key.kind) if isinstance(key.kind, ItemsKind) else tuple(item)
    parts = [_plain(item.get(part)) for part in named]
    while parts and not parts[-1]:
        parts.pop()
    return _SEPARATOR.join(parts)


def read_answers(
    posted: Mapping[str, str],
    sections: Sequence[Section],
    known: Mapping[str, ClaimValue],
    keys: Mapping[str, ClaimKey] = CLAIM_KEYS,
) -> tuple[list[tuple[str, ClaimValue]], list[FieldProblem]]:
    """Return the answers that differ from what is known, as key and value, and what could not be read."""
    answers: list[tuple[str, ClaimValue]] = []
    problems: list[FieldProblem] = []
    for question in (question for section in sections for question in section.questions):
        given = posted.get(question.key)
        if given is None or _same_text(given, question.value):
            continue
        value = read_answer(keys[question.key], given, known.get(question.key))
        if isinstance(value, FieldProblem):
            problems.append(FieldProblem(question.key, value.message, value.accepted))
        else:
            answers.append((question.key, value))
    return answers, problems


def _same_text(given: str, shown: str) -> bool:
    return given.replace("\r\n", "\n").strip() == shown.strip()


def read_answer(key: ClaimKey, given: str, known: ClaimValue = None) -> ClaimValue | FieldProblem:
    """Return the value that a form's text stands for (blank: None, which withdraws), or what is wrong with it."""
    keys = {key.name: key}
    if not isinstance(key.kind, ItemsKind):
        return read_claim_text(key.name, given, keys)
    parts = _parts(key.name, key.kind)
    held = {str(item.get(parts[0], "")).casefold(): item for item in known or ()}
    lines = [line.strip() for line in given.splitlines() if line.strip()]
    return validate_claim(key.name, [_item(line, parts, key.kind, held) for line in lines], keys)


def _item(line: str, parts: Sequence[str], kind: ItemsKind, held: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a line as an entry; fields of a known entry that the form does not show stay as they are."""
    values = [part.strip() for part in line.split("|")]
    shown = dict(zip(parts, values, strict=False))
    kept = {name: value for name, value in held.get(values[0].casefold(), {}).items() if name not in parts}
    return kept | {name: typed_value(kind.fields[name], value) for name, value in shown.items() if value}
