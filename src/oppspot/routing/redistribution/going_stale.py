"""Says whether a plan still holds: what has changed since it was made, each change in a sentence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from oppspot.routing.loads import Load
from oppspot.routing.people import Rep
from oppspot.routing.redistribution.evenness import gap_of
from oppspot.routing.redistribution.types import Move, Plan

_TRAITS: Final = ("active", "joined", "available", "max_open", "seniority", "skills")


class HeldNow(NamedTuple):
    """Where a lead is now: the open assignment and its status, if there is one."""

    assignment_id: UUID | None
    rep_id: UUID | None
    status: str | None


class Change(NamedTuple):
    """One thing that is not as it was; `path` names the part of the plan it is about."""

    path: str
    sentence: str


def traits_of(rep: Rep) -> dict[str, Any]:
    """Return, as JSON, what decides whether somebody may get leads, apart from what they have open."""
    return {
        **{name: getattr(rep, name) for name in _TRAITS},
        "skills": dict(sorted(rep.skills.items())),
        "weight": str(rep.weight),
        "teams": sorted(map(str, rep.team_ids)),
        "territories": sorted(rep.territories),
        "limits": [[limit.leads, limit.per.value, limit.window.value] for limit in rep.limits],
    }


def changes_since(
    plan: Plan, held: Mapping[UUID, HeldNow], reps: Sequence[Rep], config_hash: str, now: datetime
) -> list[Change]:
    """Return what makes a plan no longer what was shown; nothing: it can be applied as it is.

    `held` is by lead. Other leads that came or went since change nothing, as long as nobody's limit is passed and no
    gap grows.
    """
    if config_hash != plan.config_hash:
        return [Change("config_hash", "The configuration of routing has changed.")]
    people = {rep.id: rep for rep in reps}
    moved = [change for move in plan.moves if (change := _lead_change(move, held.get(move.lead_id), people))]
    profiles = _people_changes(plan, people)
    return moved + profiles or _room_changes(plan, people, now) or _gap_changes(plan, people)


def _lead_change(move: Move, now: HeldNow | None, people: Mapping[UUID, Rep]) -> Change | None:
    path = f"moves[{move.lead_id}]"
    if now is None:
        return Change(path, "A lead is no longer there.")
    if now.assignment_id is None or now.rep_id is None:
        return Change(path, f"A lead of {_name(move.from_id, people)} is nobody's any more.")
    if now.assignment_id != move.assignment_id and now.rep_id == move.from_id:
        return Change(path, f"A lead of {_name(move.from_id, people)} has left them and come back.")
    if now.assignment_id != move.assignment_id:
        return Change(path, f"A lead of {_name(move.from_id, people)} is {_name(now.rep_id, people)}'s now.")
    if now.status != move.status:
        return Change(path, f"{_name(move.from_id, people)} has taken up a lead.")
    return None


def _people_changes(plan: Plan, people: Mapping[UUID, Rep]) -> list[Change]:
    getting = {move.to_id for move in plan.moves}
    return [
        Change(f"people[{each.rep_id}]", f"{each.name} is no longer as they were: {_differences(each.traits, rep)}.")
        for each in plan.standings
        if each.rep_id in getting and ((rep := people.get(each.rep_id)) is None or traits_of(rep) != dict(each.traits))
    ]


def _differences(before: Mapping[str, Any], rep: Rep | None) -> str:
    after = traits_of(rep) if rep else {}
    names = [name.replace("_", " ") for name in before if after.get(name) != before[name]]
    return ", ".join(names) if after else "gone"


def _room_changes(plan: Plan, people: Mapping[UUID, Rep], now: datetime) -> list[Change]:
    getting: dict[UUID, list[Move]] = {}
    for move in plan.moves:
        getting.setdefault(move.to_id, []).append(move)
    found = []
    for rep_id, moves in sorted(getting.items()):
        load = Load(people[rep_id], now, ())
        if load.absent:
            found.append(Change(f"people[{rep_id}]", f"{load.rep.name} is away."))
        elif not _takes(load, [move for move in moves if move.heeds_limits]):
            found.append(Change(f"people[{rep_id}]", f"{load.rep.name} has no room for {len(moves)} more."))
    return found


def _takes(load: Load, moves: Sequence[Move]) -> bool:
    for move in moves:
        if not load.has_room(move.units):
            return False
        load.open_count += move.units
        load.given += 1
    return True


def _gap_changes(plan: Plan, people: Mapping[UUID, Rep]) -> list[Change]:
    """Say whether carrying out the plan would now leave the fullest and the emptiest further apart than they are."""
    if plan.scope.empties:
        return []
    change = Counter[UUID]()
    for each in plan.standings:
        change[each.rep_id] = each.units_after - each.units_before
    compared = [each for each in plan.standings if each.weight > 0 and each.rep_id in people]
    weights: list[Decimal] = [each.weight for each in compared]
    units = [people[each.rep_id].open_count for each in compared]
    after = [count + change[each.rep_id] for count, each in zip(units, compared, strict=True)]
    if gap_of(after, weights) <= gap_of(units, weights):
        return []
    return [Change("standings", "Loads have changed, and this would make them less even now.")]


def _name(rep_id: UUID, people: Mapping[UUID, Rep]) -> str:
    return people[rep_id].name if rep_id in people else "somebody"
