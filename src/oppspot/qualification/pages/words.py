"""What verdicts and claim keys are called on pages, and the colours verdicts have beside their words."""

from collections.abc import Iterable, Mapping
from typing import Final

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import Framework

_FOUR: Final = 4


def verdict_tone(framework: Framework, status: str) -> str:
    """Return the tone of a verdict by its place: the best is good, the last bad, what lies between waits."""
    names = [verdict.status for verdict in framework.verdicts]
    if status not in names or len(names) == 1:
        return "neutral"
    place = names.index(status)
    if place in (0, len(names) - 1):
        return "bad" if place else "good"
    return "accent" if place == 1 and len(names) >= _FOUR else "warn"


def shown_status(status: str) -> str:
    """Return a verdict as it is read: `best_case` is “Best case”."""
    return status.replace("_", " ").capitalize()


def titles_of(frameworks: Iterable[Framework]) -> Mapping[str, str]:
    """Return what the claim keys of some frameworks are called, those of the registry among them."""
    own = {name: key.title for framework in frameworks for name, key in claim_keys_of(framework).items()}
    return {name: key.title for name, key in CLAIM_KEYS.items()} | own


def title_of(key: str, titles: Mapping[str, str]) -> str:
    """Return what a claim key is called; one that is not known any more is spaced."""
    return titles.get(key) or key.rpartition(".")[2].replace("_", " ").capitalize()
