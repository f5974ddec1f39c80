"""A simulation under the rules of the time comes to what happened; under others it says what would have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.strategies import CONFIG, OFFICE, streams, teams_of_reps
from tests.routing.world import (
    ANN,
    BEN,
    CLEO,
    HELD,
    NOW,
    SALES,
    SUPPORT,
    a_config,
    a_lead,
    a_rep,
    a_rule,
    industry_is,
    leads,
    to_rep,
)

from oppspot.accounts.period_limits import Period, PeriodLimit
from oppspot.calendars.types import ALWAYS_OPEN
from oppspot.core import json
from oppspot.routing.outcomes import Outcome
from oppspot.routing.people import Outcomes, Rep
from oppspot.routing.policies import FairnessPolicy, Policies, RuleSettings, SkillMatching, SkillNeed
from oppspot.routing.record_forms import read_asked, read_office, read_stretch
from oppspot.routing.records import records_of
from oppspot.routing.rules import route_leads
from oppspot.routing.simulating.limits import NO_LIMITS, TriedLimits
from oppspot.routing.simulating.report import report_of
from oppspot.routing.simulating.running import Run, run_through
from oppspot.routing.simulating.types import Before, Edit, End, Event, Gift, Past, Response
from oppspot.routing.types import NO_OFFICE, FairnessLedger, Office, RoutableLead, RoutingConfig

HOUR = timedelta(hours=1)


class Lived:
    """A history that routing really decided, batch by batch, with what people did in between."""

    def __init__(
        self, config: RoutingConfig, reps: Sequence[Rep], office: Office = NO_OFFICE, step: timedelta = HOUR
    ) -> None:
        self.step = step
        self.configs = [config]
        self.reps = {rep.id: rep for rep in reps}
        self.office = office
        self.at = NOW
        self.pasts: list[Past] = []
        self.events: list[Event] = []
        self.held: dict[UUID, tuple[UUID, int]] = {}
        self.had: dict[UUID, set[UUID]] = {}
        self._ledgers: dict[str, FairnessLedger] = {}
        self._tables: dict[UUID, object] = {}
        self.before = Before(reps_now=list(reps), zones={rep.id: "UTC" for rep in reps})

    def come(self, incoming: Sequence[RoutableLead]) -> None:
        config = self.configs[-1]
        batch = route_leads(incoming, config, list(self.reps.values()), self._ledgers, self.at, self.office)
        ids = [UUID(int=len(self.pasts) + number + 1) for number in range(len(incoming))]
        records = json.loads(json.dump_bytes(records_of(incoming, batch, ids, self.at, self.office)))
        for decision_id, record, decision in zip(ids, records, batch.decisions, strict=True):
            if "stretch" in record:
                self._tables[decision_id] = read_stretch(record["stretch"])
            table = self._tables.get(UUID(record["stretch_in"]) if "stretch_in" in record else decision_id)
            self.pasts.append(
                Past(
                    decision_id,
                    decision.lead_id,
                    self.at,
                    decision.outcome,
                    decision.rep_id,
                    decision.queue,
                    decision.reason,
                    len(self.configs) - 1,
                    record["lead"],
                    table,
                    tuple(map(read_asked, record.get("asked", ()))),
                    read_office(record.get("office", {})),
                )
            )
        for lead, decision in zip(incoming, batch.decisions, strict=True):
            if decision.outcome is Outcome.ASSIGNED:
                self._give(lead.id, decision.rep_id, decision.units, lead.value or Decimal(0))
        for credit in batch.credits:
            ledger = self._ledgers.get(credit.pool, FairnessLedger(credit.pool, {}))
            self._ledgers[credit.pool] = FairnessLedger(
                credit.pool,
                {**ledger.credits, credit.rep_id: credit.amount},
                {**ledger.ahead, credit.rep_id: credit.ahead},
            )
        self.at += self.step

    def pass_on(self, lead_ids: Sequence[UUID]) -> None:
        """Ask who else could have leads, as the clock does; for whom nobody is found stays with whom it was."""
        before = {lead_id: self.held[lead_id] for lead_id in lead_ids}
        for lead_id, (rep_id, _) in before.items():
            self._end(lead_id)
            self.had.setdefault(lead_id, set()).add(rep_id)
        at = self.at
        self.come([RoutableLead(lead_id, {}, previous_rep_ids=frozenset(self.had[lead_id])) for lead_id in lead_ids])
        for lead_id, held in before.items():
            if lead_id in self.held:
                self.events.append(End(at, lead_id, is_over=False))
            else:
                self._give_back(lead_id, held)

    def forget_ledgers(self) -> None:
        self._ledgers = {}

    def gift(self, lead_id: UUID, rep_id: UUID, *, from_queue: bool = False) -> None:
        self.events.append(Gift(self.at, lead_id, rep_id, 1, Decimal(0), from_queue))
        self._end(lead_id)
        self._give(lead_id, rep_id, 1, Decimal(0))
        self.at += self.step

    def end(self, lead_id: UUID, *, is_over: bool = True) -> None:
        # Between two batches: what ends in the same moment as a batch of others comes after it.
        self.events.append(End(self.at - timedelta(seconds=1), lead_id, is_over))
        self._end(lead_id)

    def calibrate(self, pool: str, changes: dict[UUID, int]) -> None:
        self.events.append(Edit(self.at, pool, changes))
        ledger = self._ledgers[pool]
        owed = {rep: ledger.credits.get(rep, 0) + changes.get(rep, 0) for rep in ledger.credits | changes}
        self._ledgers[pool] = replace(ledger, credits=owed)
        self.at += self.step

    def run(self, draft: RoutingConfig | None = None, limits: Mapping[UUID, TriedLimits] = NO_LIMITS) -> Run:
        live = self.configs[-1]
        edited = live if self.pasts and self.pasts[0].version != len(self.configs) - 1 else None
        config_of = self.configs.__getitem__
        return run_through(self.pasts, self.events, self.before, config_of, draft or live, limits, edited)

    def report(self, draft: RoutingConfig | None = None, limits: Mapping[UUID, TriedLimits] = NO_LIMITS) -> dict:
        return report_of(self.run(draft, limits), self.before)

    def _give(self, lead_id: UUID, rep_id: UUID | None, units: int, value: Decimal) -> None:
        rep = self.reps.get(rep_id)
        if rep is not None:
            used = tuple(count + 1 for count in rep.used)
            changed = replace(rep, open_count=rep.open_count + units, used=used, value=rep.value + value)
            self.reps[rep.id] = changed
        self.held[lead_id] = (rep_id, units)

    def _give_back(self, lead_id: UUID, held: tuple[UUID, int]) -> None:
        self.held[lead_id] = held
        self.had[lead_id].discard(held[0])
        rep = self.reps[held[0]]
        self.reps[rep.id] = replace(rep, open_count=rep.open_count + held[1])

    def _end(self, lead_id: UUID) -> None:
        rep_id, units = self.held.pop(lead_id, (None, 0))
        rep = self.reps.get(rep_id)
        if rep is not None:
            self.reps[rep.id] = replace(rep, open_count=rep.open_count - units)


def settled(reps: Sequence[Rep]) -> list[Rep]:
    """Return people with nothing open and nothing used: what is before the time is not part of these histories."""
    return [replace(rep, open_count=0, used=tuple(0 for _ in rep.used), value=Decimal(0)) for rep in reps]


@settings(max_examples=40, deadline=None)
@given(
    teams_of_reps(), streams(), st.lists(st.integers(1, 6), min_size=1, max_size=6), st.randoms(use_true_random=False)
)
def test_the_rules_of_the_time_come_to_what_happened(
    reps: list[Rep], stream: list[RoutableLead], sizes: list[int], chance: object
) -> None:
    # All on one day: people here have used what they have used, as if no period of a limit ever began anew.
    lived = Lived(CONFIG, settled(reps), OFFICE, step=timedelta(minutes=10))
    place = 0
    while place < len(stream):
        size = sizes[place % len(sizes)]
        lived.come(stream[place : place + size])
        place += size
        if lived.held and chance.random() < 0.5:
            lead_id = chance.choice(sorted(lived.held))
            lived.gift(lead_id, chance.choice(reps).id) if chance.random() < 0.3 else lived.end(lead_id)
    run = lived.run()
    assert run.differences == []
    assert run.edits == 0
    assert run.decisions == len(stream)
    assert run.is_trusted
    report = report_of(run, lived.before)
    assert report["trusted"]
    assert report["live"]["given"] >= 0


def a_busy_history() -> Lived:
    limits = (PeriodLimit(9, Period.MONTH),)
    lived = Lived(a_config(a_rule()), settled([replace(ANN, max_open=3), BEN, replace(CLEO, limits=limits, used=(0,))]))
    for start in range(1, 31, 3):
        lived.come(leads(3, start))
        if start % 2:
            lived.end(next(iter(lived.held)))
    return lived


def test_the_live_rules_as_a_draft_move_nobody() -> None:
    lived = a_busy_history()
    report = lived.report()
    assert (report["trusted"], report["moved"], report["decisions"]) == (True, [], 30)
    assert report["live"] == report["draft"]
    assert all(rep["live"] == rep["draft"] for rep in report["reps"])


def a_busy_history_with_rules_published_in_it() -> Lived:
    """Turns at first; then what has to do with energy goes to Cleo, which moves leads of the time before, too."""
    lived = Lived(a_config(a_rule()), settled([replace(ANN, max_open=6), BEN, CLEO]))
    for start in range(1, 25, 3):
        if start == 16:
            energy = a_rule(to_rep(CLEO), id="e", name="Energy", priority=1, condition=industry_is("energy"))
            lived.configs.append(replace(a_config(energy, a_rule(priority=2)), version_hash="live"))
        about = ("energy", "retail", "retail") if start % 2 else ("retail", "retail", "energy")
        lived.come([a_lead(start + place, {"company.industry": each}) for place, each in enumerate(about)])
        if start % 2:
            lived.end(next(iter(lived.held)))
    return lived


def test_what_was_published_meanwhile_is_told_apart_from_what_a_draft_does() -> None:
    lived = a_busy_history_with_rules_published_in_it()
    as_it_is = lived.report()
    assert (as_it_is["trusted"], as_it_is["moved"]) == (True, [])
    assert as_it_is["since"]["leads_moved"] > 3
    assert as_it_is["since"]["then"]["given"] == sum(1 for past in lived.pasts if past.outcome == Outcome.ASSIGNED)
    assert as_it_is["live"] == as_it_is["draft"]
    assert all(rep["live"] == rep["draft"] for rep in as_it_is["reps"])
    assert all(pool["live"] == pool["draft"] for pool in as_it_is["pools"])


def test_going_back_to_what_was_before_moves_what_was_published_has_moved_and_comes_to_what_happened_by_it() -> None:
    lived = a_busy_history_with_rules_published_in_it()
    lived.pasts = lived.pasts[:15]  # all of them decided before
    back = lived.report(lived.configs[0])
    assert back["leads_moved"] == back["since"]["leads_moved"] > 0
    assert back["draft"] == back["since"]["then"]
    assert all("then" in lead and lead["then"] == lead["to"] for lead in back["moved"])
    assert {lead["decision_id"] for lead in back["moved"]} <= {str(past.id) for past in lived.pasts}


def test_a_draft_that_moves_one_lead_is_told_to_move_one_whatever_was_published() -> None:
    lived = Lived(a_config(a_rule(HELD)), settled([ANN, BEN]))
    for number in range(1, 7):
        lived.come([a_lead(number, {"company.industry": "energy" if number == 2 else "retail"})])
    lived.configs.append(replace(a_config(a_rule(to_rep(ANN), priority=2)), version_hash="live"))
    energy = a_rule(to_rep(BEN), id="e", name="Energy", priority=1, condition=industry_is("energy"))
    report = lived.report(replace(a_config(energy, a_rule(to_rep(ANN), priority=2)), version_hash="draft"))
    [moved] = report["moved"]
    assert (moved["from"]["name"], moved["to"]["name"], moved["then"]["queue"]) == ("Ann", "Ben", "Review")
    assert moved["decision_id"] == str(lived.pasts[1].id)
    assert (report["leads"], report["leads_moved"], report["since"]["leads_moved"]) == (6, 1, 6)
    assert (report["since"]["then"]["given"], report["live"]["given"], report["draft"]["given"]) == (0, 6, 6)


def test_where_nothing_was_published_what_happened_is_the_course_of_what_is_live() -> None:
    run = a_busy_history().run(replace(a_config(a_rule(to_rep(ANN))), version_hash="draft"))
    assert run.live is run.then
    assert run.supposed == [run.draft]
    assert report_of(run, Before())["since"] is None


def test_rejections_calibrations_gifts_and_a_published_version_are_followed() -> None:
    lived = Lived(a_config(a_rule()), settled([ANN, BEN, CLEO]))
    lived.come(leads(4))
    first = lived.pasts[0]
    lived.end(first.lead_id, is_over=False)
    lived.come([a_lead(1, previous_rep_ids=frozenset({first.rep_id}))])
    lived.gift(lived.pasts[1].lead_id, CLEO.id)
    lived.calibrate(f"team:{SALES.id}", {ANN.id: 10**15, BEN.id: -(10**15)})
    lived.come(leads(3, 10))
    lived.configs.append(replace(a_config(a_rule(algorithm="weighted")), version_hash="hash-2"))
    lived.come(leads(5, 20))
    run = lived.run()
    assert (run.differences, run.edits) == ([], 0)


def test_a_history_that_cannot_be_reproduced_is_not_trusted_and_says_where() -> None:
    lived = a_busy_history()
    place = next(place for place, past in enumerate(lived.pasts) if past.rep_id == BEN.id)
    lived.pasts[place] = lived.pasts[place]._replace(rep_id=CLEO.id, reason="Cleo was next.")
    report = lived.report()
    assert not report["trusted"]
    assert report["unlike"] == len(lived.run().differences) > 0
    assert report["differences"][0]["expected"] == "Cleo was next."
    assert "Ben" in report["differences"][0]["found"]


def test_loads_of_leads_that_were_erased_since_are_taken_over_and_counted() -> None:
    lived = Lived(a_config(a_rule(to_rep(ANN))), settled([ANN]))
    for start in range(1, 7):
        lived.come(leads(1, start))
    erased = {lived.pasts[number].lead_id for number in (0, 2)}
    lived.end(lived.pasts[0].lead_id)
    lived.come(leads(1, 20))
    lived.pasts = [past for past in lived.pasts if past.lead_id not in erased]
    lived.events = [event for event in lived.events if event.lead_id not in erased]
    report = lived.report()
    assert (report["loads"], report["fewer"]) == (3, 0)  # found to be one more, then another, then one of them done
    assert report["trusted"]
    assert report["moved"] == []


def test_who_had_fewer_leads_open_than_anything_says_makes_it_not_to_be_trusted() -> None:
    lived = a_busy_history()
    lived.events = [event for event in lived.events if not isinstance(event, End)]  # work ended, and nobody noted it
    report = lived.report()
    assert (report["unlike"], report["edits"]) == (0, 0)
    assert report["loads"] > 0
    assert report["fewer"] == 3
    assert not report["trusted"]


def test_who_decided_a_moment_before_they_knew_of_an_end_is_no_reason_for_distrust() -> None:
    lived = Lived(a_config(a_rule(to_rep(ANN))), settled([ANN]))
    lived.come(leads(3))
    lived.end(lived.pasts[0].lead_id)
    lived.come(leads(1, 10))  # had waited for its turn meanwhile: what it took for now is before that end
    lived.events[0] = lived.events[0]._replace(at=lived.pasts[-1].at + timedelta(seconds=1))
    lived.come(leads(1, 20))
    report = lived.report()
    assert (report["loads"], report["fewer"], report["trusted"]) == (2, 0, True)


def test_a_lead_that_is_passed_on_to_somebody_else_has_moved_and_counts_for_each_who_was_given_it() -> None:
    lived = Lived(a_config(a_rule()), settled([ANN, BEN, CLEO]))
    lived.come([a_lead(1, {"company.industry": "a"})])
    first = lived.pasts[0]
    lived.end(first.lead_id, is_over=False)
    lived.come([a_lead(1, {"company.industry": "b"}, previous_rep_ids=frozenset({first.rep_id}))])
    again = a_config(
        a_rule(to_rep(CLEO), id="b", name="B", priority=1, condition=industry_is("b")), a_rule(id="r", priority=2)
    )
    draft = replace(again, version_hash="draft")
    assert lived.run().draft.diverged is False
    assert lived.run(draft).draft.diverged
    report = lived.report(draft)
    assert report["trusted"]
    assert (report["leads"], report["leads_moved"]) == (1, 1)
    [moved] = report["moved"]
    assert (moved["from"]["name"], moved["to"]["name"]) == ("Ben", "Cleo")
    assert moved["decision_id"] == str(lived.pasts[1].id)
    assert {rep["name"]: (rep["live"]["given"], rep["draft"]["given"]) for rep in report["reps"]} == {
        "Ann": (1, 1),
        "Ben": (1, 0),
        "Cleo": (0, 1),
    }
    assert (report["live"]["given"], report["draft"]["given"]) == (1, 1)


def test_a_lead_that_the_clock_passed_on_in_vain_has_moved_where_a_draft_finds_somebody() -> None:
    lived = Lived(a_config(a_rule()), settled([replace(ANN, max_open=1), replace(BEN, max_open=1)]))
    lived.come(leads(2))
    lived.pass_on([lived.pasts[0].lead_id])
    assert lived.pasts[-1].outcome == Outcome.AT_CAPACITY
    roomy = a_config(a_rule(settings=RuleSettings(capacity_planning=False)))
    report = lived.report(replace(roomy, version_hash="draft"))
    [moved] = report["moved"]
    assert (moved["from"]["name"], moved["to"]["name"]) == ("Ann", "Ben")
    assert lived.report()["moved"] == []


def test_a_lead_that_the_clock_passed_on_in_vain_stays_and_frees_its_owner_only_while_others_are_asked() -> None:
    lived = Lived(a_config(a_rule()), settled([replace(ANN, max_open=2), replace(BEN, max_open=2)]))
    lived.come(leads(4))  # everybody is full
    first = lived.pasts[0].lead_id
    lived.pass_on([first])
    assert lived.pasts[-1].outcome == Outcome.AT_CAPACITY
    lived.pass_on([first, lived.pasts[1].lead_id])  # each is freed of one, so they change hands
    assert [str(past.outcome) for past in lived.pasts[-2:]] == ["assigned", "assigned"]
    lived.come(leads(1, 20))
    run = lived.run()
    assert (run.differences, run.edits, run.loads) == ([], 0, 0)
    assert lived.report()["moved"] == []


def test_who_takes_a_lead_from_a_queue_does_not_take_it_from_whom_the_draft_gave_it() -> None:
    lived = Lived(a_config(a_rule(HELD)), settled([ANN, BEN]))
    lived.come(leads(2))
    lived.gift(lived.pasts[0].lead_id, BEN.id, from_queue=True)
    lived.end(lived.pasts[0].lead_id)
    lived.come(leads(1, 9))
    draft = a_config(a_rule(to_rep(replace(ANN, max_open=1))))
    lived.before = replace(lived.before, reps_now=[replace(ANN, max_open=1), BEN])
    report = lived.report(replace(draft, version_hash="draft"))
    assert report["trusted"]
    given = {rep["name"]: rep["draft"]["given"] for rep in report["reps"]}
    assert given == {"Ann": 2}  # the first, and once that was done another


def test_what_reps_made_of_their_leads_is_known_to_a_draft_although_the_rules_of_the_time_did_not_ask() -> None:
    better, worse = {"medium": Outcomes(200, 150)}, {"medium": Outcomes(200, 10)}
    lived = Lived(a_config(a_rule()), settled([ANN, BEN]))
    lived.before = replace(lived.before, reps_now=[replace(ANN, outcomes=worse), replace(BEN, outcomes=better)])
    for start in range(1, 41, 4):
        lived.come(leads(4, start))
    draft = a_config(a_rule(algorithm="ai_optimized", settings=RuleSettings(band=1000)))
    report = lived.report(replace(draft, version_hash="draft"))
    given = {rep["name"]: rep["draft"]["given"] for rep in report["reps"]}
    assert given["Ben"] > 30


def test_ledgers_that_start_anew_do_so_with_the_organisations_own_month() -> None:
    policies = Policies(fairness=FairnessPolicy(window="month"))
    office = Office(replace(ALWAYS_OPEN, zone="Pacific/Auckland"))
    lived = Lived(replace(a_config(a_rule()), policies=policies), settled([ANN, BEN]), office)
    lived.come(leads(1))
    lived.at = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)  # half past midnight on the 1st in Auckland
    lived.forget_ledgers()
    lived.come(leads(1, 5))
    run = lived.run()
    assert (run.differences, run.edits) == ([], 0)


def test_a_ledger_changed_by_nobody_is_noticed() -> None:
    lived = Lived(a_config(a_rule()), settled([ANN, BEN, CLEO]))
    lived.come(leads(4))
    lived.calibrate(f"team:{SALES.id}", {ANN.id: 10**15, BEN.id: -(10**15)})
    lived.come(leads(4, 10))
    lived.events.clear()
    run = lived.run()
    assert run.edits == 1
    assert not run.is_trusted


def test_a_draft_says_who_would_have_had_which_lead_and_why() -> None:
    lived = Lived(a_config(a_rule()), settled([ANN, replace(BEN, skills={"german": 4})]))
    for start in range(1, 9, 2):
        lived.come(leads(2, start))
    needs = SkillMatching(required=(SkillNeed(skill="german"),))
    draft = a_config(a_rule(algorithm="skill_based", settings=RuleSettings(skill_matching=needs)))
    report = lived.report(replace(draft, version_hash="draft"))
    assert report["trusted"]
    assert len(report["moved"]) == 4
    for moved in report["moved"]:
        assert (moved["from"]["name"], moved["to"]["name"]) == ("Ann", "Ben")
        assert "Ann is next in turn" in moved["from"]["reason"]
        assert "Ben is next in turn" in moved["to"]["reason"]
    assert [(rep["name"], rep["live"]["given"], rep["draft"]["given"]) for rep in report["reps"]] == [
        ("Ann", 4, 0),
        ("Ben", 4, 8),
    ]
    [pool] = report["pools"]
    assert (pool["name"], pool["live"]["given"], pool["draft"]["given"]) == ("Sales", 8, 8)
    assert (pool["live"]["even"], pool["draft"]["even"]) == (1.0, 0.5)
    assert (pool["live"]["gap"], pool["draft"]["gap"]) == (0.0, 8.0)


def test_how_even_a_pool_was_goes_by_the_weights_of_its_members() -> None:
    lived = Lived(a_config(a_rule(algorithm="weighted")), settled([replace(ANN, weight=3), BEN]))
    for start in range(1, 9, 4):
        lived.come(leads(4, start))
    report = lived.report(replace(a_config(a_rule()), version_hash="draft"))
    [pool] = report["pools"]
    assert (pool["live"]["even"], pool["live"]["gap"]) == (1.0, 0.0)  # six and two, as three to one
    assert (pool["draft"]["even"], pool["draft"]["gap"]) == (1.0, 0.0)  # four each, for turns go by no weight


def test_leads_that_a_draft_leaves_waiting_are_tried_again_and_a_lead_that_is_done_is_done() -> None:
    lived = Lived(a_config(a_rule()), settled([replace(ANN, max_open=2), BEN]))
    lived.come(leads(4))
    for past in lived.pasts[:2]:
        lived.end(past.lead_id)
    lived.come(leads(2, 10))
    only_ann = a_config(a_rule(SUPPORT))
    lived.before = replace(lived.before, reps_now=[replace(a_rep(1, "Ann", teams=[SALES, SUPPORT]), max_open=2), BEN])
    report = lived.report(replace(only_ann, version_hash="draft"))
    assert report["draft"]["given"] == 4  # two, and two more once those were done
    assert report["draft"]["not_given"] == {"at_capacity": 2}
    assert next(rep for rep in report["reps"] if rep["name"] == "Ann")["draft"]["peak"] == 2


def test_first_touches_are_judged_by_how_fast_people_mostly_are_and_unknown_stays_unknown() -> None:
    lived = Lived(a_config(a_rule(sla_hours=2)), settled([ANN, BEN]))
    lived.come(leads(12))
    seconds = {ANN.id: 3600.0, BEN.id: 3 * 3600.0}
    responses = {past.lead_id: [Response(past.rep_id, past.at, seconds[past.rep_id], 9e9)] for past in lived.pasts}
    lived.before = replace(lived.before, responses=responses)
    to_ben = a_config(a_rule(to_rep(BEN), sla_hours=2))
    report = lived.report(replace(to_ben, version_hash="draft"))
    assert (report["live"]["touches_known"], report["live"]["touches_in_time"]) == (12, 6)
    assert (report["draft"]["touches_known"], report["draft"]["touches_in_time"]) == (12, 0)
    lived.before = replace(lived.before, responses={})
    assert lived.report()["live"]["touches_known"] == 0


def test_time_is_taken_as_it_was() -> None:
    lived = Lived(a_config(a_rule(condition=industry_is("a"))), settled([ANN, BEN]))
    lived.come([a_lead(1, {"company.industry": "b"})])
    report = lived.report()
    assert report["live"]["not_given"] == {"no_rule_matched": 1}
    assert isinstance(lived.at, datetime)


def test_nothing_happened_is_an_answer() -> None:
    report = report_of(run_through([], [], Before(), lambda _version: a_config(), a_config()), Before())
    assert (report["decisions"], report["leads"], report["moved"], report["trusted"]) == (0, 0, [], True)
