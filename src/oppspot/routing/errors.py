"""What can stop a command of routing."""

from oppspot.core.errors import Conflict, NotFound


class NotYourLead(Conflict):
    """The lead is not assigned to you."""

    title, slug = "Not your lead", "not-your-lead"


class NothingAssigned(Conflict):
    """Nobody has this lead just now."""

    title, slug = "Nothing assigned", "nothing-assigned"


class AssignmentMoved(Conflict):
    """Somebody else changed this assignment a moment ago."""

    title, slug = "Assignment changed", "assignment-changed"


class NotARep(Conflict):
    """Somebody who takes no leads cannot be given one."""

    title, slug = "Not a rep", "not-a-rep"


class AlreadyTaken(Conflict):
    """Somebody else has taken this lead."""

    title, slug = "Already taken", "already-taken"


class NotInAQueue(Conflict):
    """The lead does not lie in a queue to be taken from."""

    title, slug = "Not in a queue", "not-in-a-queue"


class AtTheLimit(Conflict):
    """Whoever is to take the lead has as many open ones as they may."""

    title, slug = "At the limit", "at-the-limit"


class RuleNotFound(NotFound):
    """There is no such routing rule."""

    title, slug = "Rule not found", "rule-not-found"
