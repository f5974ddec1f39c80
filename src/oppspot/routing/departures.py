"""Shows what becomes of a ledger if somebody leaves, before they do; pure.

The pool is formed again without them (ledger_standings.stand), as it is for every look at a ledger and for every
lead, and whoever forms it settles with those who have left (fairness.settle_departures). So what is shown and what
comes of it cannot differ.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from oppspot.routing.fairness import LEAD
from oppspot.routing.ledger_standings import MemberStanding, PoolStanding
from oppspot.routing.people import Rep


class Leaving(StrEnum):
    """How somebody leaves: out of the team, or, still named in it, as a closed account or a viewer.

    Who is taken out is settled with. Whose account is closed sits out, and what they are owed waits for them: letting
    them in again gives it back.
    """

    TEAM = "team"
    ACCOUNT = "account"


class Settled(NamedTuple):
    """What one member is owed now and afterwards, in `LEAD`s, and by how many leads they are ahead of their turns."""

    member: MemberStanding
    credit: int
    ahead: int

    @property
    def owed(self) -> float:
        """What they are owed afterwards, in leads."""
        return self.credit / LEAD

    @property
    def change(self) -> float:
        """By how many leads what they are owed changes."""
        return (self.credit - self.member.credit) / LEAD


@dataclass(frozen=True)
class Departure:
    """A pool as it is, and as it would be once these have left; `fingerprint` of either names its credits."""

    how: Leaving
    leavers: tuple[MemberStanding, ...]
    before: PoolStanding
    after: PoolStanding

    @cached_property
    def others(self) -> tuple[Settled, ...]:
        """What becomes of everybody else."""
        gone = {each.rep.id for each in self.leavers}
        then = {each.rep.id: each for each in self.after.members}
        return tuple(
            Settled(each, then[each.rep.id].credit, then[each.rep.id].ahead)
            for each in self.before.members
            if each.rep.id not in gone
        )

    @property
    def moves_credit(self) -> bool:
        """Whether anybody else is owed more or less afterwards."""
        return any(each.credit != each.member.credit for each in self.others)


def depart(reps: Sequence[Rep], leavers: Collection[UUID], team_id: UUID, how: Leaving) -> list[Rep]:
    """Return everybody as they are once these have left."""
    return [_gone(rep, team_id, how) if rep.id in leavers else rep for rep in reps]


def _gone(rep: Rep, team_id: UUID, how: Leaving) -> Rep:
    if how is Leaving.ACCOUNT:
        return replace(rep, active=False)
    return replace(rep, team_ids=rep.team_ids - {team_id})
