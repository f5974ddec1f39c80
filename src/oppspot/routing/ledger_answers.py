"""Puts ledgers into the shapes of the API."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from oppspot.routing.departures import Departure
from oppspot.routing.fairness import LEAD
from oppspot.routing.fairness_measures import by_weight, count_gap, gini_index, jain_index
from oppspot.routing.forecast import Forecast
from oppspot.routing.ledger_schemas import (
    CalibrationAnswer,
    CalibrationEntry,
    ChangeAnswer,
    DepartureAnswer,
    DepartureChange,
    ForecastAnswer,
    ForecastList,
    LedgerAnswer,
    LedgerDetail,
    MeasuresAnswer,
    MemberAnswer,
    TurnAnswer,
)
from oppspot.routing.ledger_standings import NOTHING, Given, MemberStanding, PoolStanding, amounts
from oppspot.routing.ledger_words import phrase_departure, phrase_forecast, phrase_position
from oppspot.routing.models import LedgerCalibration
from oppspot.routing.queries.ledger_history import TurnTaken
from oppspot.routing.queries.ledgers import given_in_all
from oppspot.routing.services.calibrating import Plan

ByPool = dict[str | None, dict[UUID, Given]]


def ledger(pool: PoolStanding, given: ByPool) -> LedgerAnswer:
    """Return one pool."""
    through, in_all = given.get(pool.id.key, {}), given_in_all(given)
    return LedgerAnswer(
        pool=pool.id.address,
        name=pool.name,
        team_id=pool.id.team_id,
        rule_id=pool.id.rule_id,
        in_use=pool.in_use,
        band=pool.band,
        narrowed_by=list(pool.narrowed_by),
        members=[_member(each, in_all.get(each.rep.id, NOTHING), through, pool.narrowed_by) for each in pool.members],
        next_turns=[each.rep.id for each in pool.next],
        measures=measures(pool, given),
        seen=pool.fingerprint,
    )


def measures(pool: PoolStanding, given: ByPool) -> MeasuresAnswer:
    """Return how evenly the pool gave leads and their value in the window."""
    leads, values, weights = amounts(pool, given.get(pool.id.key, {}))
    each_leads, each_value = by_weight(leads, weights), by_weight(values, weights)
    return MeasuresAnswer(
        jain_leads=jain_index(each_leads),
        jain_value=jain_index(each_value),
        gini_leads=gini_index(each_leads),
        gini_value=gini_index(each_value),
        count_gap=count_gap(leads, weights),
    )


def _member(
    each: MemberStanding, in_all: Given, through: dict[UUID, Given], narrowed_by: Sequence[str]
) -> MemberAnswer:
    return MemberAnswer(
        rep_id=each.rep.id,
        name=each.rep.name,
        weight=float(each.rep.weight),
        ramp=float(each.rep.ramp),
        portion=each.portion,
        share_of_next=each.share / LEAD,
        credit=each.owed,
        ahead=each.ahead,
        rank=each.place.rank if each.place else None,
        next_lead=each.place.lead if each.place else None,
        sits_out=each.failed,
        position=phrase_position(each, each.rep.name, narrowed_by),
        given=in_all.leads,
        given_by_pool=through.get(each.rep.id, NOTHING).leads,
        value_given=None if in_all.value is None else float(in_all.value),
        open_units=each.rep.open_count,
        max_open=each.rep.max_open,
    )


def detail(
    pool: PoolStanding, given: ByPool, turns: Sequence[TurnTaken], made: Sequence[LedgerCalibration]
) -> LedgerDetail:
    """Return one pool with its newest turns and calibrations."""
    return LedgerDetail(
        **dict(ledger(pool, given)),
        turns=[
            TurnAnswer(
                at=each.at,
                lead_id=each.lead_id,
                decision_id=each.decision_id,
                rep_id=each.rep_id,
                turn_of=each.turn_of,
                was_preferred=each.was_preferred,
                reason=each.reason,
            )
            for each in turns
        ],
        calibrations=[entry(each) for each in made],
    )


def forecasts(found: dict[UUID, Forecast], names: Mapping[UUID, str]) -> ForecastList:
    """Return when each team is full, the soonest first."""
    order = sorted(found, key=lambda each: (found[each].expected or date.max, names.get(each, ""), each))
    return ForecastList(
        items=[
            ForecastAnswer(
                team_id=each,
                name=names.get(each, ""),
                answer=found[each].answer,
                expected=found[each].expected,
                earliest=found[each].earliest,
                latest=found[each].latest,
                a_week=found[each].a_week,
                finished_a_week=found[each].finished_a_week,
                room=found[each].room,
                sentence=phrase_forecast(found[each]),
            )
            for each in order
        ]
    )


def entry(made: LedgerCalibration) -> CalibrationEntry:
    """Return a calibration that was made."""
    return CalibrationEntry(
        id=made.id,
        rep_id=made.rep_id,
        kind=made.kind,
        changes={UUID(rep): amount / LEAD for rep, amount in made.changes.items()},
        reason=made.reason,
        undoes_id=made.undoes_id,
        made_by=made.made_by,
        at=made.at,
    )


def calibration(plan: Plan, made: UUID | None) -> CalibrationAnswer:
    """Return what a calibration does, or did."""
    extra = {each.rep.id: gain for each, gain in zip(plan.members, plan.shown.gains, strict=True)}
    return CalibrationAnswer(
        id=made,
        pool=plan.pool.id.address,
        rep_id=plan.member.rep.id,
        kind=plan.wish.kind,
        change=plan.amount,
        changes=[
            ChangeAnswer(
                rep_id=each.rep.id,
                name=each.rep.name,
                change=plan.changes.get(each.rep.id, 0) / LEAD,
                credit_before=each.owed,
                credit_after=each.owed + plan.changes.get(each.rep.id, 0) / LEAD,
                extra_leads=extra.get(each.rep.id, 0),
            )
            for each in plan.pool.members
        ],
        turns_before=[plan.members[position].rep.id for position in plan.shown.before],
        turns_after=[plan.members[position].rep.id for position in plan.shown.after],
        burst_leads=plan.shown.burst,
        seen=plan.pool.fingerprint,
    )


def departure(found: Departure) -> DepartureAnswer:
    """Return what becomes of a pool if one of its members leaves."""
    [leaver] = found.leavers
    return DepartureAnswer(
        pool=found.before.id.address,
        rep_id=leaver.rep.id,
        name=leaver.rep.name,
        how=found.how,
        credit=leaver.owed,
        ahead=leaver.ahead,
        sentence=phrase_departure(found),
        changes=[
            DepartureChange(
                rep_id=each.member.rep.id,
                name=each.member.rep.name,
                credit_before=each.member.owed,
                credit_after=each.owed,
                change=each.change,
                ahead_before=each.member.ahead,
                ahead_after=each.ahead,
            )
            for each in found.others
        ],
        turns_before=[each.rep.id for each in found.before.next],
        turns_after=[each.rep.id for each in found.after.next],
        seen=found.before.fingerprint,
    )
