"""What to do about a lead next, in one line: who holds it comes first, then what is worth finding out."""

from dataclasses import dataclass

from oppspot.leads.pages.wording import OUTCOMES
from oppspot.leads.queries.details import LeadWhole
from oppspot.qualification.types import Assessment

_OPEN = frozenset({"new", "working"})


@dataclass(frozen=True, slots=True)
class NextStep:
    """One line of advice; `points`: the most it can add to the framework's score."""

    text: str
    note: str = ""
    tone: str = "accent"
    points: float | None = None


def next_step(
    whole: LeadWhole, assessment: Assessment, title: str, *, is_own: bool, can_take: bool = False
) -> NextStep | None:
    """Return the next step of an open lead, None when its work is over. `title` is the framework's."""
    if whole.lead.status not in _OPEN:
        return None
    held = whole.assignment
    if held is None:
        return _unheld(whole, can_take=can_take)
    if held.status == "assigned":
        return NextStep("Accept it" if is_own else f"{held.rep_name} has to accept it", "which stops the clock")
    if assessment.status == "qualified":
        return NextStep("Complete it as qualified", f"everything {title} asks for is there", "good")
    if not assessment.next_actions:
        return None
    action = assessment.next_actions[0]
    return NextStep(action.text, points=float(action.points) if action.gain else None)


def _unheld(whole: LeadWhole, *, can_take: bool) -> NextStep:
    if whole.lies_in_queue and can_take:
        return NextStep("Take it", "whoever takes it first has it; that stops the clock", "warn")
    why = whole.reason or OUTCOMES.get(whole.lead.outcome or "", "")
    return NextStep("Give it to somebody", why, "warn")
