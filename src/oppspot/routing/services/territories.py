"""Changes the territories, which are known by name. Each change is the next version of the one document."""

from collections.abc import Callable, Sequence
from datetime import datetime

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.routing.errors import TerritoryNotFound
from oppspot.routing.policies import Territory
from oppspot.routing.services.publishing import Change, Sent, change_rules

Territories = tuple[Territory, ...]


async def create_territory(
    tx: Transaction, actor: Actor, territory: Territory, now: datetime, *, expected_version: int | None = None
) -> None:
    """Add a territory; its name must be new."""
    change = _of_territories(lambda items: (*items, territory))
    note = f'Added the territory "{territory.name}"'
    await change_rules(tx, actor, change, note, now, expected_version, sent=Sent("territories"))


async def replace_territory(
    tx: Transaction,
    actor: Actor,
    name: str,
    territory: Territory,
    now: datetime,
    *,
    expected_version: int | None = None,
) -> None:
    """Replace a territory, which may get another name; raises TerritoryNotFound."""

    def replaced(items: Territories) -> Territories:
        _must_hold(items, name)
        return tuple(territory if item.name == name else item for item in items)

    note = f'Changed the territory "{territory.name}"'
    sent = Sent("territories", territory.name)
    await change_rules(tx, actor, _of_territories(replaced), note, now, expected_version, sent=sent)


async def put_territories(
    tx: Transaction,
    actor: Actor,
    territories: Sequence[Territory],
    now: datetime,
    *,
    keep_others: bool = False,
    expected_version: int | None = None,
) -> None:
    """Make these the territories; with `keep_others`, those of other names stay."""
    given = tuple(territories)

    def put(items: Territories) -> Territories:
        if not keep_others:
            return given
        by_name = {item.name.casefold(): item for item in given}
        kept = tuple(by_name.pop(item.name.casefold(), item) for item in items)
        return (*kept, *(item for item in given if item.name.casefold() in by_name))

    await change_rules(tx, actor, _of_territories(put), f"Put {len(given)} territories", now, expected_version)


async def delete_territory(
    tx: Transaction, actor: Actor, name: str, now: datetime, *, expected_version: int | None = None
) -> None:
    """Remove a territory; raises TerritoryNotFound. The version before keeps it."""

    def without(items: Territories) -> Territories:
        _must_hold(items, name)
        return tuple(item for item in items if item.name != name)

    note = f'Removed the territory "{name}"'
    await change_rules(tx, actor, _of_territories(without), note, now, expected_version)


def _of_territories(change: Callable[[Territories], Territories]) -> Change:
    return lambda document: document.model_copy(update={"territories": change(document.territories)})


def _must_hold(items: Territories, name: str) -> None:
    if all(item.name != name for item in items):
        raise TerritoryNotFound
