"""Decides whether something can be claimed: checks a value against the registry of claim keys, and reads typed text."""

from collections.abc import Mapping
from typing import Final

from oppspot.core.errors import FieldProblem, Invalid
from oppspot.qualification.claim_keys import CLAIM_KEYS
from oppspot.qualification.claim_keys.shapes import ClaimKey
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import FlagKind, Kind, NumberKind, Refused, TextsKind

__all__ = ["CLAIM_KEYS", "ClaimKey", "InvalidClaims", "read_claim_text", "typed_value", "validate_claim"]


class InvalidClaims(Invalid):
    """Some of the claims are not accepted."""

    title, slug = "Claims not valid", "invalid-claims"


def validate_claim(key: str, value: object, keys: Mapping[str, ClaimKey] = CLAIM_KEYS) -> ClaimValue | FieldProblem:
    """Return the value in its one form (JSON-ready), or what is wrong with it.

    None is accepted for every key and withdraws; an empty list says nothing and is None.
    """
    if key not in keys:
        return FieldProblem(key, "is not a claim key", f"one of {', '.join(keys)}")
    if value is None:
        return None
    try:
        return keys[key].kind.normalise(value)
    except Refused as refused:
        return FieldProblem(f"{key}{refused.place}", refused.message, refused.accepted)


def read_claim_text(key: str, text: str, keys: Mapping[str, ClaimKey] = CLAIM_KEYS) -> ClaimValue | FieldProblem:
    """Return the value that typed text stands for (blank: None), or what is wrong with it; not for lists of objects."""
    typed = text.strip()
    if key not in keys or not typed:
        return validate_claim(key, None, keys)
    return validate_claim(key, typed_value(keys[key].kind, typed), keys)


def typed_value(kind: Kind, typed: str) -> object:
    """Return what typed text stands for, not checked yet; not for lists of objects."""
    match kind:
        case NumberKind():
            return _number_or_text(typed)
        case FlagKind():
            return _TYPED_FLAGS.get(typed.lower(), typed)
        case TextsKind():
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case _:
            return typed


_TYPED_FLAGS: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "0": False}


def _number_or_text(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed
