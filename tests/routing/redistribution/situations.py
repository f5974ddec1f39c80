"""Short ways to say who has which leads open, and organisations in which every setting of routing occurs."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from tests.routing.strategies import CONFIG, OFFICE, TEAMS, streams, teams_of_reps
from tests.routing.world import a_lead, lead_id, team_id

from oppspot.routing.capacity import units_of
from oppspot.routing.people import Rep
from oppspot.routing.priority import priority_of
from oppspot.routing.redistribution.rules import Situation
from oppspot.routing.redistribution.types import HeldLead, Holding, Plan, Scope, ScopeKind
from oppspot.routing.types import NO_OFFICE, FairnessLedger

OF_SALES = Scope(ScopeKind.TEAM, team_id(1))


def assignment_id(number: int) -> UUID:
    return UUID(int=(4 << 64) + number)


def a_held(number: int, rep: Rep, *, rule: str | None = "r1", status: str = "assigned", **more: Any) -> HeldLead:
    """Return a lead in a rep's hands; `more` goes to the lead, but for `units` and `due_at`."""
    own = {name: more.pop(name) for name in ("units", "due_at") if name in more}
    return HeldLead(assignment_id(number), a_lead(number, **more), rep.id, status, rule_id=rule, **own)


def situation(
    reps: Sequence[Rep], held: Sequence[HeldLead], ledgers: Mapping[str, FairnessLedger] | None = None, **more: Any
) -> Situation:
    """Return the situation in which the reps have these leads open and no others."""
    units, holdings = Counter[UUID](), defaultdict[UUID, Holding](Holding)
    for each in held:
        units[each.holder_id] += each.units
        leads, value = holdings[each.holder_id]
        holdings[each.holder_id] = Holding(leads + 1, (value or Decimal(0)) + (each.lead.value or Decimal(0)))
    people = [replace(rep, open_count=units[rep.id]) for rep in reps]
    return Situation(held, holdings, people, ledgers or {}, more.get("office", NO_OFFICE))


def loads_of(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return by name how many units everybody has open, before and after."""
    return {each.name: (each.units_before, each.units_after) for each in plan.standings}


def applied(before: Situation, plan: Plan) -> Situation:
    """Return the situation as it is once the plan is carried out."""
    to = {move.assignment_id: move for move in plan.moves}
    given = Counter(move.to_id for move in plan.moves)
    held = [
        each
        if (move := to.get(each.assignment_id)) is None
        else replace(
            each,
            holder_id=move.to_id,
            status="assigned",
            units=move.units,
            lead=replace(each.lead, previous_rep_ids=each.lead.previous_rep_ids | {move.from_id}),
        )
        for each in before.leads
    ]
    after = {each.rep_id: each for each in plan.standings}
    reps = [
        replace(
            rep,
            open_count=after[rep.id].units_after if rep.id in after else rep.open_count,
            used=tuple(count + given[rep.id] for count in rep.used),
        )
        for rep in before.reps
    ]
    holdings = {**before.holdings, **{rep_id: each.after for rep_id, each in after.items()}}
    return replace(before, leads=held, reps=reps, holdings=holdings)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Scope, Situation]:
    """Return something asked for, and people with leads in their hands, whatever rules they came by."""
    reps = draw(teams_of_reps())
    rules = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "gone", None]

    def held(number: int, lead: Any) -> HeldLead:
        units = units_of(priority_of(lead.score), CONFIG.policies.capacity)
        holder = draw(st.sampled_from(reps))
        previous = lead.previous_rep_ids - {holder.id}
        return HeldLead(
            assignment_id(number),
            replace(lead, id=lead_id(number), previous_rep_ids=previous, current_owner_id=None),
            holder.id,
            draw(st.sampled_from(["assigned", "assigned", "accepted", "working"])),
            draw(st.sampled_from([units, units, 1])),
            draw(st.sampled_from(rules)),
        )

    leads = [held(number, lead) for number, lead in enumerate(draw(streams()), start=1)]
    kind = draw(st.sampled_from(ScopeKind))
    chosen = draw(st.permutations([rep.id for rep in reps]))
    scope = Scope(
        kind,
        team_id=draw(st.sampled_from(TEAMS)).id if kind is ScopeKind.TEAM else None,  # type: ignore[arg-type]
        rep_ids=()
        if kind is ScopeKind.TEAM
        else tuple(chosen[: 1 if kind in (ScopeKind.LEAVES, ScopeKind.AWAY) else 3]),
        cover_id=draw(st.sampled_from([None, chosen[-1]])) if kind is ScopeKind.AWAY and len(chosen) > 1 else None,
        with_accepted=draw(st.booleans()),
    )
    built = situation(reps, leads, office=OFFICE)
    open_elsewhere = {rep.id: draw(st.integers(0, 2)) for rep in reps}
    people = [replace(rep, open_count=rep.open_count + open_elsewhere[rep.id]) for rep in built.reps]
    givers = {rep.id for rep in people if scope.team_id in rep.team_ids or rep.id in scope.rep_ids}
    return scope, replace(built, reps=people, leads=[each for each in leads if each.holder_id in givers])
