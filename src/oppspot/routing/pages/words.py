"""What the settings of routing are called for people, and what each choice does."""

from typing import Final

from oppspot.routing.algorithms import ALGORITHMS

FAIRNESS_SCOPES: Final = (("team", "All leads of the team"), ("rule", "The leads of this rule"))
MODES: Final = (
    ("availability_first", "Whoever is at work goes first"),
    ("strict", "Whose turn it is, even if they start later"),
)
HOLIDAYS: Final = (
    ("queue", "Hold it until somebody starts work"),
    ("next_available", "Give it to whoever starts work first"),
    ("escalate", "Send it to the seat (see Policies)"),
)
OWNER_UNAVAILABLE: Final = (
    ("cover", "Give it to whoever covers for them, else to the team"),
    ("wait", "Wait for them so many hours, else to the team"),
    ("pool", "Give it to the team at once"),
)
LEVELS: Final = (("1", "1 basic"), ("2", "2"), ("3", "3 good"), ("4", "4"), ("5", "5 expert"))
FAIRNESS: Final = (
    ("equal", "Equal", "One share each, by weight where the rule heeds weights. The default."),
    ("performance_weighted", "By conversion", "Who converts more gets more. New reps count as the average."),
    ("seniority_based", "By seniority", "Seniors get more than juniors, as their profiles say."),
    ("value_balanced", "Even in value", "As many leads each as with Equal, and as even in money as that allows."),
)
WINDOWS: Final = (
    ("forever", "Remember turns for ever", "What somebody is owed stays until they get it."),
    ("month", "Start anew each month", "On the 1st nobody is owed anything. Targets by the month read more easily."),
)
PRIORITIES: Final = ("urgent", "high", "medium", "low")
TOUCHES: Final = {
    "accepted": "The lead was accepted",
    "call": "A call",
    "email": "An e-mail",
    "meeting": "A meeting",
    "message": "A message",
}
RUNGS: Final = {
    "remind": "Remind its owner",
    "reassign": "Give it to the next in turn",
    "escalate_to_manager": "Tell the managers",
    "escalate_to_seat": "Give it to the seat",
}


def algorithms() -> list[tuple[str, str]]:
    """Return every algorithm there is as a choice: its name, and what people call it."""
    return [(each.name, each.label) for each in ALGORITHMS.values()]


def explained_algorithms() -> list[tuple[str, str]]:
    """Return what people call each algorithm, and what it does."""
    return [(each.label, each.says) for each in ALGORITHMS.values()]


def algorithm_label(name: str) -> str:
    """Return what people call an algorithm; one that is no longer there keeps its name."""
    return ALGORITHMS[name].label if name in ALGORITHMS else name.replace("_", " ")
