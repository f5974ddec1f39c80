"""Why a score was made anew, in the words of the history."""

from typing import Final

CAUSES: Final = {
    "api": "came in over the API",
    "import": "came in with a file",
    "page": "entered by hand",
    "edit": "edited",
    "claim": "something new was said about it",
    "company": "its company changed",
    "config": "what decides was changed",
    "rules": "the rules changed",
    "time": "time passed",
    "sweep": "tried again after waiting",
    "rejected": "handed back",
    "rerouted": "routed anew",
    "sla": "not touched in time",
    "undo": "an import was undone",
    "override": "its verdict was set by hand",
    "choice": "another framework was chosen",
    "calculated": "calculated anew",
    "seed": "example data",
}


def in_words(cause: str) -> str:
    """Return a cause for people; one that is not in the list reads as it is."""
    return CAUSES.get(cause, cause.replace("_", " "))
