"""Decides which rows of one batch are the same lead, and what they say together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import Any, Final, NamedTuple

from oppspot.leads.identities import Key, company_keys, lead_keys
from oppspot.leads.types import NO_COMPANY, CompanyInput, LeadInput, Rejected


class Duplicate(NamedTuple):
    """A row that is the same lead as an earlier row: which one, and by which kind of key (`email`, …)."""

    of: int
    by: str


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """A batch without duplicates: each remaining lead with the number of its first row, in the order of these rows."""

    leads: tuple[tuple[int, LeadInput], ...]
    duplicates: Mapping[int, Duplicate]


_KEPT_WHOLE: Final = frozenset(("company", "attributes", "claims", "events", "warnings"))
_PLAIN_FIELDS: Final = tuple(field.name for field in fields(LeadInput) if field.name not in _KEPT_WHOLE)
_COMPANY_FIELDS: Final = tuple(field.name for field in fields(CompanyInput))


def dedupe_batch(inputs: Sequence[LeadInput | Rejected]) -> Deduplicated:
    """Collapse the rows of a batch that share a key, directly or through other rows, into one lead each.

    Of two known values the later row's wins, so the result is what the rows would give one after the other. Rejected
    rows are passed over. Equal input gives equal output.
    """
    root: dict[int, int] = {}
    first_with: dict[Key, int] = {}
    linked_by: dict[int, str] = {}
    for number, lead in enumerate(inputs):
        if isinstance(lead, Rejected):
            continue
        root[number] = number
        for key in lead_keys(lead):
            earlier = first_with.setdefault(key, number)
            if earlier != number:
                linked_by.setdefault(number, key[0])
                _join(root, earlier, number, linked_by, key[0])
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


def _are_two_companies(one: Iterable[Key], other: Iterable[Key]) -> bool:
    """Say whether the surest kind of key that both have differs."""
    values = dict(other)
    for kind, value in one:
        if kind in values:
            return values[kind] != value
    return False


def _find(root: dict[int, int], number: int) -> int:
    while root[number] != number:
        root[number] = root[root[number]]
        number = root[number]
    return number


def _join(root: dict[int, int], one: int, other: int, linked_by: dict[int, str], kind: str) -> None:
    """Put two groups together under the earliest row of both."""
    first, second = sorted((_find(root, one), _find(root, other)))
    if first != second:
        root[second] = first
        linked_by.setdefault(second, kind)
