"""Claims as people say them: what was asked, what was answered, where it comes from, what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.pages.words import title_of
from oppspot.qualification.types import Claim, ClaimValue, Evidence
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
_TELLING: Final = (
    "name",
    "description",
    "vendor",
    "criterion",
    "step",
    "title",
    "role",
    "severity",
    "priority",
    "status",
)
_LINKS: Final = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """A claim in words; `lines` is empty when it was withdrawn, `day` set when the answer is a date."""

    claim: Claim
    title: str
    lines: tuple[str, ...]
    day: date | None
    source: str

    @property
    def href(self) -> str | None:
        """The address that the claim rests on, when a browser may follow it."""
        evidence = self.claim.evidence
        return evidence.text if evidence and evidence.kind == "url" and evidence.text.startswith(_LINKS) else None

    @property
    def place(self) -> str | None:
        """Where in a document its quote stands."""
        evidence = self.claim.evidence
        return place_of(evidence) if evidence else None


def place_of(evidence: Evidence) -> str | None:
    """Return where a quote stands: the document, and which characters of it."""
    parts = [evidence.document] if evidence.document else []
    if evidence.start is not None:
        parts.append(f"characters {evidence.start:,} to {evidence.end or evidence.start:,}")
    return ", ".join(parts) or None


def told(claims: Sequence[Claim], titles: Mapping[str, str]) -> list[ToldClaim]:
    """Return claims in words, in the order given."""
    return [tell(claim, titles) for claim in claims]


def tell(claim: Claim, titles: Mapping[str, str]) -> ToldClaim:
    """Return a claim in words."""
    source = _SOURCES.get(claim.source, claim.source)
    who = f"{source} {claim.author}" if claim.source == "rep" and claim.author else source.removesuffix(" by")
    day = _day_of(claim.key, claim.value)
    lines = () if claim.value is None or day else tuple(lines_of(claim.value))
    return ToldClaim(claim, title_of(claim.key, titles), lines, day, who)


def _day_of(key: str, value: ClaimValue) -> date | None:
    known = CLAIM_KEYS.get(key)
    if known is None or not isinstance(known.kind, DateKind) or not isinstance(value, str):
        return None
    return date.fromisoformat(value[:10])


def lines_of(value: Any) -> list[str]:
    """Return a value in words, one entry of a list a line."""
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
