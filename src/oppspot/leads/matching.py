"""Decides by which keys a lead and its company are recognised, and which rows of one batch are the same lead."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import reduce
from typing import Any, Final, NamedTuple

from oppspot.leads.normalise import company_domain_of_email, company_name_key, fold, person_name_key
from oppspot.leads.types import NO_COMPANY, CompanyInput, LeadInput, Rejected


class LeadKeyKind(StrEnum):
    """How a lead is recognised, the surest first."""

    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    PERSON = "person"


class CompanyKeyKind(StrEnum):
    """How a company is recognised, the surest first."""

    DOMAIN = "domain"
    REGISTRATION = "registration"
    NAME = "name"


class LeadKey(NamedTuple):
    """One key of a lead; equal keys mean the same lead."""

    kind: LeadKeyKind
    value: str


class CompanyKey(NamedTuple):
    """One key of a company; the first that two companies both have decides whether they are one."""

    kind: CompanyKeyKind
    value: str


class Duplicate(NamedTuple):
    """A row that is the same lead as an earlier row: which one, and by which kind of key."""

    of: int
    by: LeadKeyKind


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """A batch without duplicates: each remaining lead with the number of its first row, in the order of these rows."""

    leads: tuple[tuple[int, LeadInput], ...]
    duplicates: Mapping[int, Duplicate]


_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_UK_DIGITS: Final = 8
_KEPT_WHOLE: Final = frozenset(("company", "attributes", "claims", "events", "warnings"))
_PLAIN_FIELDS: Final = tuple(field.name for field in fields(LeadInput) if field.name not in _KEPT_WHOLE)
_COMPANY_FIELDS: Final = tuple(field.name for field in fields(CompanyInput))


def company_domain(lead: LeadInput) -> str | None:
    """Return the company's domain as given, else that of the person's address unless it is free mail."""
    if lead.company.domain:
        return lead.company.domain
    return company_domain_of_email(lead.email) if lead.email else None


def lead_keys(lead: LeadInput) -> tuple[LeadKey, ...]:
    """Return every key of the lead, the surest first; a valid lead without any is recognised by nothing."""
    keys = []
    if lead.email:
        keys.append(LeadKey(LeadKeyKind.EMAIL, lead.email))
    if lead.external_id:
        keys.append(LeadKey(LeadKeyKind.EXTERNAL_ID, lead.external_id))
    if person := person_key(lead):
        keys.append(LeadKey(LeadKeyKind.PERSON, person))
    return tuple(keys)


def person_key(lead: LeadInput) -> str | None:
    """Return the key of a full name at a company's domain, such as `acme.com jane doe`; None unless both are known."""
    name = person_name_key(lead.first_name, lead.last_name)
    domain = company_domain(lead) if name else None
    return f"{domain} {name}" if domain else None


def company_keys(lead: LeadInput) -> tuple[CompanyKey, ...]:
    """Return every key of the lead's company, the surest first; none when nothing is known of it.

    A registration number counts within its country only: the same eight digits are another company elsewhere.
    """
    company = lead.company
    keys = []
    if domain := company_domain(lead):
        keys.append(CompanyKey(CompanyKeyKind.DOMAIN, domain))
    if number := registration_key(company.registration_number, company.country):
        keys.append(CompanyKey(CompanyKeyKind.REGISTRATION, number))
    if company.name and (name := company_name_key(company.name)):
        keys.append(CompanyKey(CompanyKeyKind.NAME, name))
    return tuple(keys)


def registration_key(number: str | None, country: str | None) -> str | None:
    """Return a registration number in comparable form with its country, such as `GB:08209948`.

    British numbers of digits only get back the leading zeros that spreadsheets take away.
    """
    if not number:
        return None
    bare = _NOT_ALPHANUMERIC.sub("", fold(number)).upper()
    if country == "GB" and bare.isdigit():
        bare = bare.zfill(_UK_DIGITS)
    return f"{country or ''}:{bare}" if bare else None


def dedupe_batch(inputs: Sequence[LeadInput | Rejected]) -> Deduplicated:
    """Collapse the rows of a batch that share a key, directly or through other rows, into one lead each.

    Of two known values the later row's wins, so the result is what the rows would give one after the other. Rejected
    rows are passed over. Equal input gives equal output.
    """
    root: dict[int, int] = {}
    first_with: dict[LeadKey, int] = {}
    linked_by: dict[int, LeadKeyKind] = {}
    for number, lead in enumerate(inputs):
        if isinstance(lead, Rejected):
            continue
        root[number] = number
        for key in lead_keys(lead):
            earlier = first_with.setdefault(key, number)
            if earlier != number:
                linked_by.setdefault(number, key.kind)
                _join(root, earlier, number, linked_by, key.kind)
    groups: dict[int, list[LeadInput]] = {}
    for number in root:
        groups.setdefault(_find(root, number), []).append(inputs[number])  # type: ignore[arg-type]
    leads = tuple((first, reduce(merge_leads, group)) for first, group in groups.items())
    duplicates = {number: Duplicate(of, linked_by[number]) for number in root if (of := _find(root, number)) != number}
    return Deduplicated(leads, duplicates)


def merge_leads(earlier: LeadInput, later: LeadInput) -> LeadInput:
    """Return one lead with what both know; where both know something, the later one is believed.

    The later company replaces the earlier as a whole when they are two companies, so that no company is made of two.
    """
    changes: dict[str, Any] = {name: value for name in _PLAIN_FIELDS if (value := getattr(later, name)) is not None}
    return replace(
        earlier,
        **changes,
        company=_merge_companies(earlier, later),
        attributes={**earlier.attributes, **later.attributes},
        claims=_joined(earlier.claims, later.claims),
        events=_joined(earlier.events, later.events),
        warnings=_joined(earlier.warnings, later.warnings),
    )


def _joined(earlier: tuple[Any, ...], later: tuple[Any, ...]) -> tuple[Any, ...]:
    return earlier + tuple(entry for entry in later if entry not in earlier)


def _merge_companies(earlier: LeadInput, later: LeadInput) -> CompanyInput:
    if later.company == NO_COMPANY:
        return earlier.company
    if _are_two_companies(company_keys(earlier), company_keys(later)):
        return later.company
    known = {name: value for name in _COMPANY_FIELDS if (value := getattr(later.company, name)) is not None}
    return replace(earlier.company, **known)


def _are_two_companies(one: Iterable[CompanyKey], other: Iterable[CompanyKey]) -> bool:
    """Say whether the surest kind of key that both have differs."""
    values = {key.kind: key.value for key in other}
    for key in one:
        if key.kind in values:
            return values[key.kind] != key.value
    return False


def _find(root: dict[int, int], number: int) -> int:
    while root[number] != number:
        root[number] = root[root[number]]
        number = root[number]
    return number


def _join(root: dict[int, int], one: int, other: int, linked_by: dict[int, LeadKeyKind], kind: LeadKeyKind) -> None:
    """Put two groups together under the earliest row of both."""
    first, second = sorted((_find(root, one), _find(root, other)))
    if first != second:
        root[second] = first
        linked_by.setdefault(second, kind)
