"""Keeps who people were at each moment, as far as decisions have recorded it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from oppspot.routing.people import Rep
from oppspot.routing.simulating.types import Past
from oppspot.routing.stretches import NO_REPS, Stretch
from oppspot.routing.types import TargetKind


class People:
    """Everybody as last recorded; who never was recorded is as they are now."""

    def __init__(self, reps_now: Sequence[Rep]) -> None:
        self._known = {rep.id: rep for rep in reps_now}
        self._recorded: dict[UUID, Rep] = {}

    def learn(self, batch: Iterable[Past]) -> None:
        """Take over what the decisions of a batch have recorded of people."""
        for past in batch:
            for asked in past.asked:
                # Who is no rep is only named by a decision, not somebody routing could choose.
                if asked.failed not in NO_REPS:
                    self._learn_of(asked.rep)
            if past.stretch is not None:
                self._learn_pool(past.stretch)

    def everybody(self) -> list[Rep]:
        return list(self._known.values())

    def _learn_of(self, rep: Rep) -> None:
        # What their limits had seen is counted anew; mostly the rest is as it was recorded before.
        plain = replace(rep, used=()) if rep.used else rep
        if self._recorded.get(rep.id) == plain:
            return
        self._recorded[rep.id] = plain
        known = self._known.get(rep.id)
        # What became of their leads is recorded only by rules that ask for it.
        outcomes = rep.outcomes or (known.outcomes if known else {})
        self._known[rep.id] = replace(rep, team_ids=known.team_ids if known else rep.team_ids, outcomes=outcomes)

    def _learn_pool(self, stretch: Stretch) -> None:
        """Its members are exactly those who were compared."""
        team = team_of(stretch.pool)
        members = {rep.id for rep in stretch.reps}
        for rep in stretch.reps:
            self._learn_of(rep)
        if team is None:
            return
        for rep_id, rep in self._known.items():
            if rep_id in members and team not in rep.team_ids:
                self._known[rep_id] = replace(rep, team_ids=rep.team_ids | {team})
            elif rep_id not in members and team in rep.team_ids:
                self._known[rep_id] = replace(rep, team_ids=rep.team_ids - {team})


def team_of(pool: str) -> UUID | None:
    """Return the team a ledger's key stands for, None for one person's."""
    kind, _, target = pool.partition("/")[0].partition(":")
    return UUID(target) if kind == TargetKind.TEAM else None
