"""Looks for a lead that meets everything asked, field by field, within a budget; says so when it cannot tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oppspot.conditions.types import Condition, Field, leaves_of
from oppspot.routing.linting.formulas import ALWAYS, NEVER, Atoms, Either, Every, Formula, Wish
from oppspot.routing.linting.knowledge import ALWAYS_KNOWN
from oppspot.routing.linting.values import Solved, solve

Row = dict[str, object]
Store = dict[str, frozenset[int]]
BUDGET: Final = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A lead that does (`row`), or that there is none (`never`), or neither: it cannot be told."""

    row: Row | None = None
    never: bool = False


class _Spent(Exception):
    """The budget is used up."""


class Search:
    """Answers questions about the same conditions, remembering what was worked out of each field."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._atoms = Atoms()
        self._present: dict[str, Field] = {}  # fields asked about that every lead has
        self._solved: dict[frozenset[int], Solved] = {}
        self._left = 0
        self.spent = 0
        self._unsure = False

    def formula(self, condition: Condition, wish: Wish = Wish.TRUE) -> Formula:
        """Return what must hold for a condition to come out as wished."""
        for leaf in leaves_of(condition):
            if leaf.field.name in ALWAYS_KNOWN:
                self._present[leaf.field.name] = leaf.field
        return self._atoms.formula(condition, wish)

    def find(self, goals: Iterable[Formula], *, budget: int = BUDGET) -> Answer:
        """Return a lead that meets every goal."""
        self._left, self._unsure = budget, False
        try:
            row = self._extended({}, [], list(goals))
        except (_Spent, RecursionError):
            return Answer()
        finally:
            self.spent += budget - self._left
        return Answer(row=row, never=row is None and not self._unsure)

    def _extended(self, store: Store, pending: list[Either], goals: list[Formula]) -> Row | None:
        """Return a lead that meets what is in store, what is pending and the goals."""
        settled = self._settled(store, pending, goals)
        if settled is None:
            return None
        store, pending = settled
        if not pending:
            return self._row(store)
        narrowest = min(pending, key=lambda either: len(either.parts))
        others = [either for either in pending if either is not narrowest]
        for part in narrowest.parts:
            row = self._extended(dict(store), others, [part])
            if row is not None:
                return row
        return None

    def _settled(self, store: Store, pending: list[Either], goals: list[Formula]) -> tuple[Store, list[Either]] | None:
        """Take in all that leaves no choice; None when something cannot be met."""
        pending = list(pending)
        while goals:
            while goals:
                goal = goals.pop()
                match goal:
                    case Every(parts):
                        goals.extend(parts)
                    case Either():
                        pending.append(goal)
                    case atom:
                        if not self._take(store, atom):
                            return None
            open_still: list[Either] = []
            for either in pending:
                viable = self._viable(store, either.parts)
                if viable is None:
                    continue
                if not viable:
                    return None
                if len(viable) == 1:
                    goals.append(viable[0])
                else:
                    open_still.append(Either(tuple(viable)))
            pending = open_still
        return store, pending

    def _take(self, store: Store, atom: int) -> bool:
        name = self._atoms.all[atom].leaf.field.name
        wishes = store.get(name, frozenset()) | {atom}
        store[name] = wishes
        return self._solve(wishes).possible

    def _viable(self, store: Store, parts: Sequence[Formula]) -> list[Formula] | None:
        """Return the parts that may still be met; None when one is met whatever else comes."""
        viable: list[Formula] = []
        for part in parts:
            atoms = [part] if isinstance(part, int) else [p for p in part.parts if isinstance(p, int)]
            needed = atoms if isinstance(part, int | Every) else []
            if any(not self._may(store, atom) for atom in needed) or part == NEVER:
                continue
            if part == ALWAYS:
                return None
            if isinstance(part, int) and not self._may(store, self._atoms.opposite(part)):
                self._take(store, part)
                return None
            viable.append(part)
        return viable

    def _may(self, store: Store, atom: int) -> bool:
        wishes = store.get(self._atoms.all[atom].leaf.field.name, frozenset()) | {atom}
        return self._solve(wishes).possible

    def _solve(self, wishes: frozenset[int]) -> Solved:
        self._left -= 1
        if self._left < 0:
            raise _Spent
        if wishes not in self._solved:
            atoms = [self._atoms.all[number] for number in sorted(wishes)]
            self._solved[wishes] = solve(atoms[0].leaf.field, atoms, self._now)
        return self._solved[wishes]

    def _row(self, store: Store) -> Row | None:
        found = {name: self._solve(wishes) for name, wishes in store.items()}
        if not all(solved.certain for solved in found.values()):
            self._unsure = True
            return None
        # What every lead has is there also where no matter what it is.
        row = {name: solve(field, (), self._now).value for name, field in self._present.items()}
        return row | {name: solved.value for name, solved in found.items() if solved.value is not None}
