"""Decides in which territories a lead lies; of several the first by priority, then the narrowest."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oppspot.routing.policies import Territory

FACTS: Final = (
    "lead.country",
    "company.country",
    "company.region",
    "company.postcode",
    "company.industry",
    "company.employees",
    "company.name",
    "company.domain",
)
Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Area:
    """A territory made ready to be asked about many leads."""

    territory: Territory
    countries: frozenset[str]
    regions: frozenset[str]
    industries: frozenset[str]
    accounts: frozenset[str]

    def covers(self, facts: Facts) -> bool:
        """Return whether a lead lies in it: every list that is not empty is met; what is unknown meets nothing."""
        return (
            _named(self.countries, country_of(facts))
            and _named(self.regions, facts.get("company.region"))
            and _named(self.industries, facts.get("company.industry"))
            and (_named(self.accounts, facts.get("company.domain")) or _named(self.accounts, facts.get("company.name")))
            and _of_size(self.territory, facts.get("company.employees"))
            and _in_postcodes(self.territory.postcodes, facts.get("company.postcode"))
        )


class Atlas:
    """All territories of a configuration; only those of a lead's country, and those of none, are looked at."""

    def __init__(self, territories: Sequence[Territory]) -> None:
        self._anywhere: list[_Area] = []
        self._by_country: dict[str, list[_Area]] = {}
        for territory in territories:
            area = _Area(
                territory,
                _folded(territory.countries),
                _folded(territory.regions),
                _folded(territory.industries),
                _folded(territory.accounts),
            )
            for places in [self._by_country.setdefault(each, []) for each in area.countries] or [self._anywhere]:
                places.append(area)

    def territories_of(self, facts: Facts) -> tuple[str, ...]:
        """Return the names of the territories that count for a lead; several only if priority and width decide not."""
        country = country_of(facts)
        nearby = self._by_country.get(country.casefold(), ()) if isinstance(country, str) else ()
        found = [area.territory for area in (*nearby, *self._anywhere) if area.covers(facts)]
        if not found:
            return ()
        first = min(each.priority for each in found)
        found = [each for each in found if each.priority == first]
        widest = max(map(narrowness, found))
        return tuple(sorted(each.name for each in found if narrowness(each) == widest))


def country_of(facts: Facts) -> object:
    """Return where a lead is: its company's country, else the person's."""
    return facts.get("company.country") or facts.get("lead.country")


def narrowness(territory: Territory) -> tuple[int, ...]:
    """Return how narrow a territory is, for comparison: by accounts, then postcodes, regions, countries, the rest."""
    sized = territory.min_employees is not None or territory.max_employees is not None
    return (
        bool(territory.accounts),
        bool(territory.postcodes),
        bool(territory.regions),
        bool(territory.countries),
        bool(territory.industries) + sized,
    )


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _named(accepted: frozenset[str], value: object) -> bool:
    return not accepted or (isinstance(value, str) and value.casefold() in accepted)


def _of_size(territory: Territory, employees: object) -> bool:
    if territory.min_employees is None and territory.max_employees is None:
        return True
    if not isinstance(employees, int | float):
        return False
    least, most = territory.min_employees, territory.max_employees
    return (least is None or employees >= least) and (most is None or employees <= most)


_RANGE: Final = re.compile(r"(\w+)\s*-\s*(\w+)")


def _in_postcodes(accepted: Sequence[str], postcode: object) -> bool:
    if not accepted:
        return True
    if not isinstance(postcode, str):
        return False
    code = _plain(postcode)
    return any(_is_in(code, each) for each in accepted)


def _is_in(code: str, accepted: str) -> bool:
    bounds = _RANGE.fullmatch(accepted.strip())
    if bounds is None:
        return code.startswith(_plain(accepted))
    low, high = _plain(bounds[1]), _plain(bounds[2])
    # As many signs as the range's own: 10115 lies in 10-12, SW1A 2AA in SW1A-SW1Y.
    return len(code) >= len(high) and low <= code[: len(low)] and code[: len(high)] <= high


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()
