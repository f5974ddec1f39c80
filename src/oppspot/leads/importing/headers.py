"""Decides which field a column's header names, from the words of several languages and of known exports."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

from oppspot.leads.fields import FIELDS
from oppspot.leads.normalise import fold

FULL_NAME: Final = "name"
"""The target of a column with first and last name in one cell."""

# What a field that people have as well means in front of a company: Organization - Name, Account: Country.
_OF_COMPANIES: Final = {
    FULL_NAME: "company.name",
    "country": "company.country",
    "region": "company.region",
    "postcode": "company.postcode",
}
_ENTITY: Final = re.compile(r"^([^-:]{3,20}?)\s*(?:\s[-\u2013]\s|:\s)\s*(.+)$")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_CUSTOM_SUFFIX: Final = re.compile(r"_{1,2}c$", re.IGNORECASE)
_SIGNS_NEEDED: Final = 2
_SHORTEST_FUZZY: Final = 6
_FUZZY_CUTOFF: Final = 0.88


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """The field a header names, how sure that is (0 to 1), and why, as a sentence for people."""

    target: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Preset:
    """An export of a known system."""

    key: str
    label: str
    signs: tuple[str, ...]
    fields: Mapping[str, str]


def header_key(header: str) -> str:
    """Return a header without case, accents, blanks and punctuation: `E-Mail Address` and `email_address` are one."""
    return _NOT_WORD.sub("", fold(header))


def find_preset(columns: Sequence[str]) -> Preset | None:
    """Return the known export with the most of its signs among the columns, if at least two are there."""
    counts = {preset.key: sum(_has_sign(preset, column) for column in columns) for preset in _presets()}
    best = max(_presets(), key=lambda preset: counts[preset.key])
    return best if counts[best.key] >= _SIGNS_NEEDED else None


def match_header(header: str, preset: Preset | None = None) -> HeaderMatch | None:
    """Return the field a header names: by the export it comes from, as our own path, by its words, or nearly so."""
    key = header_key(header)
    if preset and (target := preset.fields.get(key)):
        return HeaderMatch(target, 1.0, f"Its name in a {preset.label}.")
    path = header.strip().lower()
    if path in FIELDS or path == FULL_NAME:
        certainty = 1.0 if path in FIELDS else 0.9
        return HeaderMatch(path, certainty, "The header is the field's name.")
    if target := _names().get(key):
        return HeaderMatch(target, 0.95, "The header is a usual name of the field.")
    return _match_parts(header) or _match_nearly(key)


def tells_whether(header: str) -> bool:
    """Say whether a column's amounts say no more than that something happened: seconds on a site."""
    return header_key(header) in _keys_of("whether")


def names_acts(header: str) -> bool:
    """Say whether a column names the last act in words."""
    return header_key(header) in _keys_of("named")


def dates_acts(header: str) -> bool:
    """Say whether a column has the date of what other columns count."""
    return header_key(header) in _keys_of("activity_dates")


def is_technical(header: str) -> bool:
    """Say whether a column is about how a record is kept: owners, system times, internal ids."""
    key = header_key(header)
    exact, beginnings = _technical()
    return key in exact or key.startswith(beginnings)


def _match_parts(header: str) -> HeaderMatch | None:
    bare = _CUSTOM_SUFFIX.sub("", header.strip())
    entity, rest = _entity_and_rest(bare)
    if entity is None and bare == header.strip():
        return None
    names = _names()
    target = names.get(header_key(rest))
    if entity == "company" and target is not None:
        target = _OF_COMPANIES.get(target, target)
        target = target if target.startswith("company.") else None
    if target is None:
        return None
    return HeaderMatch(target, 0.9, f"'{rest}' is a usual name of the field.")


def _entity_and_rest(header: str) -> tuple[str | None, str]:
    found = _ENTITY.match(header)
    if found and (entity := _prefixes().get(header_key(found[1]))):
        return entity, found[2]
    if header.lower().startswith("property_"):
        return "person", header[len("property_") :]
    return None, header


def _match_nearly(key: str) -> HeaderMatch | None:
    if len(key) < _SHORTEST_FUZZY:
        return None
    near = get_close_matches(key, _names(), n=1, cutoff=_FUZZY_CUTOFF)
    return HeaderMatch(_names()[near[0]], 0.7, "The header is nearly a usual name of the field.") if near else None


def _has_sign(preset: Preset, column: str) -> bool:
    key, raw = header_key(column), column.strip().lower()
    return any(raw.startswith(sign[:-1]) if sign.endswith("*") else key == header_key(sign) for sign in preset.signs)


@cache
def _listed() -> dict[str, Any]:
    text = files("oppspot.leads.importing").joinpath("headers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _names() -> Mapping[str, str]:
    listed = _listed()
    sections = (listed["events"], listed["whether"], listed["fields"])
    return {header_key(name): target for part in sections for target, names in part.items() for name in _split(names)}


@cache
def _keys_of(section: str) -> frozenset[str]:
    return frozenset(header_key(name) for names in _listed()[section].values() for name in _split(names))


@cache
def named_acts() -> Mapping[str, str]:
    """Return what acts are called in exports, folded; what is done *to* a lead is no act of theirs."""
    return {fold(name): kind for kind, names in _listed()["acts"].items() for name in _split(names)}


@cache
def _prefixes() -> Mapping[str, str]:
    return {header_key(name): entity for entity, names in _listed()["prefixes"].items() for name in _split(names)}


@cache
def _technical() -> tuple[frozenset[str], tuple[str, ...]]:
    names = _split(_listed()["technical"]["names"])
    exact = frozenset(header_key(name) for name in names if not name.endswith("*"))
    return exact, tuple(header_key(name[:-1]) for name in names if name.endswith("*"))


@cache
def _presets() -> tuple[Preset, ...]:
    return tuple(
        Preset(
            key,
            preset["label"],
            _split(preset["signs"]),
            {header_key(name): target for target, names in preset.get("fields", {}).items() for name in _split(names)},
        )
        for key, preset in _listed()["presets"].items()
    )


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split("|") if name.strip())
