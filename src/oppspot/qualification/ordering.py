"""Decides in which order a framework's document is read: the database keeps none."""

from collections.abc import Mapping
from typing import Any, Final

_ORDER: Final = (
    *("name", "title", "mode", "id", "key", "kind", "status", "weight", "points", "rule", "ask", "improvable"),
    *("minutes", "likely", "score", "confidence", "coverage", "minimums", "points_lost_over", "otherwise"),
    *("review_days", "criteria", "elements", "verdicts", "freshness_days", "trust", "claim_keys"),
)
_PLACES: Final = {name: place for place, name in enumerate(_ORDER)}
_AS_THEY_COME: Final = frozenset({"freshness_days", "minimums", "points", "likely", "where", "claim_keys", "trust"})
_UNSTATED: Final[tuple[object, ...]] = (None, {}, [], ())


def in_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as people read it: fields in a fixed order, those that say nothing left out."""
    return {name: _ordered(value, name) for name, value in _sorted(document) if value not in _UNSTATED}


def _ordered(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_ordered(each, name) for each in value]
    if not isinstance(value, Mapping):
        return value
    if name in _AS_THEY_COME:
        return {key: _ordered(each, "") for key, each in value.items()}
    return {key: _ordered(each, key) for key, each in _sorted(value) if each not in _UNSTATED}


def _sorted(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(mapping.items(), key=lambda item: _PLACES.get(item[0], len(_PLACES)))
