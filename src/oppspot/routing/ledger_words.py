"""Says how people stand in a ledger, in words."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from oppspot.routing.departures import Departure, Leaving
from oppspot.routing.forecast import HORIZON_DAYS, LEAST_DAYS, LEAST_LEADS, Answer, Forecast
from oppspot.routing.ledger_standings import MemberStanding
from oppspot.routing.stretches import FailedTest
from oppspot.routing.upcoming import phrase_place

SITS_OUT: Final = {
    FailedTest.INACTIVE: "works no leads any more",
    FailedTest.NOT_JOINED: "invited, not here yet",
    FailedTest.NO_WEIGHT: "weight 0",
    FailedTest.UNAVAILABLE: "paused",
    FailedTest.ABSENT: "away",
    FailedTest.OFF_HOURS: "off work",
    FailedTest.AT_CAPACITY: "at their limit",
}
_WHEN_BACK: Final = "what is owed stays as it is until then"


_NARROWED: Final = {"territory": "cover its territory", "skills": "have the skills it requires"}


def phrase_position(member: MemberStanding, name: str | None = None, narrowed_by: Sequence[str] = ()) -> str:
    """Return where a member stands, with why: to themselves, or by `name`; and who of the pool may not have a lead."""
    if member.place:
        return f"{phrase_place(member.place, name)} {phrase_narrowed(narrowed_by)}".rstrip()
    who, verb = ("You", "sit") if name is None else (name, "sits")
    why = SITS_OUT.get(member.failed, "not eligible") if member.failed else ""
    if name is None:
        why = why.replace("their", "your")
    return f"{who} {verb} out: {why}; {_WHEN_BACK}."


def phrase_narrowed(by: Sequence[str]) -> str:
    """Return who is in turn for a lead, where rules leave some of the pool out; empty where they do not."""
    who = " and ".join(_NARROWED[each] for each in by)
    return f"For each lead, only those who {who} are in turn." if who else ""


def phrase_standing(member: MemberStanding) -> str:
    """Return what a member is owed, in words."""
    if abs(member.owed) < 0.005:  # noqa: PLR2004 — would show as 0.00
        return "even"
    return f"owed {member.owed:.2f} leads" if member.owed > 0 else f"{-member.owed:.2f} leads ahead"


def phrase_departure(departure: Departure) -> str:
    """Return what becomes of what those are owed who leave, in full sentences."""
    if not departure.others:
        return "Nobody is left in this pool; what they are owed goes with them."
    if departure.how is Leaving.ACCOUNT:
        return "Nobody else's credit changes: what they are owed waits for them, until they are taken out of the team."
    return " ".join([*(_phrase_leaver(each) for each in departure.leavers), _phrase_settling(departure)])


def list_leavers(departure: Departure) -> list[tuple[str, str]]:
    """Return how those stand now who leave, by name."""
    return [(each.rep.name, _with_ahead(each)) for each in departure.leavers]


def _with_ahead(member: MemberStanding) -> str:
    """Return what a member is owed, and how often they were preferred or stood back, if that does not even out."""
    times = abs(member.ahead)
    often = "once" if times == 1 else f"{times} times"
    beyond = f", and preferred {often} more" if member.ahead > 0 else f", and stood back {often} more"
    return phrase_standing(member) + (beyond if times else "")


def _phrase_leaver(member: MemberStanding) -> str:
    return f"{member.rep.name} is {phrase_standing(member)}."


def _phrase_settling(departure: Departure) -> str:
    if not departure.moves_credit:
        return "So nobody else's credit changes."
    return (
        "It is struck from those who stand on the other side, in proportion; nobody is further from even than before."
    )


def phrase_forecast(forecast: Forecast) -> str:
    """Return when a team is full, as a sentence with why."""
    flows = f"{forecast.a_week:.0f} units come in a week, {forecast.finished_a_week:.0f} are finished"
    match forecast.answer:
        case Answer.FULL_NOW:
            return "Full now: nobody in turn has room."
        case Answer.TOO_LITTLE_DATA:
            return f"Too little data to foretell when it is full: it takes {LEAST_DAYS} days and {LEAST_LEADS} leads."
        case Answer.NOT_IN_SIGHT:
            why = "somebody has no limit" if forecast.room is None else flows
            return f"Full: not in sight within {HORIZON_DAYS} days; {why}."
        case Answer.EXPECTED:
            return _phrase_expected(forecast, flows)


def _phrase_expected(forecast: Forecast, flows: str) -> str:
    latest = f"to {_day(forecast.latest)}" if forecast.latest else f"or not within {HORIZON_DAYS} days"
    room = "" if forecast.room is None else f", {forecast.room:.0f} fit"
    if forecast.expected is None:
        return (
            f"Full: not expected within {HORIZON_DAYS} days, {_day(forecast.earliest)} at the earliest; {flows}{room}."
        )
    return f"Full about {_day(forecast.expected)} (from {_day(forecast.earliest)} {latest}); {flows}{room}."


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B}" if day else "now"
