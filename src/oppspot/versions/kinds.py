"""What a kind of configuration tells about itself, so that its versions can be listed, compared and published again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig
from oppspot.core.db import Transaction
from oppspot.versions.comparing import differences, in_words

Document = Mapping[str, Any]


class Publish(Protocol):
    """Checks a document, makes it live and enqueues what follows; raises Invalid or Conflict."""

    async def __call__(
        self,
        tx: Transaction,
        actor: Actor,
        document: Document,
        now: datetime,
        *,
        note: str,
        expected_version: int | None,
    ) -> LiveConfig: ...


# Pairs of documents, older first, to what each pair changed in sentences.
Pairs = Sequence[tuple[Document, Document]]
Describe = Callable[[Transaction, UUID, Pairs], Awaitable[list[list[str]]]]


async def value_by_value(_tx: Transaction, _org_id: UUID, pairs: Pairs) -> list[list[str]]:
    """Name each value that differs with its place in the document."""
    return [[in_words(difference) for difference in differences(*pair)] for pair in pairs]


def indented(document: Document) -> str:
    """Return a document as lines that compare well: indented JSON in a fixed order."""
    return json.dumps_readable(json.loads(json.canonical(document)))


@dataclass(frozen=True, slots=True)
class VersionedKind:
    """`home` is the kind's own page; its versions are at `home/versions`. `shipped` is version 0, if there is one."""

    kind: str
    title: str
    home: str
    publish: Publish
    shipped: Document | None = None
    describe: Describe = value_by_value
    readable: Callable[[Document], str] = indented

    @property
    def called(self) -> str:
        """Return the title as it stands inside a sentence; initials stay as they are."""
        return self.title if self.title.isupper() else self.title.lower()

    @property
    def address(self) -> str:
        """Return where the versions are listed."""
        return f"{self.home}/versions"
