"""JSON as the product writes it: fast, RFC 3339 times in UTC, exact decimals as numbers."""

from dataclasses import asdict, is_dataclass
from decimal import Decimal
from typing import Any

import orjson


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dump_bytes(value: Any) -> bytes:
    """Return compact JSON as bytes."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def dumps(value: Any) -> str:
    """Return compact JSON as text."""
    return dump_bytes(value).decode()


def canonical(value: Any) -> bytes:
    """Return JSON whose bytes depend on the value only (sorted keys): the form that is hashed."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)


def loads(value: str | bytes) -> Any:
    """Parse JSON; raises orjson.JSONDecodeError (a ValueError) when it is not."""
    return orjson.loads(value)


def dumps_readable(value: Any) -> str:
    """Return indented JSON, for people to read and edit."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
