"""Decides at which field of the builder a finding stands."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from oppspot.core.errors import FieldProblem
from oppspot.qualification.building import UNREAD, Values, layout_of
from oppspot.qualification.lint import Finding
from oppspot.qualification.parse import InvalidFramework, decode


def findings_in_form(findings: Sequence[Finding], document: Mapping[str, Any]) -> list[Finding]:
    """Return findings as the form shows them: pieces of YAML that cannot be read say why, by their own lines."""
    unread = {path: problem for path, text in _texts(document) if (problem := _why_unread(path, text))}
    others = [each for each in findings if not any(each.problem.path.startswith(path) for path in unread)]
    return [*(Finding("error", problem) for problem in unread.values()), *others]


def _texts(document: Mapping[str, Any]) -> list[tuple[str, Any]]:
    texts = [("claim_keys", document.get("claim_keys"))]
    for place, element in enumerate(document["elements"]):
        for index, criterion in enumerate(element["criteria"]):
            path = f"elements[{place}].criteria[{index}]"
            rule = criterion.get("rule")
            texts.append((f"{path}.rule", rule.get(UNREAD) if isinstance(rule, Mapping) else rule))
            texts.append((f"{path}.likely", criterion.get("likely")))
    return texts


def _why_unread(path: str, text: Any) -> FieldProblem | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        decode(text)
    except InvalidFramework as refusal:
        where = f"{refusal.errors[0].path} " if refusal.errors[0].path else ""
        return FieldProblem(path, f"{where}{refusal.errors[0].message}", "YAML such as points: {yes: 10}")
    return FieldProblem(path, "does not name its values", "YAML such as points: {yes: 10}")


def errors_by_field(findings: Sequence[Finding], values: Values, document: Mapping[str, Any]) -> dict[str, str]:
    """Return what keeps a draft from being published by the field it stands at, or the nearest place around it."""
    errors: dict[str, str] = {}
    ids = [element.get("id") for element in document.get("elements", [])]
    for finding in findings:
        if finding.level == "error":
            errors.setdefault(field_of(finding.problem.path, values, ids), finding.problem.sentence)
    return errors


def field_of(path: str, values: Values, ids: Sequence[Any] = ()) -> str:
    """Return the field, row or card at a path; what is nowhere on the form is at the title."""
    if found := re.match(r"(verdicts\[\d+\]\.minimums)\.(\w+)$", path):
        path = f"{found[1]}[{ids.index(found[2])}]" if found[2] in ids else found[1]
    layout = layout_of(values)
    rows = {row.path for row in (*layout.elements, *layout.verdicts)}
    rows |= {part for row in layout.elements for part in row.parts} | {"elements", "verdicts", "freshness_days"}
    while path and path not in values and path not in rows:
        path = re.sub(r"(\.?[^.\[\]]+|\[[^\]]*\])$", "", path)
    return path or "title"
