"""What to do about a lead next, in one line: who holds it comes first, then what is worth finding out."""

from dataclasses import dataclass

from oppspot.leads.pages.wording import OUTCOMES
from oppspot.leads.queries.details import LeadWhole
from oppspot.qualification.pages.card import Card
from oppspot.qualification.pages.words import shown_status

_OPEN = frozenset({"new", "working"})


@dataclass(frozen=True, slots=True)
class NextStep:
    """One line of advice; `points`: the most it can add to the framework's score."""

    text: str
    note: str = ""
    tone: str = "accent"
    points: float | None = None


def next_step(whole: LeadWhole, card: Card, *, is_own: bool, can_take: bool = False) -> NextStep | None:
    """Return the next step of an open lead, None when its work is over; `card` is by its own framework."""
    if whole.lead.status not in _OPEN:
        return None
    held = whole.assignment
    if held is None:
        return _unheld(whole, can_take=can_take)
    if held.status == "assigned":
        return NextStep("Accept it" if is_own else f"{held.rep_name} has to accept it", "which stops the clock")
    if card.verdict == card.framework.verdicts[0].status:
        return NextStep(
            "Complete it as qualified", f"{card.framework.title} says {shown_status(card.verdict).lower()}", "good"
        )
    if not card.questions:
        return None
    question = card.questions[0]
    note = f"about {question.minutes:g} {'minute' if question.minutes == 1 else 'minutes'}"
    return NextStep(question.ask, note, points=question.gain / 100 if question.gain else None)


def _unheld(whole: LeadWhole, *, can_take: bool) -> NextStep:
    if whole.lies_in_queue and can_take:
        return NextStep("Take it", "whoever takes it first has it; that stops the clock", "warn")
    why = whole.reason or OUTCOMES.get(whole.lead.outcome or "", "")
    return NextStep("Give it to somebody", why, "warn")
