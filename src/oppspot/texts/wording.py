"""Says claim keys and values in words, and reads edited values as they are shown: entries of a list one a line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import CLAIM_KEYS, read_claim_text, validate_claim
from oppspot.qualification.forms import as_text
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import ChoiceKind, FlagKind, ItemsKind, NumberKind, TextKind, TextsKind

_LEVELS: Final = frozenset({"severity", "priority"})
_FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False}


def title_of(key: str) -> str:
    """Return what a claim key is called."""
    return CLAIM_KEYS[key].title if key in CLAIM_KEYS else key


def told(key: str, value: ClaimValue) -> str:
    """Return a value in words: `80,000`, `yes`, `Anna Berg: CFO, economic buyer`; entries of a list one a line."""
    return "\n".join(_told_entry(key, item) for item in value) if isinstance(value, list) else _told_one(value)


def _told_entry(key: str, item: Any) -> str:
    kind = CLAIM_KEYS[key].kind
    if not isinstance(kind, ItemsKind) or not isinstance(item, Mapping):
        return _told_one(item)
    rest = [_told_field(kind, name, item[name]) for name in kind.fields if name != kind.identity and name in item]
    return str(item[kind.identity]) + (f": {', '.join(rest)}" if rest else "")


def _told_field(kind: ItemsKind, name: str, value: Any) -> str:
    words = _told_one(value)
    if isinstance(kind.fields[name], FlagKind):
        return name.replace("_", " ") if value else f"not {name.replace('_', ' ')}"
    if name in _LEVELS:
        return f"{words} {name}"
    return words if isinstance(kind.fields[name], (TextKind, ChoiceKind)) else f"{name.replace('_', ' ')} {words}"


def _told_one(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"  # noqa: PLR2004 — digits shown exactly
        case _:
            text = str(value)
            return text.replace("_", " ") if text.replace("_", "").isalnum() and text.islower() else text


def parts_of(key: str, value: ClaimValue) -> Sequence[str]:
    """Return which fields of its entries a list is edited by: those that any entry states, its identity first."""
    kind = CLAIM_KEYS[key].kind
    if not isinstance(kind, ItemsKind):
        return ()
    stated = {name for item in value or () for name in item} | {kind.identity}
    return (kind.identity, *(name for name in kind.fields if name in stated and name != kind.identity))


def shown_for_editing(key: str, value: ClaimValue) -> str:
    """Return a value as the form shows it."""
    parts = parts_of(key, value)
    if not parts:
        return as_text(CLAIM_KEYS[key], value)
    return "\n".join(" | ".join(_typed(item.get(part)) for part in parts).rstrip(" |") for item in value)


def _typed(value: Any) -> str:
    return "" if value is None else _told_one(value).replace(",", "") if isinstance(value, (int, float)) else str(value)


def read_edited(key: str, typed: str, value: ClaimValue) -> ClaimValue | FieldProblem:
    """Return what an edited value stands for, or what is wrong with it; `value` is what the form showed."""
    parts = parts_of(key, value)
    kind = CLAIM_KEYS[key].kind
    if not parts or not isinstance(kind, ItemsKind):
        return read_claim_text(key, typed)
    return validate_claim(key, [dict(_fields(kind, parts, line)) for line in typed.splitlines() if line.strip()])


def _fields(kind: ItemsKind, parts: Sequence[str], line: str) -> Iterator[tuple[str, Any]]:
    for part, text in zip(parts, (each.strip() for each in line.split("|")), strict=False):
        if text:
            yield part, _field(kind.fields[part], text)


def _field(kind: Any, text: str) -> Any:
    if isinstance(kind, NumberKind):
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return text
    return _FLAGS.get(text.lower(), text) if isinstance(kind, FlagKind) else text


def is_long(key: str) -> bool:
    """Answer whether a value is edited over several lines."""
    return isinstance(CLAIM_KEYS[key].kind, (ItemsKind, TextsKind)) or (
        isinstance(CLAIM_KEYS[key].kind, TextKind) and not key.endswith((".name", ".title"))
    )


def choices_of(key: str) -> Sequence[tuple[str, str]]:
    """Return the answers a key allows, when they are few: value and words."""
    match CLAIM_KEYS[key].kind:
        case FlagKind():
            return (("yes", "Yes"), ("no", "No"))
        case ChoiceKind() as kind:
            return tuple((value, value.replace("_", " ").capitalize()) for value in kind.values)
        case _:
            return ()
