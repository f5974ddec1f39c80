"""Cursor pagination: an opaque, signed-free position after which the next page starts."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from oppspot.core import json
from oppspot.core.errors import invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(position: Sequence[Any]) -> str:
    """Return a cursor for the sort values of the last row shown."""
    return base64.urlsafe_b64encode(json.dump_bytes(list(position))).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """Return the sort values in a cursor; raises Invalid when it is not one of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before")
    return values
