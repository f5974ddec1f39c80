"""The type of a condition in a body or a stored document: JSON that `parse` reads later, against a catalogue."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator

from oppspot.conditions.parse import MAX_DEPTH

# A level is at most an object, a list in it, and a list of values; what `parse` would read is never refused here.
_MOST_NESTED: Final = 3 * MAX_DEPTH


def _not_endless(document: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is nested so deeply that it could not even be written down again."""
    level: list[Any] = [document]
    for _ in range(_MOST_NESTED):
        level = [part for item in level for part in (item.values() if isinstance(item, dict) else item)]
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return document
    raise ValueError(f"is nested too deeply: at most {MAX_DEPTH} levels are read")


def leaves_at(document: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the leaves of a condition that can be read, each with where it is: `conditions.all[1]`."""
    for group in ("all", "any"):
        for place, part in enumerate(document.get(group, ())):
            yield from leaves_at(part, f"{path}.{group}[{place}]")
    if "not" in document:
        yield from leaves_at(document["not"], f"{path}.not")
    if "field" in document:
        yield path, document


ConditionDocument = Annotated[dict[str, Any], AfterValidator(_not_endless)]
