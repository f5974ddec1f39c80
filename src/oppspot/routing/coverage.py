"""Decides who covers which territory, by the names in people's profiles; upper and lower case do not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from oppspot.routing.policies import Territory


@dataclass(frozen=True, slots=True)
class Cover:
    """An active rep and the territories their profile names."""

    rep_id: UUID
    name: str
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who covers each territory, and who names something that is no territory."""

    by_territory: Mapping[str, tuple[Cover, ...]]
    unknown: Mapping[str, tuple[Cover, ...]]

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The territories that nobody covers."""
        return tuple(name for name, reps in self.by_territory.items() if not reps)


def coverage_of(territories: Sequence[Territory], reps: Iterable[Cover]) -> Coverage:
    """Return who covers what."""
    naming: dict[str, list[Cover]] = defaultdict(list)
    spelt: dict[str, str] = {}
    for rep in reps:
        for name in rep.territories:
            naming[name.casefold()].append(rep)
            spelt.setdefault(name.casefold(), name)
    known = {territory.name: tuple(naming.pop(territory.name.casefold(), ())) for territory in territories}
    return Coverage(known, {spelt[name]: tuple(found) for name, found in sorted(naming.items())})
