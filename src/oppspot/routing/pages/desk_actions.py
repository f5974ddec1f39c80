"""What to do next about a lead on somebody's desk, in plain words. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from oppspot.routing.clocks import ClockKind
from oppspot.routing.pages.clock_words import touches_in_words
from oppspot.routing.queries.desk import DeskLead


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do and why; `href` does it outright where the machine can: dials, or opens a mail."""

    text: str
    note: str = ""
    href: str | None = None


def next_action(lead: DeskLead, touches: Collection[str]) -> NextAction:
    """Return the next step of an open lead; `touches` are what counts as a first touch by the policy."""
    if lead.paused_at is not None and not _task_first(lead):
        return NextAction("Wait", lead.pause_reason or "the clocks stand still")
    if _task_first(lead):
        return NextAction(lead.task or "", "a task of yours")
    if lead.clock == ClockKind.FIRST_TOUCH:
        return _touch(lead, touches)
    if not lead.is_accepted:
        return NextAction("Accept it", "or hand it back")
    return NextAction("Qualify it, or hand it back", "that ends its last clock" if lead.clock else "no clock runs")


def _task_first(lead: DeskLead) -> bool:
    """Say whether a task is to be done before what the clock waits for."""
    if lead.task is None:
        return False
    runs = lead.clock_due_at if lead.paused_at is None else None
    return runs is None or (lead.task_due_at is not None and lead.task_due_at < runs)


def _touch(lead: DeskLead, touches: Collection[str]) -> NextAction:
    if not lead.is_accepted and "accepted" in touches:
        return NextAction("Accept it", "which stops the clock")
    if "call" in touches and lead.phone:
        return NextAction(f"Call {lead.phone}", _stops(touches, "call"), f"tel:{lead.phone}")
    if "email" in touches and lead.email:
        return NextAction("Write to them", _stops(touches, "email"), f"mailto:{lead.email}")
    return NextAction("Get in touch", _stops(touches))


def _stops(touches: Collection[str], said: str = "") -> str:
    """Return what else stops the clock, beside what is said already."""
    counted = touches_in_words(tuple(touches))
    return f"{counted} stops the clock" if said else f"by {counted}; that stops the clock"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One row of the desk."""

    lead: DeskLead
    action: NextAction
    is_new: bool


def desk_lines(leads: Collection[DeskLead], touches: Collection[str], seen_at: datetime | None) -> list[DeskLine]:
    """Return the rows; what came after somebody last looked is new, nothing is at their first look."""
    return [
        DeskLine(lead, next_action(lead, touches), seen_at is not None and lead.assigned_at > seen_at) for lead in leads
    ]
