"""Changes how leads come by their frameworks, and which frameworks are retired."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.config_versions import LiveConfig, find_live_configs, publish_config
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import SELECTION, catalogue_with, list_attributes, load_configuration
from oppspot.corridor.rescoring import start_rescoring
from oppspot.qualification.selection import SelectionDocument, check_countries, compile_selection


@dataclass(frozen=True, slots=True)
class LiveSelection:
    """The live document; version 0 is the one that ships."""

    document: SelectionDocument
    version: int


async def get_selection(tx: Transaction, org_id: UUID) -> LiveSelection:
    """Return how frameworks are chosen now."""
    live = (await find_live_configs(tx, org_id)).get(SELECTION)
    if live is None:
        return LiveSelection(SelectionDocument(), 0)
    return LiveSelection(SelectionDocument.model_validate(live.document), live.version)


async def publish_selection(
    tx: Transaction,
    actor: Actor,
    document: SelectionDocument,
    now: datetime,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> LiveConfig:
    """Make a document live; every lead is assessed anew. Raises Invalid naming each part, Conflict."""
    available = frozenset((await load_configuration(tx, actor.org_id)).frameworks)
    compile_selection(document, catalogue_with(await list_attributes(tx, actor.org_id)), available)
    check_countries(document, (await get_selection(tx, actor.org_id)).document)
    live = await publish_config(
        tx,
        actor,
        SELECTION,
        document.model_dump(mode="json"),
        now,
        note=note,
        expected_version=expected_version,
    )
    await start_rescoring(tx, actor.org_id, "config", now)
    return live


async def retire_framework(tx: Transaction, actor: Actor, name: str, now: datetime) -> LiveConfig:
    """Qualify no more leads by a framework; what was said by it stays. Raises NotFound, Invalid while it is chosen."""
    return await _change_retired(tx, actor, name, lambda retired: (*retired, name), f"Retired {name}", now)


async def restore_framework(tx: Transaction, actor: Actor, name: str, now: datetime) -> LiveConfig:
    """Take a retired framework back into use; raises NotFound."""
    return await _change_retired(
        tx, actor, name, lambda retired: tuple(each for each in retired if each != name), f"Took {name} back", now
    )


async def _change_retired(
    tx: Transaction,
    actor: Actor,
    name: str,
    change: Callable[[tuple[str, ...]], tuple[str, ...]],
    note: str,
    now: datetime,
) -> LiveConfig:
    if name not in (await load_configuration(tx, actor.org_id)).frameworks:
        raise NotFound(f"There is no framework {name[:60]!r}.")
    live = await get_selection(tx, actor.org_id)
    retired = tuple(dict.fromkeys(change(live.document.retired)))
    document = live.document.model_copy(update={"retired": retired})
    return await publish_selection(tx, actor, document, now, note=note, expected_version=live.version)


_CHOSEN: Final = text(
    "SELECT standings->0->>'by' AS by, framework, count(*) AS leads FROM leads WHERE org_id = :org_id GROUP BY 1, 2",
)


async def count_choices(tx: Transaction, org_id: UUID) -> Counter[tuple[str, str]]:
    """Return how many leads came by their framework how: (by, framework) to leads."""
    rows = await tx.execute(_CHOSEN, {"org_id": org_id})
    return Counter({(row.by, row.framework): row.leads for row in rows})
