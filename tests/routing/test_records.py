"""A stored decision can be taken again and comes out the same, candidates and sentences included."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from tests.routing.strategies import CONFIG, NINE_TO_FIVE, OFFICE, streams, teams_of_reps
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    EVERYTHING_TO_SALES,
    NOW,
    SALES,
    SEEN,
    SUPPORT,
    a_config,
    a_lead,
    a_rep,
    a_rule,
    industry_is,
    leads,
    route,
)

from oppspot.calendars.business_time import add
from oppspot.conditions.types import Leaf, Op, Period, PeriodUnit
from oppspot.core import json
from oppspot.routing.people import Rep, Seat
from oppspot.routing.policies import Policies, SlaPolicy
from oppspot.routing.records import OtherConfiguration, differences, read_decision, records_of, replay
from oppspot.routing.types import NO_OFFICE, BatchDecision, Office, RoutableLead

Records = dict[UUID, dict]


def stored(stream: list[RoutableLead], batch: BatchDecision, office: Office = NO_OFFICE) -> Records:
    """Return the records by id as they come back from the database."""
    ids = [UUID(int=number) for number in range(1, len(stream) + 1)]
    return dict(zip(ids, json.loads(json.dump_bytes(records_of(stream, batch, ids, NOW, office))), strict=True))


def table_of(record: dict, records: Records) -> dict | None:
    return records[UUID(record["stretch_in"])]["stretch"] if "stretch_in" in record else None


@settings(max_examples=60, deadline=None)
@given(teams_of_reps(), streams())
def test_every_stored_decision_replays_to_itself(reps: list[Rep], stream: list[RoutableLead]) -> None:
    batch = route(stream, CONFIG, reps, office=OFFICE)
    records = stored(stream, batch, OFFICE)
    for record, decision in zip(records.values(), batch.decisions, strict=True):
        table = table_of(record, records)
        again = replay(record, CONFIG, table)
        assert differences(decision, again) == ()
        assert differences(read_decision(record, table), again) == ()


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.prove)])
def test_thousands_of_decisions_replay_to_themselves(count: int) -> None:
    """By batches of 250 with reps in two teams, limits that fill up, absences and weights."""
    config = a_config(a_rule(SALES, industry_is("a")), a_rule(SUPPORT, id="r2", priority=2))
    reps = [
        a_rep(n, teams=[SALES, SUPPORT] if n % 3 else [SALES], weight=1 + n % 4, max_open=30 * n, available=n != 5)
        for n in range(1, 9)
    ]
    replayed = 0
    for start in range(0, count, 250):
        stream = [a_lead(n, {"company.industry": "ab"[n % 7 > 3]}, score=n % 101) for n in range(start, start + 250)]
        batch = route(stream, config, reps)
        records = stored(stream, batch)
        replayed += sum(
            differences(decision, replay(record, config, table_of(record, records))) == ()
            for record, decision in zip(records.values(), batch.decisions, strict=True)
        )
    assert replayed == count


def test_a_stretch_is_stored_once_and_named_by_the_others() -> None:
    stream = leads(5)
    records = stored(stream, route(stream))
    assert ["stretch" in record for record in records.values()] == [True, False, False, False, False]
    assert {record.get("stretch_in") for record in records.values()} == {None, str(UUID(int=1))}


def test_all_that_was_known_is_kept_so_that_other_rules_can_be_tried_on_it() -> None:
    stream = [a_lead(1, {"company.industry": "Retail", "company.employees": 12, "company.region": None})]
    (record,) = stored(stream, route(stream)).values()
    assert record["lead"]["facts"] == {"company.industry": "Retail", "company.employees": 12}


def test_facts_that_are_dates_read_back_as_dates() -> None:
    config = a_config(a_rule(condition=Leaf(SEEN, Op.WITHIN_LAST, Period(2, PeriodUnit.DAYS))))
    stream = [a_lead(1, {SEEN.name: NOW - timedelta(days=1)}, value=Decimal("12.50"))]
    batch = route(stream, config)
    (record,) = stored(stream, batch).values()
    assert differences(batch.decisions[0], replay(record, config)) == ()
    assert batch.decisions[0].rule_id == "r1"


def test_what_went_to_a_seat_of_another_team_replays_with_their_hours() -> None:
    sue = replace(a_rep(9, teams=[SUPPORT]), name="Sue", calendar=NINE_TO_FIVE)
    config = replace(EVERYTHING_TO_SALES, policies=Policies(sla=SlaPolicy(business_hours=True)))
    office = Office(seat=Seat(sue.id, sue.name))
    stream = [a_lead(previous_rep_ids=frozenset([ANN.id]))]
    batch = route(stream, config, [ANN, sue], office=office)
    [decision] = batch.decisions
    assert (decision.rep_id, decision.sla_due_at) == (sue.id, add((NINE_TO_FIVE,), NOW, timedelta(hours=24)))
    (record,) = stored(stream, batch, office).values()
    assert differences(decision, replay(record, config)) == ()


def test_a_team_renamed_since_does_not_change_the_reason() -> None:
    stream = leads(1)
    batch = route(stream)
    (record,) = stored(stream, batch).values()
    renamed = a_config(a_rule(replace(SALES, name="Sales EMEA")))
    assert replay(record, renamed).reason == batch.decisions[0].reason


def test_another_version_of_the_configuration_is_refused() -> None:
    stream = leads(1)
    (record,) = stored(stream, route(stream)).values()
    with pytest.raises(OtherConfiguration, match="under configuration hash-1, not hash-2"):
        replay(record, replace(EVERYTHING_TO_SALES, version_hash="hash-2"))


def test_a_record_that_was_tampered_with_shows() -> None:
    stream = leads(2)
    batch = route(stream)
    record = stored(stream, batch)[UUID(int=1)]
    record["stretch"]["credits"] = [0, 10**15, -(10**15)]
    (found, *more) = differences(batch.decisions[0], replay(record, EVERYTHING_TO_SALES))
    assert found.startswith("reason: 'Rule “Everything” sends it to team Sales; Ann")
    assert more[-1] == "candidates"


def test_reading_without_the_shared_table_says_where_it_is() -> None:
    stream = leads(2)
    record = stored(stream, route(stream))[UUID(int=2)]
    with pytest.raises(ValueError, match=f"in the record of decision {UUID(int=1)}"):
        read_decision(record)


def test_the_owner_a_lead_came_with_is_part_of_the_record() -> None:
    reps = [replace(ANN, active=False), BEN, CLEO]
    for owner in (ANN, BEN):
        stream = [a_lead(1, current_owner_id=owner.id)]
        batch = route(stream, reps=reps)
        (record,) = stored(stream, batch).values()
        assert differences(batch.decisions[0], replay(record, EVERYTHING_TO_SALES)) == ()
