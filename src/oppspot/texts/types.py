"""What a document, a proposal and an extractor are; decides nothing."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from oppspot.qualification.types import ClaimValue


class DocumentKind(StrEnum):
    """How a document is written, which says whose words are whose."""

    NOTES = "notes"
    EMAIL = "email"
    TRANSCRIPT = "transcript"


class DocumentState(StrEnum):
    WAITING = "waiting"  # for the extractor
    READY = "ready"
    FAILED = "failed"  # the extractor could not answer; nothing was proposed


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    EDITED = "edited"  # accepted with another value
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim that a passage of a document may support: `quote` is `content[start:end]`, character for character."""

    key: str
    value: ClaimValue
    quote: str
    start: int
    end: int
    confidence: float = 0.6  # 0-1: how sure the extractor is that the quote says this


@dataclass(frozen=True, slots=True)
class Proposals:
    """What an extractor found. `dropped` says, one sentence each, what it offered that could not be kept."""

    items: tuple[Proposal, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What an extractor is told beside the text: the day it is from, and who is on whose side."""

    said_on: date
    kind: DocumentKind = DocumentKind.NOTES
    our_names: frozenset[str] = field(default_factory=frozenset)  # people of the selling organisation
    our_domains: frozenset[str] = field(default_factory=frozenset)  # of their e-mail addresses
    our_company: str | None = None
    contact_name: str | None = None
    company_name: str | None = None


class ExtractorFailed(Exception):
    """The extractor cannot answer now. The message is a sentence for the person who waits."""


class Extractor(Protocol):
    """Reads a text and proposes claims. It writes nothing, and the text cannot instruct it."""

    @property
    def name(self) -> str: ...

    @property
    def is_local(self) -> bool:
        """Whether it answers at once, in this process, without any network."""
        ...

    async def propose(self, text: str, context: Context) -> Proposals:
        """Return checked proposals; raises ExtractorFailed."""
        ...
