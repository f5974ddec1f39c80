"""The main navigation: every place, the permission that shows it and the key that goes there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `permission` None: everybody who is signed in. `key` follows `g`."""

    label: str
    href: str
    icon: str
    permission: str | None
    key: str


@dataclass(frozen=True, slots=True)
class Section:
    label: str | None
    places: tuple[Place, ...]


NAV: Final = (
    Section(
        None,
        (
            Place("Inbox", "/inbox", "inbox", "leads.read", "i"),
            Place("Leads", "/leads", "target-arrow", "leads.read", "l"),
            Place("Companies", "/companies", "building", "leads.read", "c"),
            Place("Imports", "/imports", "file-import", "leads.import", "m"),
        ),
    ),
    Section(
        "Decisions",
        (
            Place("Scoring", "/scoring", "gauge", "scoring.read", "s"),
            Place("Qualification", "/qualification", "clipboard-check", "qualification.read", "q"),
            Place("Routing", "/routing", "route", "routing.read", "r"),
        ),
    ),
    Section(
        "Organisation",
        (
            Place("Team", "/team", "users-group", "team.read", "t"),
            Place("Calendars", "/calendars", "calendar", "team.read", "d"),
            Place("Audit", "/audit", "shield-check", "audit.read", "a"),
            Place("Settings", "/settings", "settings", "settings.write", "e"),
        ),
    ),
)


def visible(sections: Sequence[Section], can: Callable[[str], bool]) -> tuple[Section, ...]:
    """Return what a person may open; a section with nothing in it disappears."""
    shown = (
        Section(section.label, tuple(p for p in section.places if p.permission is None or can(p.permission)))
        for section in sections
    )
    return tuple(section for section in shown if section.places)


def is_at(place: Place, path: str) -> bool:
    """Answer whether a path is this place or below it."""
    return path == place.href or path.startswith(place.href + "/")
