"""Which sources leads came from, for filters."""

from sqlalchemy import text

from oppspot.core.db import Transaction

# Leaps from one source to the next through the index, so that a million leads cost as many steps as there are sources.
_SOURCES = text(
    """
    WITH RECURSIVE found AS (
        (SELECT source FROM leads WHERE source IS NOT NULL ORDER BY source LIMIT 1)
        UNION ALL
        SELECT (SELECT l.source FROM leads AS l WHERE l.source > found.source ORDER BY l.source LIMIT 1)
        FROM found WHERE found.source IS NOT NULL
    )
    SELECT source FROM found WHERE source IS NOT NULL LIMIT 100
    """,
)


async def list_sources(tx: Transaction) -> list[str]:
    """Return the sources of this organisation's leads, at most a hundred."""
    return list((await tx.execute(_SOURCES)).scalars())
