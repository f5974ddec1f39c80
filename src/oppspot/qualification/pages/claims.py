"""Claims as people say them: what was asked, what was answered, where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.types import Claim, ClaimValue
from oppspot.qualification.values import DateKind

_SOURCES: Final = {
    "rep": "said by",
    "form": "in a form",
    "crm": "from the CRM",
    "enrichment": "from enrichment",
    "text": "found in a text",
    "model": "estimated by a model",
}
# What an entry of a list is called first, then what is worth knowing about it.
_TELLING: Final = ("name", "description", "title", "role", "severity", "priority")


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """A claim in words; `lines` is empty when it was withdrawn, `day` set when the answer is a date."""

    title: str
    lines: tuple[str, ...]
    day: date | None
    grade: str
    source: str
    observed_at: datetime
    evidence: str | None


def told(claims: Sequence[Claim]) -> list[ToldClaim]:
    """Return claims in words, in the order given."""
    return [_told(claim) for claim in claims]


def title_of(key: str) -> str:
    """Return what a claim key is called; one that is not ours is spaced."""
    known = CLAIM_KEYS.get(key)
    return known.title if known else key.rpartition(".")[2].replace("_", " ").capitalize()


def _told(claim: Claim) -> ToldClaim:
    source = _SOURCES.get(claim.source, claim.source)
    who = f"{source} {claim.author}" if claim.source == "rep" and claim.author else source.removesuffix(" by")
    day = _day_of(claim.key, claim.value)
    lines = () if claim.value is None or day else tuple(_lines(claim.value))
    evidence = claim.evidence.text if claim.evidence else None
    return ToldClaim(title_of(claim.key), lines, day, claim.grade, who, claim.observed_at, evidence)


def _day_of(key: str, value: ClaimValue) -> date | None:
    known = CLAIM_KEYS.get(key)
    if known is None or not isinstance(known.kind, DateKind) or not isinstance(value, str):
        return None
    return date.fromisoformat(value[:10])


def _lines(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, int | float):
        return [f"{value:,.10g}"]
    if isinstance(value, list):
        return [_entry(item) for item in value]
    return [_spaced(value)]


def _entry(item: Any) -> str:
    if not isinstance(item, dict):
        return _spaced(item)
    telling = [_spaced(item[part]) for part in _TELLING if item.get(part)]
    return " · ".join(telling) or ", ".join(_spaced(part) for part in item.values())


def _spaced(value: Any) -> str:
    """Return a choice such as `economic_buyer` with spaces; sentences stay as they are."""
    text = str(value)
    return text if " " in text else text.replace("_", " ")
