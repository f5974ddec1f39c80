"""Reads the form of a lead: which fields were changed, and to what; blank clears."""

from collections.abc import Mapping
from typing import Any, Final

from oppspot.core.errors import FieldProblem
from oppspot.leads.normalise import Unreadable, parse_count, parse_number
from oppspot.leads.queries.details import LeadWhole

_PERSON: Final = ("email", "first_name", "last_name", "title", "phone", "country", "region", "postcode")
_LEAD: Final = ("source", "product_interest", "external_id", "status", "stage")
_COMPANY_TEXT: Final = (
    "name", "domain", "registration_number", "country", "region", "postcode", "industry", "funding_stage",
)  # fmt: skip
_COMPANY_COUNTS: Final = ("employees", "credit_score")
_COMPANY_NUMBERS: Final = ("annual_revenue", "growth_rate")
_COMPANY: Final = (*_COMPANY_TEXT, *_COMPANY_COUNTS, *_COMPANY_NUMBERS)
FIELDS: Final = (*_PERSON, *_LEAD, *(f"company.{name}" for name in _COMPANY), "company.technologies")
BLANK: Final[Mapping[str, str]] = dict.fromkeys(FIELDS, "")


def values_of(whole: LeadWhole) -> dict[str, str]:
    """Return a lead as the form shows it."""
    values = {name: _text(getattr(whole.contact, name)) for name in _PERSON}
    values |= {name: _text(getattr(whole.lead, name)) for name in _LEAD}
    company = whole.company
    values |= {f"company.{name}": _text(getattr(company, name)) if company else "" for name in _COMPANY}
    values["company.technologies"] = ", ".join(company.technologies or ()) if company else ""
    return values


def _text(value: Any) -> str:
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".") if hasattr(value, "as_tuple") else str(value)


def read_changes(posted: Mapping[str, str], shown: Mapping[str, str]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Return what differs from what was shown, as a change document, and what could not be read."""
    changes: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name in FIELDS:
        if name not in posted or posted[name] == shown.get(name, ""):
            continue
        try:
            value = _read(name, posted[name])
        except Unreadable as error:
            problems.append(FieldProblem(name, error.message, error.accepted))
            continue
        if name.startswith("company."):
            changes.setdefault("company", {})[name.removeprefix("company.")] = value
        else:
            changes[name] = value
    return changes, problems


def _read(name: str, text: str) -> Any:
    if not text:
        return None
    field = name.removeprefix("company.")
    if name == "company.technologies":
        return [part.strip() for part in text.split(",") if part.strip()]
    if name.startswith("company.") and field in _COMPANY_COUNTS:
        return parse_count(text)
    if name.startswith("company.") and field in _COMPANY_NUMBERS:
        return parse_number(text)
    return text
