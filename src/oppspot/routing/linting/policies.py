"""Finds ladders that end at nobody in particular, and settings that do nothing."""

from collections.abc import Iterator

from oppspot.routing.linting.types import Finding, Kind, Seats, Severity
from oppspot.routing.linting.wording import joined, quoted
from oppspot.routing.types import RoutingConfig


def seatless(config: RoutingConfig, seats: Seats) -> Iterator[Finding]:
    """Yield that the person whom ladders end at is gone, or not here yet: somebody else, or nobody, is asked instead.

    A ladder that was written without its end reaches the seat all the same, so that is no fault.
    """
    seat = config.policies.sla.seat_id
    instead = "an owner" if seats.has_owner else "a manager or whoever has been here longest"
    if not seats.joined_ids:
        yield _ladder(Severity.ERROR, "Ladders end at nobody: there is nobody who has joined.", "Invite an owner.")
    elif seat is not None and seat in seats.invited_ids:
        yield _ladder(
            Severity.WARNING,
            f"The person whom ladders end at has not joined yet; until then {instead} is asked.",
            "Have them accept their invitation, or name somebody who has joined.",
        )
    elif seat is not None and seat not in seats.joined_ids:
        yield _ladder(
            Severity.WARNING,
            f"The person whom ladders end at no longer works leads or is not known; {instead} is asked instead.",
            "Name somebody who works leads, or nobody: then it is an owner.",
        )
    elif seat is None and not seats.has_owner:
        yield _ladder(
            Severity.WARNING,
            "Nobody is named whom ladders end at, and there is no owner who has joined: they end at a manager or "
            "whoever has been here longest.",
            "Name somebody.",
        )


def _ladder(severity: Severity, says: str, do: str) -> Finding:
    return Finding(Kind.LADDER_WITHOUT_SEAT, severity, (), says, do)


def idle_optimisation(config: RoutingConfig) -> Iterator[Finding]:
    """Yield that rules are to be optimised while that is switched off."""
    rules = [rule for rule in config.live_rules if rule.algorithm == "ai_optimized"]
    if rules and not config.policies.optimisation.enabled:
        yield Finding(
            Kind.IDLE_SETTING,
            Severity.INFO,
            tuple(rule.id for rule in rules),
            f"Optimising is switched off: {joined(quoted(rule.name) for rule in rules)} takes turns by weight.",
            "Switch it on, or let the rule go by weight.",
        )
