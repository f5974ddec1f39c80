"""Decides how much of what a source tells of a lead's acts is new: totals are told again with every export."""

from collections.abc import Iterable, Sequence

from oppspot.engagement.types import EngagementEvent, ToldActs


def acts_not_known(told: Iterable[ToldActs], known: Sequence[EngagementEvent]) -> list[EngagementEvent]:
    """Return as events what is told and not known yet.

    Of a total counts what exceeds the acts of its kind that are known up to its moment, dated at that moment; an act
    of a moment is new unless one of its kind is known at that moment. Telling the same again therefore adds nothing.
    """
    new: list[EngagementEvent] = []
    # Totals first: the last act, told beside them with its own date, is one of those they count.
    for acts in sorted(told, key=lambda acts: (not acts.is_total, -acts.times)):
        same = [event for event in (*known, *new) if event.kind is acts.kind]
        if acts.is_total:
            missing = acts.times - sum(event.quantity for event in same if event.occurred_at <= acts.at)
        else:
            missing = 0 if any(event.occurred_at == acts.at for event in same) else acts.times
        if missing > 0:
            new.append(EngagementEvent(acts.kind, acts.at, missing))
    return new
