"""Says in English why a decision fell as it did, and why it did not fall on somebody."""

from typing import Final
from uuid import UUID

from oppspot.routing.candidates import Candidate, candidates_of
from oppspot.routing.fairness import phrase_credit
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import RoutingDecision

BAND: Final = "the band, which keeps everybody near their turns,"


def why(decision: RoutingDecision) -> str:
    """Return what became of the lead and why, in full sentences."""
    return f"{decision.reason} {decision.tie_break}" if decision.tie_break else decision.reason


def why_not(decision: RoutingDecision, rep_id: UUID) -> str:
    """Return, in full sentences, why the lead did not go to this rep."""
    candidates = candidates_of(decision)
    if decision.rep_id == rep_id:
        return f"They did get it. {why(decision)}"
    if not candidates:
        return f"No reps were compared. {decision.reason}"
    if decision.stretch is None and all(each.rep_id != rep_id for each in candidates):
        return f"Only owners of the account were asked. {decision.reason}"
    candidate = next((each for each in candidates if each.rep_id == rep_id), None)
    if candidate is None:
        return f"They are not in the pool it went to. {decision.reason}"
    if candidate.failed_test is not None:
        return f"{_failure(candidate, candidate.failed_test)} {decision.reason}"
    return _later_turn(decision, candidate, candidates)


_FAILURES: Final = {
    FailedTest.INACTIVE: "{0.name} no longer works leads.",
    FailedTest.NOT_JOINED: "{0.name} has not accepted the invitation yet.",
    FailedTest.NO_WEIGHT: "{0.name} has a weight of 0, so routing gives them nothing.",
    FailedTest.ALREADY_TRIED: "{0.name} has had this lead before.",
    FailedTest.LACKS_SKILL: "{0.name} does not have the skills it requires.",
    FailedTest.OUTSIDE_TERRITORY: "{0.name} does not cover the territory it lies in.",
    FailedTest.UNAVAILABLE: "{0.name} was unavailable.",
    FailedTest.ABSENT: "{0.name} was away.",
    FailedTest.OFF_HOURS: "{0.name} was off work.",
    FailedTest.AT_CAPACITY: "{0.name} was at capacity, with {0.open_count} of {1} leads open.",
    FailedTest.NO_WORKING_PROFILE: "{0.name} had no working profile, so they could not be asked.",
    FailedTest.NO_LONGER_HERE: "{0.name} no longer worked here, so they could not be asked.",
    FailedTest.VIEWER: "{0.name} was a viewer, who works no leads, so they could not be asked.",
}


def _failure(candidate: Candidate, failed: FailedTest) -> str:
    if failed is FailedTest.AT_CAPACITY and (candidate.max_open is None or candidate.open_count < candidate.max_open):
        return f"{candidate.name} has had as many leads as their limits allow for now."
    return _FAILURES[failed].format(candidate, candidate.max_open)


def _later_turn(decision: RoutingDecision, candidate: Candidate, candidates: tuple[Candidate, ...]) -> str:
    winner = next((each for each in candidates if each.rep_id == decision.rep_id and each.rank), None)
    if winner is None:
        return f"{candidate.name} was not asked. {decision.reason}"
    if decision.propensities:
        return _by_chance(decision, candidate, winner)
    if winner.rank != 1:
        return f"{candidate.name} was eligible, but {winner.name} was preferred, before their turn. {decision.reason}"
    eligible = sum(each.rank is not None for each in candidates)
    compared = (
        f"{candidate.name} was eligible and number {candidate.rank} of {eligible} in turn, {_owed(candidate)}; "
        f"{winner.name} was number {winner.rank}, {_owed(winner)}."
    )
    sentences = [compared]
    if _claim(candidate) > _claim(winner):
        sentences.append(f"{winner.name} gains faster, so {winner.name}'s next lead was due sooner.")
    if decision.tie_break:
        sentences.append(decision.tie_break)
    return " ".join(sentences)


def _by_chance(decision: RoutingDecision, candidate: Candidate, winner: Candidate) -> str:
    if candidate.rep_id not in decision.propensities:
        return f"{candidate.name} was eligible, but {BAND} left it to others. {decision.reason}"
    own, other = (phrase_chance(decision, each.rep_id) for each in (candidate, winner))
    could = f"{candidate.name} could have got it with {own}, {winner.name} with {other}"
    return f"Chance decided, by what was expected: {could}."


def phrase_chance(decision: RoutingDecision, rep_id: UUID) -> str:
    """Return with what probability somebody could have got a lead, and what of such leads they were expected to win."""
    return f"a probability of {decision.propensities[rep_id]:.1%} ({decision.expected[rep_id]:.0%} of such leads won)"


def _claim(candidate: Candidate) -> int:
    return candidate.credit_before + candidate.share


def _owed(candidate: Candidate) -> str:
    return phrase_credit(_claim(candidate))
