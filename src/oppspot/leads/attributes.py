"""Decides which values an organisation's custom attributes accept."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from oppspot.conditions.types import FieldType
from oppspot.leads.fields import check_number, expect_text, kind_of
from oppspot.leads.normalise import Unreadable, clean_lines
from oppspot.leads.types import AttributeDeclaration, AttributeValue

Note = Callable[[str, Unreadable], None]

MAX_ATTRIBUTES: Final = 200
MAX_TEXT: Final = 4_000
_MAX_ENTRIES: Final = 200
_LARGEST: Final = 1e15
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KEY_ACCEPTED: Final = "a key of at most 60 lower-case letters, digits and underscores that begins with a letter"
_SHOWN: Final = 60


@lru_cache(maxsize=4_096)
def is_attribute_key(key: str) -> bool:
    """Say whether a custom attribute may have this key."""
    return _KEY.fullmatch(key) is not None


def check_attributes(
    raw: object, declared: Mapping[str, AttributeDeclaration] | None, note: Note
) -> dict[str, AttributeValue]:
    """Return the known values by key; faults go to `note` with their path."""
    if type(raw) is not dict:
        note("attributes", Unreadable(f"is {kind_of(raw)}", "an object of values by key"))
        return {}
    if len(raw) > MAX_ATTRIBUTES:
        note("attributes", Unreadable(f"has {len(raw):,} entries", f"at most {MAX_ATTRIBUTES} entries"))
        return {}
    values = {}
    for key, value in raw.items():
        try:
            checked = _check_entry(key, value, declared)
        except Unreadable as error:
            note(f"attributes.{key[:_SHOWN]}", error)
            continue
        if checked is not None:
            values[key] = checked
    return values


def check_attribute(value: object, declaration: AttributeDeclaration) -> AttributeValue | None:
    """Return a JSON value as the declared type stores it, None for blank; raises Unreadable."""
    return _CHECKS[declaration.type](value, declaration)


def _check_entry(key: str, value: object, declared: Mapping[str, AttributeDeclaration] | None) -> AttributeValue | None:
    if declared is None:
        if not is_attribute_key(key):
            raise Unreadable("is not a key of an attribute", _KEY_ACCEPTED)
        return None if value is None else _any_plain_value(value)
    declaration = declared.get(key)
    if declaration is None:
        raise _undeclared(key, declared)
    return None if value is None else check_attribute(value, declaration)


def _undeclared(key: str, declared: Mapping[str, AttributeDeclaration]) -> Unreadable:
    near = get_close_matches(key[:_SHOWN], declared, n=1)
    if near:
        return Unreadable(f"is not declared; did you mean {near[0]}?", near[0])
    return Unreadable("is not declared", ", ".join(sorted(declared)) or "nothing: no attribute is declared")


def _any_plain_value(value: object) -> AttributeValue | None:
    check = _CHECK_OF_KIND.get(type(value))
    if check is None:
        raise Unreadable(f"is {kind_of(value)}", "text, a number, true or false, or a list of texts")
    return check(value, _UNDECLARED)


_NUMBER_ACCEPTED: Final = f"a number from {-_LARGEST:,.0f} to {_LARGEST:,.0f}"


def _text(value: object, _declaration: AttributeDeclaration) -> str | None:
    return clean_lines(expect_text(value), MAX_TEXT)


def _number(value: object, _declaration: AttributeDeclaration) -> float:
    return check_number(value, -_LARGEST, _LARGEST, _NUMBER_ACCEPTED)


def _boolean(value: object, _declaration: AttributeDeclaration) -> bool:
    if type(value) is not bool:
        raise Unreadable(f"is {kind_of(value)}", "true or false")
    return value


def _moment(value: object, _declaration: AttributeDeclaration) -> str | None:
    accepted = "a date or an RFC 3339 time such as 2026-03-31T09:30:00Z"
    text = expect_text(value, accepted).strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).isoformat()
    except (ValueError, OverflowError) as error:
        raise Unreadable("is not a time", accepted) from error


def _choice(value: object, declaration: AttributeDeclaration) -> str | None:
    accepted = ", ".join(declaration.choices)
    text = expect_text(value, accepted).strip()
    if not text or text in declaration.choices:
        return text or None
    same = [choice for choice in declaration.choices if choice.casefold() == text.casefold()]
    if len(same) != 1:
        raise Unreadable("is not one of the choices", accepted)
    return same[0]


def _text_list(value: object, _declaration: AttributeDeclaration) -> list[str]:
    accepted = f"a list of at most {_MAX_ENTRIES} texts"
    if type(value) is not list:
        raise Unreadable(f"is {kind_of(value)}", accepted)
    if len(value) > _MAX_ENTRIES:
        raise Unreadable(f"has {len(value):,} entries", accepted)
    texts = (clean_lines(expect_text(entry, accepted), MAX_TEXT) for entry in value)
    return list(dict.fromkeys(text for text in texts if text))


_CHECKS: Final[Mapping[FieldType, Callable[[Any, AttributeDeclaration], AttributeValue | None]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATETIME: _moment,
    FieldType.CHOICE: _choice,
    FieldType.TEXT_LIST: _text_list,
}
_UNDECLARED: Final = AttributeDeclaration("", FieldType.TEXT)
_CHECK_OF_KIND: Final[Mapping[type, Callable[[Any, AttributeDeclaration], AttributeValue | None]]] = {
    str: _text,
    int: _number,
    float: _number,
    bool: _boolean,
    list: _text_list,
}
