"""Decides what a statement about one claim key also says about others; what follows is no further fact.

A value outside the other's choices scores as none of them; None says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from oppspot.qualification.claim_keys.shapes import BUDGET_RANGES, PERSON
from oppspot.qualification.titles import seniority_of_title
from oppspot.qualification.types import ClaimValue

Implication: TypeAlias = tuple[str, Callable[[ClaimValue], ClaimValue]]
Person: TypeAlias = Mapping[str, Any]
People: TypeAlias = Sequence[Person]

_SMALLEST_COMMITTEE: Final = 3
_DECIDING: Final = frozenset({"economic_buyer", "decision_maker"})
# How urgent a word is, 0-100.
_URGENCY: Final[Mapping[str, int]] = MappingProxyType({"critical": 100, "high": 75, "medium": 50, "low": 25})
# Whose engagement counts in which row.
_LEVELS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "executive": frozenset({"executive"}),
        "manager": frozenset({"director", "manager"}),
        "user": frozenset({"other"}),
    }
)


def _range_of(amount: float) -> str:
    limits = zip((10_000, 50_000, 100_000, 500_000), BUDGET_RANGES, strict=False)
    return "none" if amount <= 0 else next((name for limit, name in limits if amount < limit), BUDGET_RANGES[-1])


def _true(_: ClaimValue) -> bool:
    return True


def _decision_makers(people: People) -> list[dict[str, Any]] | None:
    """Return who decides; nobody named is not the same as nobody there."""
    deciding = [person for person in people if person.get("role") in _DECIDING]
    return [{name: person[name] for name in PERSON if name in person} for person in deciding] or None


def _committee_size(people: People) -> int | None:
    """Return how many take part; a map is begun with one or two, who are no committee yet."""
    return len(people) if len(people) >= _SMALLEST_COMMITTEE else None


def seniority_of(person: Person) -> str | None:
    """Return how senior somebody is: as stated, else as the title says."""
    title = person.get("title")
    return person.get("seniority") or (seniority_of_title(title) if title else None)


def _engagement_of(level: str) -> Callable[[People], float | None]:
    """Return a reader of the mean engagement (0-100) of the people of a level who state one."""
    seniorities = _LEVELS[level]

    def mean(people: People) -> float | None:
        stated = [person["engagement"] for person in people if "engagement" in person]
        if not stated:
            return None
        counted = [
            person["engagement"] for person in people if "engagement" in person and seniority_of(person) in seniorities
        ]
        return round(sum(counted) / len(counted), 2) if counted else None

    return mean


def _in_role(role: str, read: Callable[[Person], ClaimValue]) -> Callable[[People], ClaimValue]:
    """Return a reader of the most influential person in a role; nobody in the role says nothing."""

    def of_people(people: People) -> ClaimValue:
        holders = [person for person in people if person.get("role") == role]
        return read(max(holders, key=lambda person: person.get("influence", -1))) if holders else None

    return of_people


def _field(name: str) -> Callable[[Person], ClaimValue]:
    return lambda person: person.get(name)


def _reachable(person: Person) -> bool | None:
    return True if person.get("email") or person.get("phone") else None


def _who(element: str, role: str, fields: Mapping[str, str]) -> tuple[Implication, ...]:
    """Return what a list of people says about the person in a role; `fields` are claim keys' names by item field."""
    return (
        (f"{element}.identified", _in_role(role, _true)),
        *((f"{element}.{key}", _in_role(role, _field(name))) for name, key in fields.items()),
    )


def _current_stage(stages: Sequence[Mapping[str, Any]]) -> str | None:
    return next((stage["name"] for stage in stages if stage.get("status") == "current"), None)


_BUYER: Final = {"name": "name", "title": "title", "email": "email"}
_CHAMPION: Final = {"name": "name", "title": "title", "influence": "influence_level"}

IMPLICATIONS: Final[Mapping[str, tuple[Implication, ...]]] = MappingProxyType(
    {
        "budget.estimated_budget": (("budget.range", _range_of),),
        "budget.confirmed": (("budget.source", lambda confirmed: "confirmed" if confirmed else None),),
        "budget.source": (("budget.confirmed", lambda source: source == "confirmed"),),
        "authority.decision_makers": (
            *_who("economic_buyer", "economic_buyer", _BUYER),
            ("economic_buyer.reachable", _in_role("economic_buyer", _reachable)),
            *_who("champion", "champion", _CHAMPION),
        ),
        "authority.stakeholder_map": (
            ("authority.decision_makers", _decision_makers),
            ("authority.committee_size", _committee_size),
            *((f"authority.engagement.{level}", _engagement_of(level)) for level in _LEVELS),
            *_who("economic_buyer", "economic_buyer", _BUYER | {"phone": "phone", "engagement": "engagement_level"}),
            ("economic_buyer.reachable", _in_role("economic_buyer", _reachable)),
            *_who("champion", "champion", _CHAMPION | {"last_contact": "last_contact"}),
        ),
        "need.urgency": (("identify_pain.urgency_level", _URGENCY.get),),
        "economic_buyer.name": (("economic_buyer.identified", _true),),
        "economic_buyer.email": (("economic_buyer.reachable", _true),),
        "economic_buyer.phone": (("economic_buyer.reachable", _true),),
        "champion.name": (("champion.identified", _true),),
        "decision_process.stages": (("decision_process.current_stage", _current_stage),),
    }
)
