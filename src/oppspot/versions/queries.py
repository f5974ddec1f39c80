"""Versions as the pages show them: each with what it changed, version 0 as shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oppspot.core.config_versions import (
    ConfigVersion,
    find_live_configs,
    get_config_version,
    list_config_versions,
)
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.versions.kinds import Document, VersionedKind


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `changes` is what it changed against the one before it; version 0 has neither date nor author."""

    number: int
    document: Document
    note: str = ""
    published_at: datetime | None = None
    published_by: str | None = None
    changes: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Return what the version is called at the head of a line."""
        return f"Version {self.number}" if self.number else "As shipped"


async def live_version(tx: Transaction, org_id: UUID, kind: VersionedKind) -> int | None:
    """Return the live version's number; 0 as shipped, None when nothing is live."""
    live = (await find_live_configs(tx, org_id)).get(kind.kind)
    return live.version if live else None if kind.shipped is None else 0


async def list_versions(
    tx: Transaction, org_id: UUID, kind: VersionedKind, *, limit: int, before: int | None = None
) -> tuple[list[Version], int | None]:
    """Return versions, newest first, and what to ask for as `before` to get the next page."""
    rows = await list_config_versions(tx, org_id, kind.kind, limit=limit + 1, before=before)
    shown = rows[:limit]
    older = [*(row.document for row in rows[1:]), kind.shipped]
    pairs = [(old, row.document) for row, old in zip(shown, older, strict=False) if old is not None]
    changes = [*await kind.describe(tx, org_id, pairs), []]
    versions = [_version(row, said) for row, said in zip(shown, changes, strict=False)]
    if len(rows) > limit:
        return versions, shown[-1].version
    return versions + ([] if kind.shipped is None else [Version(0, kind.shipped)]), None


def _version(row: ConfigVersion, changes: Sequence[str] = ()) -> Version:
    return Version(row.version, row.document, row.note, row.published_at, row.published_by, changes)


async def get_version(tx: Transaction, org_id: UUID, kind: VersionedKind, number: int) -> Version:
    """Return one version; raises NotFound."""
    if number != 0:
        return _version(await get_config_version(tx, org_id, kind.kind, number))
    if kind.shipped is None:
        raise NotFound("Nothing ships for this: it begins with version 1.")
    return Version(0, kind.shipped)
