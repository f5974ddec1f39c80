"""Says in English why a decision fell as it did, and why it did not fall on somebody."""

from uuid import UUID

from oppspot.routing.candidates import candidates_of
from oppspot.routing.fairness import phrase_credit
from oppspot.routing.types import Candidate, FailedTest, RoutingDecision


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
    candidate = next((each for each in candidates if each.rep_id == rep_id), None)
    if candidate is None:
        return f"They are not in the pool it went to. {decision.reason}"
    if candidate.failed_test is not None:
        return f"{_failure(candidate, candidate.failed_test)} {decision.reason}"
    return _later_turn(decision, candidate, candidates)


def _failure(candidate: Candidate, failed: FailedTest) -> str:
    match failed:
        case FailedTest.INACTIVE:
            return f"{candidate.name} is no longer active."
        case FailedTest.NO_WEIGHT:
            return f"{candidate.name} has a weight of 0, so routing gives them nothing."
        case FailedTest.ALREADY_TRIED:
            return f"{candidate.name} has had this lead before."
        case FailedTest.UNAVAILABLE:
            return f"{candidate.name} was unavailable."
        case FailedTest.AT_CAPACITY:
            return f"{candidate.name} was at capacity, with {candidate.open_count} of {candidate.max_open} leads open."


def _later_turn(decision: RoutingDecision, candidate: Candidate, candidates: tuple[Candidate, ...]) -> str:
    winner = next(each for each in candidates if each.rep_id == decision.rep_id)
    eligible = sum(each.eligible for each in candidates)
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


def _claim(candidate: Candidate) -> int:
    return candidate.credit_before + candidate.share


def _owed(candidate: Candidate) -> str:
    return phrase_credit(_claim(candidate))
