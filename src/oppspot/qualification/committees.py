"""Decides what a buying committee looks like: who is in it, who reports to whom, and who is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from oppspot.qualification.claim_keys.shapes import ROLES, STAKEHOLDER
from oppspot.qualification.evidence import current_values
from oppspot.qualification.titles import read_title
from oppspot.qualification.types import Claim

STAKEHOLDERS: Final = "authority.stakeholder_map"
DECISION_MAKERS: Final = "authority.decision_makers"
# Whom a purchase hardly goes through without.
NEEDED: Final = ("economic_buyer", "decision_maker", "champion", "user")

Person = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the committee; `fields` is as stated, None where nothing is."""

    name: str
    fields: Person
    seniority: str | None
    department: str | None
    is_read_from_title: bool
    level: int  # 0: reports to nobody who is known
    place: int  # from the left, within the level

    @property
    def role(self) -> str | None:
        role: str | None = self.fields.get("role")
        return role


@dataclass(frozen=True, slots=True)
class Committee:
    """The members by level and place, the lines between them, and the roles nobody is known to have."""

    members: tuple[Member, ...]
    lines: tuple[tuple[str, str], ...]  # who reports, to whom
    missing: tuple[str, ...]
    is_fresh: bool

    @property
    def levels(self) -> int:
        return max((member.level for member in self.members), default=-1) + 1

    @property
    def widest(self) -> int:
        """How many stand side by side on the fullest level."""
        return max((member.place for member in self.members), default=-1) + 1


def committee_of(claims: Sequence[Claim], now: datetime) -> Committee:
    """Return the committee that claims speak of: the map that counts, and decision makers it does not name."""
    said = current_values([claim for claim in claims if claim.key in (STAKEHOLDERS, DECISION_MAKERS)], now)
    people = {person["name"].casefold(): person for person in listed_people(claims, now)}
    fresh = STAKEHOLDERS not in said or said[STAKEHOLDERS].is_fresh
    return _drawn(people, is_fresh=fresh)


def listed_people(claims: Sequence[Claim], now: datetime) -> list[dict[str, Any]]:
    """Return everybody in the committee, to be changed and claimed again as a map; decision makers have that role."""
    said = current_values([claim for claim in claims if claim.key in (STAKEHOLDERS, DECISION_MAKERS)], now)
    people: dict[str, dict[str, Any]] = {}
    for key, unless_stated in ((STAKEHOLDERS, {}), (DECISION_MAKERS, {"role": "decision_maker"})):
        if key in said:
            for person in said[key].statement.value:
                people.setdefault(person["name"].casefold(), {**unless_stated, **person})
    return list(people.values())


def decision_makers(claims: Sequence[Claim], now: datetime) -> list[dict[str, Any]]:
    """Return who was named as a decision maker without a map, as it would count were there none."""
    said = current_values([claim for claim in claims if claim.key == DECISION_MAKERS], now)
    return [dict(person) for person in said[DECISION_MAKERS].statement.value] if DECISION_MAKERS in said else []


def with_person(people: Sequence[Person], person: Person, was: str | None = None) -> list[dict[str, Any]]:
    """Return the people with one added or replaced; `was` is the former name, which others may report to."""
    former = (was or person["name"]).casefold()
    changed = [_renamed(each, was, person["name"]) for each in people if each["name"].casefold() != former]
    kept = [each for each in changed if each["name"].casefold() != person["name"].casefold()]
    place = next((place for place, each in enumerate(people) if each["name"].casefold() == former), len(kept))
    return [*kept[:place], dict(person), *kept[place:]]


def without_person(people: Sequence[Person], name: str) -> list[dict[str, Any]]:
    """Return the people without one; whoever reported to them reports to nobody known."""
    left = [each for each in people if each["name"].casefold() != name.casefold()]
    return [
        {key: value for key, value in each.items() if key != "reports_to" or value.casefold() != name.casefold()}
        for each in left
    ]


def with_name(people: Sequence[Person], was: str, name: str) -> list[dict[str, Any]]:
    """Return the people with one called by another name."""
    return [{**each, "name": name} if each["name"].casefold() == was.casefold() else dict(each) for each in people]


def _renamed(person: Person, was: str | None, name: str) -> dict[str, Any]:
    reports_to = person.get("reports_to")
    is_theirs = was is not None and reports_to is not None and reports_to.casefold() == was.casefold()
    return {**person, "reports_to": name} if is_theirs else dict(person)


def _drawn(people: Mapping[str, Person], *, is_fresh: bool) -> Committee:
    above = {key: (person.get("reports_to") or "").casefold() for key, person in people.items()}
    heads = {key: head for key, head in above.items() if head in people and head != key}
    levels = {key: _level(key, heads) for key in people}
    places = _places(people, heads, levels)
    members = [_member(person, level=levels[key], place=places[key]) for key, person in people.items()]
    held = {member.role for member in members}
    return Committee(
        members=tuple(sorted(members, key=lambda member: (member.level, member.place))),
        lines=tuple((people[key]["name"], people[head]["name"]) for key, head in heads.items()),
        missing=tuple(role for role in NEEDED if role not in held),
        is_fresh=is_fresh,
    )


def _level(key: str, heads: Mapping[str, str]) -> int:
    """Return how many are above somebody; a circle of people who report to each other ends where it began."""
    seen = {key}
    while (head := heads.get(key)) is not None and head not in seen:
        seen.add(head)
        key = head
    return len(seen) - 1


def _places(people: Mapping[str, Person], heads: Mapping[str, str], levels: Mapping[str, int]) -> dict[str, int]:
    """Return the place of everybody within their level: below their head as far as that goes, then by role."""
    places: dict[str, int] = {}
    for level in sorted(set(levels.values())):
        those = [key for key in people if levels[key] == level]
        those.sort(key=lambda key: (places.get(heads.get(key, ""), -1), _role_rank(people[key]), key))
        places.update({key: place for place, key in enumerate(those)})
    return places


def _role_rank(person: Person) -> int:
    role = person.get("role")
    return ROLES.index(role) if role in ROLES else len(ROLES)


def _member(person: Person, *, level: int, place: int) -> Member:
    title = person.get("title")
    read = read_title(title) if title else None
    stated = person.get("seniority"), person.get("department")
    return Member(
        name=person["name"],
        fields={field: person.get(field) for field in STAKEHOLDER},
        seniority=stated[0] or (read.seniority if read else None),
        department=stated[1] or (read.department if read else None),
        is_read_from_title=None in stated and read is not None and any(read),
        level=level,
        place=place,
    )
