"""Decides what a form means as a framework's document, and how a document fills the form.

Fields are named by their places in the document, so that what is wrong stands at its field. A draft may be wrong:
a number that cannot be read stays the text it was, and so does YAML that cannot be read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own

from oppspot.qualification.parse import InvalidFramework, decode

Document = dict[str, Any]
Values = Mapping[str, str]
UNREAD: Final = "unread"  # where a rule keeps YAML that cannot be read
NEVER: Final = "never"

_ELEMENT_TEXTS: Final = ("id", "title")
_CRITERION_TEXTS: Final = ("id", "title", "key", "ask")
_CRITERION_NUMBERS: Final = ("points", "minutes")
_VERDICT_NUMBERS: Final = ("score", "points_lost_over", "review_days")
_VERDICT_SHARES: Final = ("confidence", "coverage")
_GRADES: Final = ("asserted", "corroborated", "verified")


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the form: its path, and the paths of the parts within."""

    path: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Which parts a form has, by the names of its fields."""

    elements: tuple[Row, ...]
    verdicts: tuple[Row, ...]
    keys: tuple[str, ...]  # whose freshness is asked for


def layout_of(values: Values) -> Layout:
    """Return the parts that a form's fields speak of."""
    elements = _places(values, r"elements\[(\d+)\]\.")
    rows = [
        Row(
            f"elements[{place}]",
            tuple(
                f"elements[{place}].criteria[{index}]"
                for index in _places(values, rf"elements\[{place}\]\.criteria\[(\d+)\]\.")
            ),
        )
        for place in elements
    ]
    verdicts = tuple(Row(f"verdicts[{place}]") for place in _places(values, r"verdicts\[(\d+)\]\."))
    used = [values.get(f"{path}.key", "") for row in rows for path in row.parts]
    stated = [name.removeprefix("freshness_days.") for name in values if name.startswith("freshness_days.")]
    return Layout(tuple(rows), verdicts, tuple(key for key in dict.fromkeys([*used, *stated]) if key))


def _places(values: Values, pattern: str) -> list[int]:
    return sorted({int(found[1]) for name in values if (found := re.match(pattern, name))})


def is_formable(document: Mapping[str, Any]) -> bool:
    """Return whether the form can show a document; one of another shape is edited as text."""
    elements, verdicts = document.get("elements"), document.get("verdicts")
    return (
        _are_objects(elements)
        and _are_objects(verdicts)
        and all(_are_objects(element.get("criteria")) for element in elements)  # type: ignore[union-attr]
        and all(isinstance(verdict.get("minimums") or {}, Mapping) for verdict in verdicts)  # type: ignore[union-attr]
        and all(isinstance(document.get(name) or {}, Mapping) for name in ("freshness_days", "trust"))
    )


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def fields_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the form's fields for a document that is formable."""
    values = {"title": _text(document.get("title")), "mode": _text(document.get("mode") or "weighted")}
    for place, element in enumerate(document["elements"]):
        path = f"elements[{place}]"
        values |= {f"{path}.{name}": _text(element.get(name)) for name in _ELEMENT_TEXTS}
        values[f"{path}.weight"] = _percent(element.get("weight"))
        for index, criterion in enumerate(element["criteria"]):
            values |= _criterion_fields(f"{path}.criteria[{index}]", criterion)
    ids = [element.get("id") for element in document["elements"]]
    for place, verdict in enumerate(document["verdicts"]):
        values |= _verdict_fields(f"verdicts[{place}]", verdict, ids)
    for key, days in (document.get("freshness_days") or {}).items():
        values[f"freshness_days.{key}"] = NEVER if days is None else _text(days)
    trust = document.get("trust") or {}
    values |= {f"trust.{grade}": _percent(trust.get(grade)) for grade in _GRADES}
    values["claim_keys"] = _yaml(document.get("claim_keys"))
    return values


def _criterion_fields(path: str, criterion: Mapping[str, Any]) -> dict[str, str]:
    rule = criterion.get("rule")
    rest = {name: value for name, value in rule.items() if name != "kind"} if isinstance(rule, Mapping) else rule
    values = {f"{path}.{name}": _text(criterion.get(name)) for name in (*_CRITERION_TEXTS, *_CRITERION_NUMBERS)}
    values |= {f"{path}.improvable": "true"} if criterion.get("improvable") else {}
    return values | {
        f"{path}.rule.kind": _text(rule.get("kind")) if isinstance(rule, Mapping) else "",
        f"{path}.rule": _yaml(rest[UNREAD] if isinstance(rest, Mapping) and UNREAD in rest else rest),
        f"{path}.likely": _yaml(criterion.get("likely")),
    }


