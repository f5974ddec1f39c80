"""Says to whoever reads a decision why the lead came to them, or why it did not."""

from typing import Final
from uuid import UUID

from oppspot.routing.candidates import Candidate, candidates_of
from oppspot.routing.explain import BAND, phrase_chance, why
from oppspot.routing.fairness import phrase_credit
from oppspot.routing.outcomes import Outcome
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import RoutingDecision

_FAILURES: Final = {
    FailedTest.INACTIVE: "You could work no leads then: your account was closed, or a viewer's.",
    FailedTest.NOT_JOINED: "You had not accepted the invitation yet.",
    FailedTest.NO_WEIGHT: "Your weight is 0, so routing gives you nothing.",
    FailedTest.ALREADY_TRIED: "You had had this lead before.",
    FailedTest.LACKS_SKILL: "You do not have the skills it requires; they are in your profile.",
    FailedTest.OUTSIDE_TERRITORY: "You do not cover the territory it lies in; they are in your profile.",
    FailedTest.UNAVAILABLE: "You had paused.",
    FailedTest.ABSENT: "You were away by your calendar.",
    FailedTest.OFF_HOURS: "You were off work by your calendar.",
    FailedTest.NO_WORKING_PROFILE: "You had no working profile, so you could not be asked.",
    FailedTest.NO_LONGER_HERE: "Your account was closed, so you could not be asked.",
    FailedTest.VIEWER: "You were a viewer, who works no leads, so you could not be asked.",
}


def why_you_or_not(decision: RoutingDecision, rep_id: UUID) -> str | None:
    """Return, to this rep, why they got the lead or why not; None when it was nothing to do with them."""
    if decision.rep_id == rep_id:
        return _kept(decision) if decision.outcome is Outcome.KEPT_OWNER else f"It came to you. {why(decision)}"
    candidates = candidates_of(decision)
    mine = [each for each in candidates if each.rep_id == rep_id]
    if not mine:
        return None
    # Who was asked by name may also be in the pool: there it was decided.
    candidate = mine[-1]
    if candidate.failed_test is not None:
        return _failure(candidate, candidate.failed_test)
    winner = next((each for each in candidates if each.rep_id == decision.rep_id), None)
    return _standing(decision, candidate, winner, sum(each.rank is not None for each in candidates))


def _kept(decision: RoutingDecision) -> str:
    return f"It was yours already and stays yours. {decision.reason}"


def _failure(candidate: Candidate, failed: FailedTest) -> str:
    if failed is not FailedTest.AT_CAPACITY:
        return _FAILURES[failed]
    if candidate.max_open is None or candidate.open_count < candidate.max_open:
        return "You had been given as many leads as your limits allow for now."
    return f"You were at your limit, with {candidate.open_count} of {candidate.max_open} open."


def _standing(decision: RoutingDecision, mine: Candidate, winner: Candidate | None, eligible: int) -> str:
    own = f"You were number {mine.rank} of {eligible} in turn, {_owed(mine)}."
    if winner is None or mine.rank is None:
        return f"You could have had it. {decision.reason}"
    if winner.by_name or winner.rank is None:
        return f"You could have had it, but {winner.name} was asked first, by name."
    if decision.propensities:
        return _by_chance(decision, mine, winner)
    if mine.rank == 1:
        return f"It was your turn, but {winner.name} was preferred; you are owed one for it. {decision.reason}"
    if winner.rank != 1:
        return f"You could have had it, but {winner.name} was preferred, before their turn. {decision.reason}"
    return f"{own} {winner.name} was number {winner.rank}, {_owed(winner)}."


def _by_chance(decision: RoutingDecision, mine: Candidate, winner: Candidate) -> str:
    if mine.rep_id not in decision.propensities:
        return f"You could have had it, but {BAND} left it to others. {decision.reason}"
    own, other = (phrase_chance(decision, each.rep_id) for each in (mine, winner))
    return f"Chance decided, by what was expected: you could have got it with {own}, {winner.name} with {other}."


def _owed(candidate: Candidate) -> str:
    return phrase_credit(candidate.credit_before + candidate.share)
