"""Clocks in the words of pages."""

from typing import Final

KINDS: Final = {"assign": "Find somebody", "first_touch": "First touch", "qualify": "Qualify or hand back"}
ACTIONS: Final = {
    "remind": "a reminder",
    "reassign": "it goes to somebody else",
    "escalate_to_manager": "the managers are told",
    "escalate_to_seat": "it goes to whoever every ladder ends at, unless somebody can still be waited for",
}
TOUCHES: Final = {
    "accepted": "accepting it",
    "call": "a call",
    "email": "an e-mail",
    "meeting": "a meeting",
    "message": "a message",
}
MET_BY: Final = TOUCHES | {"assigned": "placed", "completed": "an outcome"}
VERDICTS: Final = {
    "in_time": ("In time", "good"),
    "late": ("Late", "bad"),
    "undecided": ("Running", "neutral"),
    "withdrawn": ("Withdrawn", "neutral"),
}
TOUCH_CHOICES: Final = [
    ("call", "Call", None),
    ("email", "E-mail", None),
    ("meeting", "Meeting", None),
    ("message", "Message", None),
]
EVERY_TOUCH: Final = ("accepted", "call", "email", "meeting", "message")


def touches_in_words(kinds: tuple[str, ...]) -> str:
    """Return what counts as a touch: "a call or a meeting"."""
    named = [TOUCHES[kind] for kind in EVERY_TOUCH if kind in kinds]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
