"""Decides whether a raw lead from outside can be taken, names every fault, and normalises it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from oppspot.leads.attributes import check_attributes
from oppspot.leads.fields import COMPANY_FIELDS, LEAD_FIELDS, Check, kind_of
from oppspot.leads.identities import company_keys
from oppspot.leads.normalise import Unreadable
from oppspot.leads.normalise.errors import Meaningless
from oppspot.leads.plain_json import check_objects, without_control
from oppspot.leads.types import NO_COMPANY, AttributeDeclaration, CompanyInput, LeadInput, Problem, Rejected

MAX_PROBLEMS: Final = 50
_SHOWN: Final = 60
_WHO: Final = Problem(
    "email",
    "nothing says who this is",
    "an e-mail address, an external_id, or a person's name together with a company",
)

_LEAD_CHECKS: Final = {field.path: field.check for field in LEAD_FIELDS}
_COMPANY_CHECKS: Final = {field.path.removeprefix("company."): field.check for field in COMPANY_FIELDS}
_PARTS: Final = frozenset(("company", "attributes", "claims", "events"))
_ALL_NAMES: Final = (*_LEAD_CHECKS, *_PARTS)


@dataclass(slots=True)
class Findings:
    """What was found wrong with one lead: problems refuse it, warnings leave a value unknown."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def note(self, path: str, error: Unreadable, *, lenient: bool = False) -> None:
        """Take down why the value at `path` cannot be read."""
        noted = self.warnings if lenient or isinstance(error, Meaningless) else self.problems
        if len(noted) < MAX_PROBLEMS:
            # Names and values from outside are quoted here, and answers are stored and sent as JSON.
            noted.append(Problem(without_control(path), without_control(error.message), error.accepted))


def validate_lead(raw: object, declared: Mapping[str, AttributeDeclaration] | None = None) -> LeadInput | Rejected:
    """Return one raw lead, as parsed from JSON, in normal form, or everything that is wrong with it.

    `declared` holds the organisation's custom attributes by key; others are refused by name. Without it every
    attribute with a plain value is taken. Null and blank text are unknown.
    """
    if type(raw) is not dict:
        return Rejected((Problem("", f"is {kind_of(raw)}", "an object with the fields of a lead"),))
    findings = Findings()
    values = _check_fields(raw, _LEAD_CHECKS, "", findings)
    if (company := raw.get("company")) is not None:
        values["company"] = _check_company(company, findings)
    if (attributes := raw.get("attributes")) is not None:
        values["attributes"] = check_attributes(attributes, declared, findings.note)
    if (claims := raw.get("claims")) is not None:
        values["claims"] = check_objects(claims, "claims", findings.note)
    if (events := raw.get("events")) is not None:
        values["events"] = check_objects(events, "events", findings.note)
    return assemble(values, findings)


def assemble(values: dict[str, Any], findings: Findings) -> LeadInput | Rejected:
    """Return the lead made of checked values if nothing speaks against it and something says who it is."""
    if findings.problems:
        return Rejected(tuple(findings.problems))
    if not _is_somebody(values):
        return Rejected((_WHO,))
    if findings.warnings:
        values["warnings"] = tuple(findings.warnings)
    return LeadInput(**values)


def _is_somebody(values: Mapping[str, Any]) -> bool:
    if values.get("email") or values.get("external_id"):
        return True
    if not (values.get("first_name") or values.get("last_name")):
        return False
    return bool(company_keys(LeadInput(company=values.get("company") or NO_COMPANY)))


def _check_company(raw: object, findings: Findings) -> CompanyInput:
    if type(raw) is not dict:
        findings.note("company", Unreadable(f"is {kind_of(raw)}", "an object with the fields of a company"))
        return NO_COMPANY
    return CompanyInput(**_check_fields(raw, _COMPANY_CHECKS, "company.", findings))


def _check_fields(raw: dict[Any, Any], checks: Mapping[str, Check], prefix: str, findings: Findings) -> dict[str, Any]:
    values = {}
    for name, value in raw.items():
        check = checks.get(name)
        if check is None:
            if prefix or name not in _PARTS:
                findings.note(f"{prefix}{str(name)[:_SHOWN]}", _unknown(str(name), checks, prefix))
        elif value is not None:
            try:
                values[name] = check(value)
            except Unreadable as error:
                findings.note(f"{prefix}{name}", error)
    return values


def _unknown(name: str, checks: Mapping[str, Check], prefix: str) -> Unreadable:
    names = tuple(checks) if prefix else _ALL_NAMES
    near = get_close_matches(name[:_SHOWN], names, n=1)
    accepted = f"{prefix}{near[0]}" if near else ", ".join(sorted(names))
    return Unreadable("is not a field" + (f"; did you mean {accepted}?" if near else ""), accepted)
