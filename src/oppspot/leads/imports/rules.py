"""Decides what a row is called, what undoing may delete, and which values it may put back."""

from collections.abc import Mapping, Sequence
from typing import Any

from oppspot.leads.imports.types import RowOutcome, WorkSince


def outcome_of(*, is_new: bool, came_earlier: bool, has_changes: bool) -> RowOutcome:
    """Return the outcome of a row that was taken; `came_earlier` is whether a row above is about the same lead."""
    if came_earlier:
        return RowOutcome.DUPLICATE
    if is_new:
        return RowOutcome.CREATED
    return RowOutcome.UPDATED if has_changes else RowOutcome.UNCHANGED


def why_kept(work: WorkSince) -> str | None:
    """Return why a lead that an import brought in must stay, None when nobody has touched it."""
    if work.status != "new":
        return f"its status is {work.status}"
    reasons = (
        (work.was_worked, "somebody has worked on it"),
        (work.has_notes, "somebody has written a note"),
        (work.was_edited, "it was edited"),
        (work.has_facts, "claims or activity have come in"),
        (work.came_again, "another import or request has updated it"),
        (work.was_judged, "somebody has decided against its verdict"),
        (work.has_texts, "somebody has added a text about it"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def values_to_restore(
    changes: Mapping[str, Sequence[Any]], current: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the old values of fields that still hold what was imported, and the names of those changed since.

    Both mappings go by `lead.source`, `attributes.key` and so on; a name missing in `current` counts as changed.
    """
    restored: dict[str, Any] = {}
    changed_since: list[str] = []
    for name, (old, imported) in changes.items():
        if name in current and _same(current[name], imported):
            restored[name] = old
        else:
            changed_since.append(name)
    return restored, changed_since


def _same(held: Any, imported: Any) -> bool:
    """Compare a stored value with one that went through JSON: identifiers as text, decimals as floats."""
    if held is None or imported is None:
        return held is imported
    if isinstance(held, (list, tuple)) and isinstance(imported, (list, tuple)):
        return list(held) == list(imported)
    if isinstance(imported, (int, float)) and not isinstance(imported, bool):
        return not isinstance(held, str) and float(held) == float(imported)
    return held == imported or str(held) == str(imported)
