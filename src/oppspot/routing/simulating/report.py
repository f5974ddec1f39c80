"""Says what a draft would change of what the live configuration makes of a time: leads moved, load, fairness, response.

What was published in that time has changed things, too; that is told apart from it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any, Final, NamedTuple
from uuid import UUID

from oppspot.routing.simulating.pools import compared
from oppspot.routing.simulating.running import Run, is_given
from oppspot.routing.simulating.types import Before, Fate, Response
from oppspot.routing.simulating.world import World

# With fewer first touches of a rep, how fast they would have been is not known.
FEWEST_RESPONSES: Final = 5
MOST_DIFFERENCES: Final = 20


def report_of(run: Run, before: Before) -> dict[str, Any]:
    """Return the result of a simulation as JSON; `moved` has every lead that would fare otherwise.

    `since` is what comes of what was published in that time by itself: None where nothing was, and what is live has
    decided all of it.
    """
    names = {rep.id: rep.name for rep in before.reps_now}
    moved = [_moved(parting, run, names) for parting in _partings(run.live, run.draft)]
    return {
        "decisions": run.decisions,
        "leads": len(run.then.fates),
        "leads_moved": len(moved),
        "trusted": run.is_trusted,
        "edits": run.edits,
        "loads": run.loads,
        "fewer": run.fewer,
        "unlike": len(run.differences),
        "differences": [
            {
                "decision_id": str(each.decision_id),
                "at": each.at.isoformat(),
                "expected": each.expected,
                "found": each.found,
            }
            for each in run.differences[:MOST_DIFFERENCES]
        ],
        "since": None if run.edited is None else _since(run.then, run.edited, before),
        "moved": moved,
        "live": _course(run.live, before),
        "draft": _course(run.draft, before),
        "pools": compared(run.live.pools, run.draft.pools),
        "reps": _reps(run, before),
    }


def _since(then: World, edited: World, before: Before) -> dict[str, Any]:
    return {"leads_moved": sum(1 for _ in _partings(then, edited)), "then": _course(then, before)}


class _Parting(NamedTuple):
    """A lead that fares otherwise in two courses: at first, or only `in_the_end`."""

    lead_id: UUID
    in_the_end: bool

    def of(self, world: World) -> Fate | None:
        return (world.lasts if self.in_the_end else world.fates).get(self.lead_id)


def _partings(one: World, other: World) -> Iterator[_Parting]:
    for lead_id in one.fates:
        for parting in (_Parting(lead_id, in_the_end=False), _Parting(lead_id, in_the_end=True)):
            if _fares_otherwise(parting.of(one), parting.of(other)):
                yield parting
                break


def _fares_otherwise(one: Fate | None, other: Fate | None) -> bool:
    if one is None or other is None:
        return False
    return one.rep_id != other.rep_id or (one.rep_id is None and one.place != other.place)


def _moved(parting: _Parting, run: Run, names: Mapping[UUID, str]) -> dict[str, Any]:
    """Return a lead that a draft moves, with the decision on it, and `then` where that came to something else yet."""
    then, live, draft = (parting.of(world) for world in (run.then, run.live, run.draft))
    return {
        "lead_id": str(parting.lead_id),
        "decision_id": then and then.decision_id and str(then.decision_id),
        "from": _told(live, names),
        "to": _told(draft, names),
        **({"then": _told(then, names)} if _fares_otherwise(then, live) else {}),
    }


def _told(fate: Fate | None, names: Mapping[UUID, str]) -> dict[str, Any] | None:
    if fate is None:
        return None
    return {
        "rep_id": fate.rep_id and str(fate.rep_id),
        "name": names.get(fate.rep_id) if fate.rep_id else None,
        "queue": fate.queue,
        "outcome": fate.outcome,
        "reason": fate.reason,
    }


def _course(world: World, before: Before) -> dict[str, Any]:
    given = [fate for fate in world.fates.values() if is_given(fate)]
    return {
        "given": len(given),
        "not_given": dict(Counter(fate.outcome for fate in world.fates.values() if not is_given(fate))),
        "value": float(sum((fate.value for fate in given), Decimal(0))),
        **_in_time(world, before),
    }


def _in_time(world: World, before: Before) -> dict[str, Any]:
    """Return how many first touches would have been in time, and of how many that can be told.

    Whoever had the lead in truth was as fast as they were; anybody else as fast as they mostly are.
    """
    usual = _usual(before)
    judged = [
        _was_in_time(fate, before.responses.get(lead_id, ()), usual)
        for lead_id, fate in world.fates.items()
        if fate.rep_id is not None
    ]
    known = [each for each in judged if each is not None]
    return {"touches_known": len(known), "touches_in_time": sum(known)}


def _was_in_time(fate: Fate, responses: Sequence[Response], usual: Mapping[UUID, float]) -> bool | None:
    """Say whether the first touch was in time, None where that cannot be told."""
    if fate.rep_id is None or fate.at is None or fate.due_at is None:
        return None
    allowed = (fate.due_at - fate.at).total_seconds()
    theirs = [response for response in responses if response.rep_id == fate.rep_id]
    # The very time they were given it, else the first.
    own = next((response for response in theirs if response.given_at == fate.at), theirs[0] if theirs else None)
    if own is None:
        taken = usual.get(fate.rep_id)
        return None if taken is None else taken <= allowed
    if own.seconds is not None:
        return own.seconds <= allowed
    return False if own.waited > allowed else None


def _usual(before: Before) -> dict[UUID, float]:
    by_rep: defaultdict[UUID, list[float]] = defaultdict(list)
    for responses in before.responses.values():
        for response in responses:
            if response.seconds is not None:
                by_rep[response.rep_id].append(response.seconds)
    return {rep_id: median(taken) for rep_id, taken in by_rep.items() if len(taken) >= FEWEST_RESPONSES}


def _reps(run: Run, before: Before) -> Sequence[dict[str, Any]]:
    """Return everybody whom either course gave a lead, by name."""

    def standing(world: World, rep_id: UUID) -> dict[str, Any]:
        given, worth = world.routed[rep_id], world.worth.get(rep_id, Decimal(0))
        return {"given": given, "peak": world.peaks[rep_id], "value": float(worth)}

    asked = [rep for rep in before.reps_now if run.live.routed[rep.id] or run.draft.routed[rep.id]]
    return [
        {
            "id": str(rep.id),
            "name": rep.name,
            "max_open": rep.max_open,
            **({"tried": tried.in_words} if (tried := run.draft.limits.get(rep.id)) else {}),
            "live": standing(run.live, rep.id),
            "draft": standing(run.draft, rep.id),
        }
        for rep in sorted(asked, key=lambda rep: (rep.name, rep.id))
    ]
