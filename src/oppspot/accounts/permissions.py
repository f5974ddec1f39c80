"""Who may do what: the one table of roles and permissions; API scopes are the same words."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    REP = "rep"
    VIEWER = "viewer"


# Permission: what it allows, in the words shown to people.
PERMISSIONS: Final[dict[str, str]] = {
    "leads.read": "See leads, companies and their reasons",
    "leads.write": "Add and edit leads, notes and claims",
    "leads.work": "Take leads from queues; accept, complete and hand back own leads",
    "leads.assign": "Give leads to people",
    "leads.import": "Bring in files and undo imports",
    "leads.export": "Take lists out as files",
    "leads.delete": "Delete leads and companies",
    "routing.read": "See routing rules, decisions and loads",
    "routing.write": "Change routing rules",
    "scoring.read": "See how scores are made",
    "scoring.write": "Change how scores are made",
    "qualification.read": "See qualification frameworks",
    "qualification.write": "Change qualification frameworks",
    "team.read": "See people and teams",
    "team.write": "Invite people, change roles, teams and capacities",
    "keys.write": "Create and revoke API keys",
    "settings.write": "Change the organisation's settings and custom fields",
    "audit.read": "Read the audit log",
}

_VIEWER = frozenset({"leads.read", "routing.read", "scoring.read", "qualification.read", "team.read"})
_REP = _VIEWER | {"leads.write", "leads.work"}
_MANAGER = _REP | {
    "leads.assign",
    "leads.import",
    "leads.export",
    "leads.delete",
    "routing.write",
    "scoring.write",
    "qualification.write",
    "team.write",
    "audit.read",
}

ROLE_PERMISSIONS: Final[dict[Role, frozenset[str]]] = {
    Role.VIEWER: _VIEWER,
    Role.REP: _REP,
    Role.MANAGER: _MANAGER,
    Role.OWNER: frozenset(PERMISSIONS),
}
