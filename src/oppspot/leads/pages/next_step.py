"""What to do about a lead next, in one line: who holds it comes first, then what is worth finding out."""

from dataclasses import dataclass

from oppspot.leads.pages.wording import OUTCOMES
from oppspot.leads.queries.details import LeadWhole, OpenAssignment
from oppspot.leads.types import OPEN_STATUSES
from oppspot.qualification.pages.card import Card
from oppspot.qualification.pages.words import shown_status
from oppspot.routing.pages.clock_words import touches_in_words
from oppspot.routing.queries.clocks import LeadClock


@dataclass(frozen=True, slots=True)
class NextStep:
    """One line of advice; `points`: the most it can add to the framework's score."""

    text: str
    note: str = ""
    tone: str = "accent"
    points: float | None = None


def next_step(
    whole: LeadWhole,
    card: Card,
    first_touch: LeadClock | None,
    touches: tuple[str, ...],
    *,
    is_own: bool,
    can_take: bool = False,
) -> NextStep | None:
    """Return the next step of an open lead, None when its work is over.

    `card` is by its own framework; `first_touch` is its last clock of that kind, `touches` are what stops it.
    """
    if whole.lead.status not in OPEN_STATUSES:
        return None
    if whole.assignment is None:
        return _unheld(whole, can_take=can_take)
    return _towards_a_touch(whole.assignment, first_touch, touches, is_own=is_own) or _towards_a_verdict(card)


def _towards_a_touch(
    held: OpenAssignment, first_touch: LeadClock | None, touches: tuple[str, ...], *, is_own: bool
) -> NextStep | None:
    if held.status == "assigned":
        stops = "which stops the clock" if "accepted" in touches else ""
        return NextStep("Accept it" if is_own else f"{held.rep_name} has to accept it", stops)
    if first_touch and first_touch.runs and first_touch.paused_at is None:
        stops = f"{touches_in_words(touches)} stops the clock"
        return NextStep("Get in touch" if is_own else f"{held.rep_name} has to get in touch", stops, "warn")
    return None


def _towards_a_verdict(card: Card) -> NextStep | None:
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