def _verdict_fields(path: str, verdict: Mapping[str, Any], ids: Sequence[Any]) -> dict[str, str]:
    minimums = verdict.get("minimums") or {}
    return (
        {f"{path}.{name}": _text(verdict.get(name)) for name in ("status", "otherwise", *_VERDICT_NUMBERS)}
        | {f"{path}.{name}": _percent(verdict.get(name)) for name in _VERDICT_SHARES}
        | {f"{path}.minimums[{place}]": _text(minimums.get(name)) for place, name in enumerate(ids)}
    )


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _percent(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _text(value)
    return f"{(Decimal(str(value)) * 100).normalize():f}"


def _yaml(value: object) -> str:
    if isinstance(value, str) or not value:
        return value if isinstance(value, str) else ""
    return str(yaml.safe_dump(_stated(value), allow_unicode=True, sort_keys=False, default_flow_style=None, width=70))


def _stated(value: Any) -> Any:
    """Return a value without the fields that say nothing."""
    if isinstance(value, Mapping):
        return {name: _stated(each) for name, each in value.items() if each is not None and each not in ({}, [], ())}
    return [_stated(each) for each in value] if isinstance(value, list) else value


def document_of(name: str, values: Values) -> Document:
    """Return the document that a form's fields say, right or wrong."""
    layout = layout_of(values)
    elements = [_element(row, values) for row in layout.elements]
    places = (int(row.path[len("elements[") : -1]) for row in layout.elements)
    ids = {place: element["id"] for place, element in zip(places, elements, strict=True)}
    freshness = {
        key: None if typed.lower() == NEVER else _number(typed)
        for key in layout.keys
        if (typed := values.get(f"freshness_days.{key}", "").strip())
    }
    trust = {grade: _share(values[f"trust.{grade}"]) for grade in _GRADES if values.get(f"trust.{grade}", "").strip()}
    return {
        "name": name,
        "title": values.get("title", "").strip(),
        "mode": values.get("mode", "weighted"),
        "elements": elements,
        "verdicts": [_verdict(row.path, values, ids) for row in layout.verdicts],
        "freshness_days": freshness,
        **({"trust": trust} if trust else {}),
        **_optional("claim_keys", _read_yaml(values.get("claim_keys", ""))),
    }


def _element(row: Row, values: Values) -> Document:
    return {
        **{name: values.get(f"{row.path}.{name}", "").strip() for name in _ELEMENT_TEXTS},
        "weight": _share(values.get(f"{row.path}.weight", "")),
        "criteria": [_criterion(path, values) for path in row.parts],
    }


def _criterion(path: str, values: Values) -> Document:
    typed = values.get(f"{path}.rule", "")
    rule = _read_yaml(typed)
    parameters = rule if isinstance(rule, Mapping) else {UNREAD: typed} if rule else {}
    return {
        **{name: values.get(f"{path}.{name}", "").strip() for name in _CRITERION_TEXTS},
        **_numbers(path, values, _CRITERION_NUMBERS),
        "improvable": f"{path}.improvable" in values,
        "rule": {"kind": values.get(f"{path}.rule.kind", ""), **parameters},
        **_optional("likely", _read_yaml(values.get(f"{path}.likely", ""))),
    }


def _verdict(path: str, values: Values, ids: Mapping[int, str]) -> Document:
    shares = {
        name: _share(values[f"{path}.{name}"]) for name in _VERDICT_SHARES if values.get(f"{path}.{name}", "").strip()
    }
    minimums = {
        ids[place]: _number(typed) for place in ids if (typed := values.get(f"{path}.minimums[{place}]", "").strip())
    }
    return {
        "status": values.get(f"{path}.status", "").strip(),
        **_numbers(path, values, _VERDICT_NUMBERS),
        **shares,
        **_optional("minimums", minimums),
        **_optional("otherwise", values.get(f"{path}.otherwise", "").strip()),
    }


def _optional(name: str, value: object) -> Document:
    return {name: value} if value else {}


def _numbers(path: str, values: Values, names: Sequence[str]) -> Document:
    return {name: _number(values[f"{path}.{name}"]) for name in names if values.get(f"{path}.{name}", "").strip()}


def _decimal(typed: str) -> Decimal | None:
    try:
        number = Decimal(typed.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None  # noqa: PLR2004


def _number(typed: str) -> int | float | str:
    number = _decimal(typed)
    return typed.strip() if number is None else int(number) if number == number.to_integral_value() else float(number)


def _share(typed: str) -> float | str:
    number = _decimal(typed)
    return typed.strip() if number is None else float(number / 100)


def _read_yaml(typed: str) -> object:
    """Return what a piece of YAML says; the text itself when it cannot be read or is no object."""
    try:
        read = decode(typed)
    except InvalidFramework:
        return typed
    return read if isinstance(read, Mapping) else typed.strip()
