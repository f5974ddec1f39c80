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


class LeadSettled(Conflict):
    """What became of this lead is settled; set its status to new or working first, then it can be given away."""

    title, slug = "Lead settled", "lead-settled"


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


class ExclusionNotFound(NotFound):
    """There is no such exclusion."""

    title, slug = "Exclusion not found", "exclusion-not-found"


class TerritoryNotFound(NotFound):
    """There is no such territory."""

    title, slug = "Territory not found", "territory-not-found"


class ConfigurationMoved(Conflict):
    """Somebody else has published since the version that was edited."""

    title, slug = "Configuration changed", "configuration-changed"


class NothingRuns(Conflict):
    """No clock of this lead runs that could be paused."""

    title, slug = "Nothing runs", "nothing-runs"


class NothingPaused(Conflict):
    """No clock of this lead is paused."""

    title, slug = "Nothing is paused", "nothing-is-paused"


class NothingToAcknowledge(Conflict):
    """No reminder of this lead waits for an answer."""

    title, slug = "Nothing to acknowledge", "nothing-to-acknowledge"


class TaskNotFound(NotFound):
    """There is no such task."""

    title, slug = "Task not found", "task-not-found"


class NotYourTask(Conflict):
    """The task is somebody else's."""

    title, slug = "Not your task", "not-your-task"


class LedgerMoved(Conflict):
    """Leads were given in this pool since its credits were shown; look at the preview again."""

    title, slug = "The ledger has moved", "ledger-moved"


class AlreadyUndone(Conflict):
    """It was undone before."""

    title, slug = "Already undone", "already-undone"


class PlanOutdated(Conflict):
    """Things have changed since this plan was made. Look at a new one."""

    title, slug = "Plan outdated", "plan-outdated"


class PlanApplied(Conflict):
    """The plan has been carried out already."""

    title, slug = "Already carried out", "already-applied"


class NotApplied(Conflict):
    """The plan was never carried out."""

    title, slug = "Not carried out", "not-applied"
