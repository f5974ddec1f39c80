"""Decides how a draft's parts are added, taken out, moved and weighed, by what a button of the builder says."""

import re
from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any, Final

from oppspot.core.errors import FieldProblem, Invalid
from oppspot.qualification.compiled import allocate

_PLACE: Final = re.compile(r"(add|remove|up|down):(elements|verdicts)(?:\[(\d+)\](?:\.(criteria)(?:\[(\d+)\])?)?)?")
_HUNDREDTHS: Final = 10_000  # of a percent, so that weights have four decimal places


def arrange(document: Mapping[str, Any], do: str) -> tuple[dict[str, Any], str]:
    """Return the document after `do` (such as `up:elements[1]`), and the place to look at; raises Invalid."""
    changed: dict[str, Any] = deepcopy(dict(document))
    if do == "even":
        _even(changed["elements"])
        return changed, "elements"
    found = _PLACE.fullmatch(do)
    if found is None:
        raise Invalid("No such change.", errors=[FieldProblem("do", "is not known", "add, remove, up or down")])
    action, kind, place, criteria, index = found.groups()
    rows, path, at = changed[kind], kind, place
    if criteria:
        rows, path, at = _row(rows, place)["criteria"], f"elements[{place}].criteria", index
    if action == "add":
        return changed, f"{path}[{_add(rows, 'criteria' if criteria else kind)}]"
    _row(rows, at)
    return changed, _move(changed, rows, int(at), action, path)


def _row(rows: list[dict[str, Any]], place: str | None) -> dict[str, Any]:
    if place is None or int(place) >= len(rows):
        raise Invalid("There is nothing at that place.", errors=[FieldProblem("do", "names no row", None)])
    return rows[int(place)]


def _move(document: dict[str, Any], rows: list[dict[str, Any]], at: int, action: str, path: str) -> str:
    row = rows.pop(at)
    if action == "remove":
        if path == "elements":
            for verdict in document["verdicts"]:
                (verdict.get("minimums") or {}).pop(row.get("id"), None)
        return path if path in ("elements", "verdicts") else path.removesuffix(".criteria")
    there = max(at - 1, 0) if action == "up" else min(at + 1, len(rows))
    rows.insert(there, row)
    return f"{path}[{there}]"


def _add(rows: list[dict[str, Any]], kind: str) -> int:
    taken = {row.get("status" if kind == "verdicts" else "id") for row in rows}
    word = {"elements": "element", "criteria": "question", "verdicts": "verdict"}[kind]
    name = next(new for number in range(1, len(rows) + 2) if (new := f"{word}_{number}") not in taken)
    if kind == "verdicts":  # before the last, which takes what remains
        rows.insert(max(len(rows) - 1, 0), {"status": name, "score": 50, "review_days": 30})
        return max(len(rows) - 2, 0)
    question: dict[str, Any] = {"id": "question_1", "title": "New question", "key": "", "points": 10, "ask": "Ask it"}
    question["rule"] = {"kind": "present"}
    asked: dict[str, Any] = question | {"id": name}
    rows.append(asked if kind == "criteria" else {"id": name, "title": "New", "weight": 0.1, "criteria": [question]})
    return len(rows) - 1


def _even(elements: list[dict[str, Any]]) -> None:
    """Make the weights sum to 1 in the proportions they have, to the hundredth of a percent."""
    weights = [Fraction(str(each["weight"])) if _is_weight(each.get("weight")) else Fraction(0) for each in elements]
    shares = allocate(_HUNDREDTHS, weights if any(weights) else [Fraction(1)] * len(elements))
    for element, share in zip(elements, shares, strict=True):
        element["weight"] = share / _HUNDREDTHS


def _is_weight(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
