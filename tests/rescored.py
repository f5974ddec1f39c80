"""Does at once what workers would do about a rescoring."""

from datetime import datetime
from uuid import UUID

from oppspot.core.db import Database
from oppspot.corridor.rescoring import list_rescorings, rescore_chunk, split_rescoring


async def rescore_all(database: Database, org_id: UUID, now: datetime) -> int:
    """Carry out the run that is under way; returns how many leads were assessed anew."""
    async with database.transaction(org_id) as tx:
        [run] = await list_rescorings(tx, org_id, limit=1)
    assert run.is_running
    chunks = await split_rescoring(database, org_id, run.id)
    return sum([await rescore_chunk(database, org_id, run.id, number, now) for number in range(chunks)])
