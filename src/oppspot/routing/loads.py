"""Keeps one rep's load while a batch is decided, and says which test they fail for a lead."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from oppspot.calendars.business_time import is_open, next_open
from oppspot.calendars.types import ALWAYS_OPEN
from oppspot.routing.capacity import has_room, within_limits
from oppspot.routing.people import Rep
from oppspot.routing.stretches import FailedTest


class Need(NamedTuple):
    """What a lead asks of whoever gets it; equal `screened` are equal tests.

    `heeds_hours` asks that they are at work; `opens` (a moment) that they start by then. `by_weight` is None
    for who is asked by name: their weight says nothing.
    """

    tried: frozenset[UUID]
    units: int
    heeds_limits: bool
    heeds_hours: bool
    by_weight: bool | None
    screened: Hashable
    opens: datetime | None = None


Test = Callable[[Rep], FailedTest | None]


class Listener(Protocol):
    """A pool that somebody sits in: it hears of every lead they are given otherwise, and when they run full."""

    def note_arrival(self, rep_id: UUID, units: int, value: Decimal) -> None: ...

    def expire(self) -> None: ...


class Load:
    """One rep as the batch goes on: open leads, what limits have seen, whether they work, the pools they sit in."""

    __slots__ = ("_absent", "_now", "_opens", "given", "open_count", "pools", "rep", "rooms", "value")

    def __init__(self, rep: Rep, now: datetime, unit_sizes: Sequence[int]) -> None:
        self.rep = rep
        self.open_count = rep.open_count
        self.given = 0
        self.value = rep.value
        self.pools: list[Listener] = []
        self.rooms = self._rooms(unit_sizes)
        self._now = now
        self._absent: bool | None = None
        self._opens: datetime | None = now if rep.calendar is ALWAYS_OPEN else None

    @property
    def absent(self) -> bool:
        """Whether they are away, not just off work."""
        if self._absent is None:
            self._absent = any(each.start <= self._now < each.end for each in self.rep.calendar.absences)
        return self._absent

    @property
    def at_work(self) -> bool:
        return self._opens == self._now or is_open([self.rep.calendar], self._now)

    @property
    def opens(self) -> datetime | None:
        """When they work next: now if they do; None if not in sight."""
        if self._opens is None:
            self._opens = next_open([self.rep.calendar], self._now)
        return self._opens

    def grow(self, through: "Listener | None", units: int, value: Decimal, unit_sizes: Sequence[int]) -> None:
        """Take one more lead `through` a pool, or otherwise, and let every pool know what it must."""
        self.open_count += units
        self.given += 1
        self.value += value
        rooms = self._rooms(unit_sizes)
        ran_full, self.rooms = rooms != self.rooms, rooms
        for pool in self.pools:
            if pool is not through:
                pool.note_arrival(self.rep.id, units, value)
            if ran_full:
                pool.expire()

    def has_room(self, units: int) -> bool:
        rep = self.rep
        return has_room(self.open_count, rep.max_open, units) and within_limits(
            rep.limits, [used + self.given for used in rep.used]
        )

    def _rooms(self, unit_sizes: Sequence[int]) -> tuple[bool, ...]:
        if self.rep.max_open is None and not self.rep.limits:
            return ()
        return tuple(self.has_room(units) for units in unit_sizes)


def failed_test(load: Load, need: Need, screen: Test) -> FailedTest | None:
    """Return the first test a rep fails for a lead; None when eligible."""
    return _lasting(load.rep, need, screen) or _passing(load, need)


def _lasting(rep: Rep, need: Need, screen: Test) -> FailedTest | None:
    if not rep.active:
        return FailedTest.INACTIVE
    if not rep.joined:
        return FailedTest.NOT_JOINED
    if not rep.weight and need.by_weight is not None:
        return FailedTest.NO_WEIGHT
    return FailedTest.ALREADY_TRIED if rep.id in need.tried else screen(rep)


def _passing(load: Load, need: Need) -> FailedTest | None:
    if not load.rep.available:
        return FailedTest.UNAVAILABLE
    if load.absent and need.opens is None:
        return FailedTest.ABSENT
    if need.heeds_hours and not (load.at_work if need.opens is None else _starts_by(load, need.opens)):
        return FailedTest.OFF_HOURS
    return None if not need.heeds_limits or load.has_room(need.units) else FailedTest.AT_CAPACITY


def _starts_by(load: Load, moment: datetime) -> bool:
    return load.opens is not None and load.opens <= moment
