"""The claim keys that only frameworks beside BANT and MEDDIC read."""

from typing import Final

from oppspot.qualification.claim_keys.shapes import DATE, NAME, STEPS, TEXT, ClaimKey
from oppspot.qualification.values import ChoiceKind, ItemsKind, TextsKind

_COMPETITORS: Final = ItemsKind(
    identity="name",
    fields={
        "name": NAME,
        "standing": ChoiceKind(values=("ahead", "level", "behind")),
        "strength": TEXT,
        "weakness": TEXT,
    },
)
_PAPERWORK: Final = ItemsKind(identity="name", fields={"name": NAME, "status": STEPS, "due": DATE})

OTHER_KEYS: Final = (
    ClaimKey("competition.competitors", "Competitors", _COMPETITORS, 90, minutes=5),
    ClaimKey("paper_process.steps", "Steps of the paperwork", _PAPERWORK, 90, minutes=10),
    ClaimKey("situation.facts", "Facts of the situation", TextsKind(), 180, minutes=5),
    ClaimKey("critical_event.description", "Critical event", TEXT, 90, minutes=5),
    ClaimKey("critical_event.date", "Date of the critical event", DATE, 90, minutes=2),
    ClaimKey("next_step.description", "Next step", TEXT, 30, minutes=2),
    ClaimKey("next_step.due", "Date of the next step", DATE, 30, minutes=1),
)
