"""Organisations in which every setting of routing occurs, and streams of leads for them, for property tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.routing.world import HELD, NOW, SALES, SUPPORT, a_config, a_lead, a_rep, a_rule, industry_is, rep_id, to_rep

from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.calendars.types import ALWAYS_OPEN, Absence, Calendar
from oppspot.routing.people import Outcomes, Rep, Seat
from oppspot.routing.policies import (
    CapacityPolicy,
    FairnessPolicy,
    OptimisationPolicy,
    OwnerUnavailable,
    Policies,
    RuleSettings,
    SkillMatching,
    SkillNeed,
    SlaPolicy,
    Territory,
)
from oppspot.routing.stretches import NO_REPS
from oppspot.routing.types import AccountOwner, Exclusion, Office, RoutableLead, RoutingConfig, Unasked

TEAMS = (SALES, SUPPORT)
BAND = 2
NINE_TO_FIVE = Calendar(week=((((540, 1020),),) * 5 + ((), ())))
LATE_SHIFT = replace(NINE_TO_FIVE, week=(((720, 1200),),) * 7)
ON_LEAVE = replace(NINE_TO_FIVE, absences=(Absence(NOW - timedelta(days=1), NOW + timedelta(days=3)),))
OFFICE = Office(NINE_TO_FIVE, Seat(rep_id(9), "Sue"))
GERMAN, FRENCH = SkillNeed(skill="german", level=2), SkillNeed(skill="French")
CONFIG: RoutingConfig = replace(
    a_config(
        a_rule(SALES, industry_is("a", "b"), id="r1", priority=1),
        a_rule(SUPPORT, industry_is("c"), id="r2", priority=2, algorithm="weighted"),
        a_rule(SALES, industry_is("d"), id="r3", algorithm="weighted", settings=RuleSettings(fairness_scope="rule")),
        a_rule(to_rep(a_rep(2, "Ben")), industry_is("e"), id="r4"),
        a_rule(HELD, industry_is("f"), id="r5"),
        a_rule(
            SALES,
            industry_is("g"),
            id="r6",
            algorithm="skill_based",
            settings=RuleSettings(skill_matching=SkillMatching(required=(GERMAN,), preferred=(FRENCH,)), band=BAND),
        ),
        a_rule(
            SUPPORT,
            industry_is("h"),
            id="r7",
            algorithm="territory",
            settings=RuleSettings(working_hours_only=True, timezone_aware=True, capacity_planning=False),
        ),
        a_rule(
            SALES,
            industry_is("i"),
            id="r8",
            algorithm="account_based",
            settings=RuleSettings(working_hours_only=True, holiday_handling="next_available"),
        ),
        a_rule(
            SUPPORT,
            industry_is("j"),
            id="r9",
            algorithm="account_based",
            settings=RuleSettings(
                working_hours_only=True,
                holiday_handling="escalate",
                owner_unavailable=OwnerUnavailable(policy="wait", wait_hours=6),
            ),
        ),
        a_rule(SALES, industry_is("k"), id="r10", settings=RuleSettings(working_hours_only=True, mode="strict")),
        a_rule(SALES, industry_is("l"), id="r11", algorithm="ai_optimized", settings=RuleSettings(band=BAND)),
    ),
    exclusions=(
        Exclusion("x1", "Competitors", industry_is("x")),
        Exclusion("x2", "Customers", industry_is("y"), "account_owner"),
    ),
    territories=(
        Territory(name="DACH", countries=("DE", "AT")),
        Territory(name="Berlin", countries=("DE",), postcodes=("10-14",)),
        Territory(name="Elsewhere", countries=("FR", "GB")),
    ),
    policies=Policies(
        fairness=FairnessPolicy(algorithm="value_balanced"),
        capacity=CapacityPolicy(urgent=3, high=2, medium=1, low=0, urgent_leads_pass=True),
        sla=SlaPolicy(business_hours=True),
        optimisation=OptimisationPolicy(floor=100),
    ),
)
KINDS = "aabcdefghijkllxyz"


@st.composite
def teams_of_reps(draw: st.DrawFn) -> list[Rep]:
    def one(number: int) -> Rep:
        limits = draw(
            st.sampled_from([(), (), (PeriodLimit(2, Period.DAY), PeriodLimit(4, Period.WEEK, Window.ROLLING))])
        )
        return a_rep(
            number,
            teams=draw(st.sets(st.sampled_from(TEAMS), min_size=1)),
            weight=draw(st.sampled_from([0, 1, 1, 2, 7])),
            ramp=draw(st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.75")])),
            max_open=draw(st.sampled_from([None, 0, 2, 5])),
            open_count=draw(st.integers(0, 3)),
            available=draw(st.sampled_from([True, True, True, False])),
            active=draw(st.sampled_from([True, True, True, False])),
            joined=draw(st.sampled_from([True, True, True, False])),
            skills=draw(st.sampled_from([{}, {"German": 2}, {"german": 5, "french": 3}])),
            territories=draw(st.frozensets(st.sampled_from(["dach", "Berlin", "Elsewhere"]))),
            limits=limits,
            used=tuple(draw(st.integers(0, 2)) for _ in limits),
            value=Decimal(draw(st.integers(0, 5)) * 1000),
            calendar=draw(st.sampled_from([ALWAYS_OPEN, NINE_TO_FIVE, LATE_SHIFT, ON_LEAVE])),
            outcomes=draw(st.sampled_from([{}, {"high": Outcomes(90, 30, 500.0)}, {"low": Outcomes(40, 1, 9.0)}])),
            cover_id=draw(st.none() | st.builds(rep_id, st.integers(1, 6))),
        )

    return [one(number) for number in range(1, draw(st.integers(1, 6)) + 1)]


# Of those who are never among the reps; None as decisions of former times have it.
no_reps = st.none() | st.builds(Unasked, st.just("Olga"), st.sampled_from(sorted(NO_REPS)))


@st.composite
def streams(draw: st.DrawFn) -> list[RoutableLead]:
    def one(number: int) -> RoutableLead:
        more: dict[str, Any] = {}
        if draw(st.integers(0, 4)) == 0:
            most = draw(st.sampled_from([3, 6]))
            more["previous_rep_ids"] = draw(st.frozensets(st.builds(rep_id, st.integers(1, 6)), max_size=most))
            more["may_stay"] = draw(st.booleans())
        if draw(st.integers(0, 9)) == 0:
            more["current_owner_id"] = rep_id(draw(st.integers(1, 8)))
        owners = draw(st.lists(st.integers(1, 8), max_size=2))
        facts = {
            "company.industry": draw(st.sampled_from(KINDS)),
            "company.country": draw(st.sampled_from(["DE", "FR", None])),
            "company.postcode": draw(st.sampled_from(["10115", "80331", None])),
        }
        return a_lead(
            number,
            facts,
            score=draw(st.sampled_from([None, 20.0, 60.0, 75.0, 90.0])),
            value=draw(st.sampled_from([None, Decimal(500), Decimal(9000)])),
            account_owners=tuple(
                AccountOwner(rep_id(owner), "the owner of the account", draw(no_reps) if owner > 6 else None)
                for owner in owners
            ),
            country_calendar=draw(st.sampled_from([None, LATE_SHIFT])),
            **more,
        )

    return [one(number) for number in range(draw(st.integers(0, 25)))]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def given_to(rep: Rep, leads: Sequence[RoutableLead]) -> Rep:
    """Return a rep as the database knows them after they were given these leads, but for open units."""
    return replace(
        rep,
        used=tuple(count + len(leads) for count in rep.used),
        value=rep.value + sum((lead.value or Decimal(0) for lead in leads), Decimal(0)),
    )
