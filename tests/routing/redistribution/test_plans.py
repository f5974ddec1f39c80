"""What every plan keeps to, whatever the rules, the people and the leads are."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.redistribution.situations import CONFIG, OF_SALES, a_held, applied, situation, situations
from tests.routing.world import EVERYTHING_TO_SALES, NOW, a_rep

from oppspot.routing.algorithms import Question
from oppspot.routing.lanes import Lane, Lanes
from oppspot.routing.loads import failed_test
from oppspot.routing.picking import need_of
from oppspot.routing.policies import CapacityPolicy, Policies
from oppspot.routing.pools import Roster
from oppspot.routing.priority import Priority, priority_of
from oppspot.routing.redistribution.rules import Situation, plan_redistribution
from oppspot.routing.redistribution.types import HeldLead, Scope, ScopeKind

Asked = tuple[Scope, Situation]


@given(situations())
def test_nothing_is_lost_and_nobody_gets_what_they_had_before(asked: Asked) -> None:
    scope, before = asked
    plan = plan_redistribution(scope, before, CONFIG, NOW)
    held = {each.assignment_id: each for each in before.leads}
    assert len({move.lead_id for move in plan.moves}) == len(plan.moves)
    for move in plan.moves:
        lead = held[move.assignment_id]
        assert (lead.lead.id, lead.holder_id) == (move.lead_id, move.from_id)
        assert move.to_id not in {lead.holder_id, *lead.lead.previous_rep_ids}
        assert lead.status == "assigned" or scope.with_accepted
    stuck = [lead_id for stay in plan.stays for lead_id in stay.lead_ids]
    assert len(stuck) == len(set(stuck))
    assert set(stuck).isdisjoint(move.lead_id for move in plan.moves)
    assert sum(each.after.leads - each.before.leads for each in plan.standings) == 0
    assert sum((each.after.value or 0) - (each.before.value or 0) for each in plan.standings) == 0


@given(situations())
def test_nobody_passes_a_limit_and_only_who_may_have_a_lead_gets_it(asked: Asked) -> None:
    scope, before = asked
    plan = plan_redistribution(scope, before, CONFIG, NOW)
    held = {each.assignment_id: each for each in before.leads}
    roster = Roster(before.reps, {}, CONFIG.policies, NOW)
    lanes = Lanes(CONFIG, roster, before.office.calendar, NOW, None)
    heeded, unheeded = Counter[UUID](), Counter[UUID]()
    for move in plan.moves:
        lead, load = held[move.assignment_id], roster.find_load(move.to_id)
        lane = _lane_of(lead, lanes)
        assert load is not None
        assert load.rep.active
        assert load.rep.joined
        assert load.rep.available
        assert not load.absent
        need = need_of(lead.lead, lane, CONFIG.policies.capacity) if lane else None
        # Without a rule there is none that plans no capacity; the policy lets urgent leads pass all the same.
        heeds = need.heeds_limits if need else not _passes(lead)
        assert move.heeds_limits == heeds
        (heeded if heeds else unheeded)[move.to_id] += 1
        if lane is None or lane.pool is None or need is None:
            continue
        by_name = move.to_id == scope.cover_id
        assert by_name or load in lane.pool.loads
        hours = need.heeds_hours and not by_name
        weight = None if by_name else need.by_weight
        without_room = need._replace(heeds_limits=False, heeds_hours=hours, by_weight=weight)
        screen = lane.algorithm.screen(Question(lead.lead, lane.settings, CONFIG))
        assert failed_test(load, without_room, screen.test) is None
    people = {rep.id: rep for rep in before.reps}
    for each in plan.standings:
        rep = people[each.rep_id]
        if heeded[rep.id] and not unheeded[rep.id]:
            assert rep.max_open is None or each.units_after <= rep.max_open
        for limit, used in zip(rep.limits, rep.used, strict=True):
            assert not heeded[rep.id] or used + heeded[rep.id] <= limit.leads


def _passes(held: HeldLead) -> bool:
    return CONFIG.policies.capacity.urgent_leads_pass and priority_of(held.lead.score) is Priority.URGENT


def _lane_of(held: HeldLead, lanes: Lanes) -> Lane | None:
    """Return the lane of the rule a lead came by, of the rule that takes it now, or of the default."""
    positions = {rule.id: position for position, rule in enumerate(CONFIG.live_rules)}
    position = positions.get(held.rule_id or "")
    if position is None:
        [position] = CONFIG.index.first_match([held.lead.facts], NOW)
    return lanes.lane(position)


@given(situations())
def test_evening_out_never_worsens_the_largest_gap(asked: Asked) -> None:
    scope, before = asked
    plan = plan_redistribution(scope, before, CONFIG, NOW)
    if scope.kind in (ScopeKind.TEAM, ScopeKind.REPS):
        assert plan.after.gap <= plan.before.gap


@given(situations())
def test_planning_again_after_applying_gives_nothing(asked: Asked) -> None:
    scope, before = asked
    plan = plan_redistribution(scope, before, CONFIG, NOW)
    again = applied(before, plan)
    if scope.empties:
        again = replace(again, leads=[each for each in again.leads if each.holder_id in scope.rep_ids])
    assert plan_redistribution(scope, again, CONFIG, NOW).moves == ()


@given(situations())
@settings(max_examples=30)
def test_a_plan_does_not_depend_on_the_order_things_are_given_in(asked: Asked) -> None:
    scope, before = asked
    turned = replace(before, leads=before.leads[::-1], reps=before.reps[::-1])
    assert plan_redistribution(scope, turned, CONFIG, NOW) == plan_redistribution(scope, before, CONFIG, NOW)


_SIZES = replace(EVERYTHING_TO_SALES, policies=Policies(capacity=CapacityPolicy(urgent=5, high=3, medium=1, low=0)))
_SCORES = {5: 90.0, 3: 75.0, 1: 60.0, 0: 20.0}


@given(
    st.lists(
        st.tuples(st.sampled_from(["0.1", "0.5", "1", "3"]), st.lists(st.sampled_from(list(_SCORES)), max_size=9)),
        min_size=2,
        max_size=5,
    )
)
def test_no_gap_grows_whatever_the_weights_and_sizes(people: list[tuple[str, list[int]]]) -> None:
    reps = [a_rep(number, weight=Decimal(weight)) for number, (weight, _) in enumerate(people, start=1)]
    sizes = [(rep, units) for rep, (_, theirs) in zip(reps, people, strict=True) for units in theirs]
    held = [a_held(n, rep, units=units, score=_SCORES[units]) for n, (rep, units) in enumerate(sizes, start=1)]
    before = situation(reps, held)
    plan = plan_redistribution(OF_SALES, before, _SIZES, NOW)
    was = [each.units_before / each.weight for each in plan.standings]
    now = [each.units_after / each.weight for each in plan.standings]
    assert max(now) <= max(was)
    assert min(now) >= min(was)
    assert sum(each.units_after for each in plan.standings) == sum(each.units_before for each in plan.standings)
    assert plan_redistribution(OF_SALES, applied(before, plan), _SIZES, NOW).moves == ()
