"""Owns the list of fields a raw lead may have: what each accepts as JSON, and its label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from oppspot.leads.normalise import (
    Unreadable,
    clean_line,
    is_free_mail,
    normalise_country,
    normalise_email,
    normalise_phone,
    normalise_postcode,
    registrable_domain,
)
from oppspot.leads.normalise.countries import MAX_COUNTRY
from oppspot.leads.normalise.domains import MAX_URL
from oppspot.leads.normalise.emails import MAX_EMAIL
from oppspot.leads.normalise.errors import Meaningless
from oppspot.leads.normalise.funding import normalise_funding_stage
from oppspot.leads.normalise.phones import MAX_PHONE
from oppspot.leads.normalise.postcodes import MAX_POSTCODE
from oppspot.leads.normalise.texts import too_long

Check = Callable[[Any], Any]
# Given a JSON value other than null, a check returns it normalised, or None when it says nothing; raises Unreadable.

MAX_NAME: Final = 200
MAX_TECHNOLOGIES: Final = 200
_MAX_TECHNOLOGY: Final = 100
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class LeadField:
    """One field of a raw lead; `path` is `email`, `company.name` and so on."""

    path: str
    label: str
    check: Check


_KINDS: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def kind_of(value: object) -> str:
    """Say in words what kind of JSON value this is."""
    return _KINDS.get(type(value), type(value).__name__)


def expect_text(value: object, accepted: str = "text") -> str:
    """Return the value if it is text; raises Unreadable naming what it is instead."""
    if type(value) is not str:
        raise Unreadable(f"is {kind_of(value)}", accepted)
    return value


def check_number(value: object, low: float, high: float, accepted: str) -> float:
    """Return the value if it is a finite number from `low` to `high`; raises Unreadable."""
    if type(value) is not int and type(value) is not float:
        raise Unreadable(f"is {kind_of(value)}", accepted)
    if not low <= value <= high:  # not true of NaN either
        raise Unreadable(f"is {str(value)[:_SHOWN]}", accepted)
    return value


def _line(path: str, label: str, limit: int) -> LeadField:
    def check(value: object) -> str | None:
        if type(value) is not str:
            raise Unreadable(f"is {kind_of(value)}", "text")
        return clean_line(value, limit)

    return LeadField(path, label, check)


def _read(path: str, label: str, limit: int, read: Callable[[str], Any], accepted: str) -> LeadField:
    def check(value: object) -> Any:
        if type(value) is not str:
            raise Unreadable(f"is {kind_of(value)}", accepted)
        if len(value) > limit:
            raise too_long(value, limit)
        text = value.strip()
        return read(text) if text else None

    return LeadField(path, label, check)


def _whole(path: str, label: str, high: int) -> LeadField:
    accepted = f"a whole number from 0 to {high:,}"

    def check(value: object) -> int:
        number = check_number(value, 0, high, accepted)
        if number != int(number):
            raise Unreadable(f"is {number}", accepted)
        return int(number)

    return LeadField(path, label, check)


def _number(path: str, label: str, low: float, high: float) -> LeadField:
    accepted = f"a number from {low:,} to {high:,}"

    def check(value: object) -> float:
        return float(check_number(value, low, high, accepted))

    return LeadField(path, label, check)


def _domain(text: str) -> str:
    domain = registrable_domain(text)
    if domain is None:
        raise Unreadable("names no company's domain", "a domain such as acme.com, or the address of the company's site")
    if is_free_mail(domain):
        raise Meaningless("belongs to a mail provider", "the company's own domain")
    return domain


def _technologies(value: object) -> tuple[str, ...]:
    accepted = f"a list of at most {MAX_TECHNOLOGIES} names"
    if type(value) is not list:
        raise Unreadable(f"is {kind_of(value)}", accepted)
    if len(value) > MAX_TECHNOLOGIES:
        raise Unreadable(f"has {len(value):,} entries", accepted)
    names: dict[str, str] = {}
    for entry in value:
        name = clean_line(expect_text(entry, accepted), _MAX_TECHNOLOGY)
        if name:
            names.setdefault(name.lower(), name)
    return tuple(names.values())


LEAD_FIELDS: Final = (
    _read("email", "E-mail", MAX_EMAIL + 256, normalise_email, "an e-mail address"),
    _line("first_name", "First name", MAX_NAME),
    _line("last_name", "Last name", MAX_NAME),
    _line("title", "Job title", 300),
    _read("phone", "Phone", MAX_PHONE, normalise_phone, "a telephone number"),
    _line("source", "Source", 200),
    _line("product_interest", "Product interest", 300),
    _line("external_id", "External ID", 200),
    _read("country", "Country", MAX_COUNTRY, normalise_country, "a country"),
    _line("region", "Region", 200),
    _read("postcode", "Postcode", MAX_POSTCODE, normalise_postcode, "a postal code"),
)
COMPANY_FIELDS: Final = (
    _line("company.name", "Company name", 300),
    _read("company.domain", "Company domain", MAX_URL, _domain, "a domain"),
    _line("company.registration_number", "Registration number", 60),
    _read("company.country", "Company country", MAX_COUNTRY, normalise_country, "a country"),
    _line("company.region", "Company region", 200),
    _read("company.postcode", "Company postcode", MAX_POSTCODE, normalise_postcode, "a postal code"),
    _line("company.industry", "Industry", 200),
    _line("company.sic_code", "SIC code", 20),
    _whole("company.employees", "Employees", 20_000_000),
    _number("company.annual_revenue", "Annual revenue", 0, 1e15),
    _number("company.growth_rate", "Growth rate", -100, 1e6),
    _read("company.funding_stage", "Funding stage", 60, normalise_funding_stage, "a funding stage"),
    _whole("company.credit_score", "Credit score", 100),
    LeadField("company.technologies", "Technologies", _technologies),
)
FIELDS: Final[Mapping[str, LeadField]] = {field.path: field for field in (*LEAD_FIELDS, *COMPANY_FIELDS)}
