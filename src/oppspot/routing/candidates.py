"""Unfolds the table of candidates of one decision from the stretch it belongs to, and from whom it asked by name."""

from dataclasses import dataclass
from uuid import UUID

from oppspot.routing.fairness import turn_order
from oppspot.routing.stretches import FailedTest, Member, unfold
from oppspot.routing.types import RoutingDecision


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person at the moment of a decision; `rank` is 1 for whoever's turn it was, None for the ineligible.

    `credit_before` is what they were owed in turns and `ahead` by how many leads they were ahead of their turns.
    `by_name` is true of whoever was asked outside turns: owners of the lead's account, who covers for them, the seat.
    """

    rep_id: UUID
    name: str
    eligible: bool
    failed_test: FailedTest | None
    credit_before: int
    ahead: int
    share: int
    open_count: int
    max_open: int | None
    rank: int | None
    by_name: bool = False


def candidates_of(decision: RoutingDecision) -> tuple[Candidate, ...]:
    """Return everybody who was looked at as they stood when this decision was taken: asked by name, then the pool.

    Empty when nobody was asked: a queue, a kept owner, no rule.
    """
    asked = tuple(
        Candidate(
            rep_id=each.rep.id,
            name=each.rep.name,
            eligible=each.failed is None,
            failed_test=each.failed,
            credit_before=0,
            ahead=0,
            share=0,
            open_count=each.open_count,
            max_open=each.rep.max_open,
            rank=None,
            by_name=True,
        )
        for each in decision.asked
    )
    return asked if decision.stretch is None else asked + _of_pool(unfold(decision.stretch, decision.turn))


def _of_pool(members: tuple[Member, ...]) -> tuple[Candidate, ...]:
    ranks = _ranks(members)
    return tuple(
        Candidate(
            rep_id=member.rep.id,
            name=member.rep.name,
            eligible=member.failed is None,
            failed_test=member.failed,
            credit_before=member.credit,
            ahead=member.ahead,
            share=member.share,
            open_count=member.open_count,
            max_open=member.rep.max_open,
            rank=ranks.get(place),
        )
        for place, member in enumerate(members)
    )


def _ranks(members: tuple[Member, ...]) -> dict[int, int]:
    eligible = [place for place, member in enumerate(members) if member.failed is None]
    if not eligible:
        return {}
    order = turn_order([members[place].credit for place in eligible], [members[place].share for place in eligible])
    return {eligible[position]: rank for rank, position in enumerate(order, start=1)}
