"""Unfolds the table of candidates of one decision from the stretch it belongs to."""

from collections import Counter

from oppspot.routing.fairness import LEAD, turn_order
from oppspot.routing.types import Candidate, RoutingDecision, Stretch


def candidates_of(decision: RoutingDecision) -> tuple[Candidate, ...]:
    """Return everybody in the pool as they stood when this decision was taken, in the pool's order.

    Empty when no pool was asked: a queue, a kept owner, no rule.
    """
    return () if decision.stretch is None else unfold(decision.stretch, decision.turn)


def unfold(stretch: Stretch, turn: int) -> tuple[Candidate, ...]:
    """Return the members as they stood before `turn` of `stretch`; a turn before gave shares and took one lead."""
    taken = Counter(stretch.picks[:turn])
    arrived = Counter(member for at, member in stretch.arrivals if at <= turn)
    owed = [
        credit + turn * share - taken[member] * LEAD
        for member, (credit, share) in enumerate(zip(stretch.credits, stretch.shares, strict=True))
    ]
    ranks = _ranks(stretch, owed)
    return tuple(
        Candidate(
            rep_id=rep.id,
            name=rep.name,
            eligible=stretch.failed[member] is None,
            failed_test=stretch.failed[member],
            credit_before=owed[member],
            share=stretch.shares[member],
            open_count=stretch.open_counts[member] + taken[member] + arrived[member],
            max_open=rep.max_open,
            rank=ranks.get(member),
        )
        for member, rep in enumerate(stretch.reps)
    )


def _ranks(stretch: Stretch, owed: list[int]) -> dict[int, int]:
    eligible = [member for member, failure in enumerate(stretch.failed) if failure is None]
    if not eligible:
        return {}
    order = turn_order([owed[member] for member in eligible], [stretch.shares[member] for member in eligible])
    return {eligible[position]: rank for rank, position in enumerate(order, start=1)}
