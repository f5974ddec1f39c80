"""Settings as fields of a form: where each stands in the document, what it is called, and how its text is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.datastructures import FormData

from oppspot.core.errors import FieldProblem

ON: Final = "true"


@dataclass(frozen=True, slots=True)
class Entry:
    """One field. `text` is sent as typed, `optional` is nothing when left empty, `switch` is on or off."""

    name: str
    path: str
    label: str
    kind: Literal["text", "optional", "switch"] = "text"


def posted_text(posted: FormData, name: str, default: str = "") -> str:
    """Return a field of a form as text."""
    value = posted.get(name, default)
    return value.strip() if isinstance(value, str) else default


def posted_texts(posted: FormData, name: str) -> list[str]:
    """Return every value a form posted under a name."""
    return [value.strip() for value in posted.getlist(name) if isinstance(value, str)]


def posted_values(entries: Sequence[Entry], posted: FormData, otherwise: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, by field; a switch is ON or empty, a text that was not posted is as `otherwise`."""
    return {
        entry.name: (ON if posted.get(entry.name) else "")
        if entry.kind == "switch"
        else posted_text(posted, entry.name, otherwise[entry.name])
        for entry in entries
    }


def values_of(entries: Sequence[Entry], document: Mapping[str, Any]) -> dict[str, str]:
    """Return a document's values as the form shows them."""
    return {entry.name: as_text(_at(document, entry.path)) for entry in entries}


def put_values(entries: Sequence[Entry], values: Mapping[str, str], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with what was typed; what the form does not show stays as it was."""
    changed = _copied(document)
    for entry in entries:
        *outer, last = entry.path.split(".")
        inner = changed
        for step in outer:
            inner = inner.setdefault(step, {})
        text = values[entry.name]
        inner[last] = text == ON if entry.kind == "switch" else (text or None) if entry.kind == "optional" else text
    return changed


def name_at(entries: Sequence[Entry], path: str) -> str:
    """Return the form's own name for a place in the document; the place itself where no field shows it."""
    found = [entry for entry in entries if path == entry.path or path.startswith((f"{entry.path}.", f"{entry.path}["))]
    return max(found, key=lambda entry: len(entry.path)).name if found else path


def labels_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return what the fields are called in the summary of what needs another look."""
    return {entry.name: entry.label for entry in entries}


def said_of(problems: Sequence[FieldProblem], entries: Sequence[Entry], values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong, by field."""
    found: dict[str, str] = {}
    for problem in problems:
        name = name_at(entries, problem.path)
        said = "is missing" if values.get(name, "-") == "" else problem.sentence
        found[name] = f"{found[name]}. {said}" if name in found else said
    return found


def as_text(value: Any) -> str:
    """Return a value as it is typed."""
    match value:
        case None | False:
            return ""
        case True:
            return ON
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _copied(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in document.items()}
