"""Outcomes of routing on pages: their signs, and which of them are asked for together."""

from typing import Final

from oppspot.routing.outcomes import WAITING, Outcome
from oppspot.routing.rep_states import Presence

# Icon and tone; a colour never says it alone.
SIGNS: Final = {
    Outcome.ASSIGNED: ("user-check", "accent"),
    Outcome.KEPT_OWNER: ("user", "neutral"),
    Outcome.QUEUED: ("inbox", "accent"),
    Outcome.HELD_UNTIL: ("clock", "warn"),
    Outcome.NO_RULE_MATCHED: ("help", "warn"),
    Outcome.NO_ELIGIBLE_REP: ("users", "warn"),
    Outcome.AT_CAPACITY: ("gauge", "warn"),
    Outcome.POOL_EXHAUSTED: ("history", "warn"),
    Outcome.DUPLICATE_OF: ("copy", "neutral"),
    Outcome.BLOCKED: ("lock", "bad"),
}
# What the tabs of the list ask for.
GROUPS: Final = (
    ("All", ()),
    ("Given", (Outcome.ASSIGNED,)),
    ("Waiting", tuple(outcome for outcome in Outcome if outcome in WAITING)),
    ("In queues", (Outcome.QUEUED,)),
    ("Blocked or duplicate", (Outcome.BLOCKED, Outcome.DUPLICATE_OF)),
)

# What becomes of leads, in few words and as a tone; every outcome is one of these kinds.
KINDS: Final = (
    ("placed", "accent", (Outcome.ASSIGNED, Outcome.KEPT_OWNER)),
    ("queued", "good", (Outcome.QUEUED,)),
    ("waiting", "warn", tuple(outcome for outcome in Outcome if outcome in WAITING)),
    ("blocked or duplicate", "bad", (Outcome.BLOCKED, Outcome.DUPLICATE_OF)),
)
# Why leads wait, and where something can be done about it: label, address and the permission that place needs.
REMEDIES: Final = {
    Outcome.NO_RULE_MATCHED: (
        "No rule takes them in, and there is no default target.",
        (("What no rule covers", "/routing/lint", "routing.read"), ("Rules", "/routing/rules", "routing.read")),
    ),
    Outcome.NO_ELIGIBLE_REP: (
        "Everybody they may go to is away, paused or fails a test, or there is nobody; each decision says which.",
        (
            ("Who is off", "/calendars", "team.read"),
            ("People", "/team", "team.read"),
            ("Check of the rules", "/routing/lint", "routing.read"),
        ),
    ),
    Outcome.AT_CAPACITY: (
        "Everybody they may go to is at a limit.",
        (("Limits", "/team", "team.read"), ("Redistribute", "/routing/redistribute", "leads.assign")),
    ),
    Outcome.HELD_UNTIL: (
        "Everybody they may go to is off work; they go out when the first one starts.",
        (("Who is off", "/calendars", "team.read"),),
    ),
    Outcome.POOL_EXHAUSTED: (
        "Everybody they may go to has had them and handed them back.",
        (("Where such leads end", "/routing/policies", "routing.read"),),
    ),
}
PRESENCES: Final = {
    Presence.HERE: ("At work", "good"),
    Presence.OFF: ("Off work", "neutral"),
    Presence.AWAY: ("Away", "neutral"),
    Presence.PAUSED: ("Paused", "warn"),
    Presence.INVITED: ("Invited", "accent"),
}
