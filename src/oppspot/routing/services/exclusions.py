"""Changes the exclusions: leads that no rule is asked about. Each change is the next version of the one document."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.routing.documents import ExclusionDocument
from oppspot.routing.errors import ExclusionNotFound
from oppspot.routing.services.publishing import Change, Sent, change_rules

Exclusions = tuple[ExclusionDocument, ...]


async def create_exclusion(
    tx: Transaction, actor: Actor, exclusion: dict[str, Any], now: datetime, *, expected_version: int | None = None
) -> ExclusionDocument:
    """Add an exclusion; it gets an id."""
    return await put_exclusion(tx, actor, str(new_id()), exclusion, now, expected_version=expected_version)


async def put_exclusion(
    tx: Transaction,
    actor: Actor,
    exclusion_id: str,
    exclusion: dict[str, Any],
    now: datetime,
    *,
    expected_version: int | None = None,
) -> ExclusionDocument:
    """Replace the exclusion of this id, or add it."""
    put = ExclusionDocument.model_validate({**exclusion, "id": exclusion_id})

    def changed(items: Exclusions) -> Exclusions:
        if all(item.id != exclusion_id for item in items):
            return (*items, put)
        return tuple(put if item.id == exclusion_id else item for item in items)

    note = f'Excluded: "{put.name}"' if put.is_active else f'Exclusion "{put.name}" turned off'
    sent = Sent("exclusions", exclusion_id)
    await change_rules(tx, actor, _of_exclusions(changed), note, now, expected_version, sent=sent)
    return put


async def replace_exclusion(
    tx: Transaction,
    actor: Actor,
    exclusion_id: str,
    exclusion: dict[str, Any],
    now: datetime,
    *,
    expected_version: int | None = None,
) -> ExclusionDocument:
    """Replace an exclusion by another of the same id; raises ExclusionNotFound."""
    put = ExclusionDocument.model_validate({**exclusion, "id": exclusion_id})
    change = _replaced(exclusion_id, lambda _: put)
    sent = Sent("exclusions", exclusion_id)
    await change_rules(tx, actor, change, f'Changed the exclusion "{put.name}"', now, expected_version, sent=sent)
    return put


async def switch_exclusion(
    tx: Transaction, actor: Actor, exclusion_id: str, now: datetime, *, on: bool, expected_version: int | None = None
) -> None:
    """Turn an exclusion on or off; raises ExclusionNotFound."""
    change = _replaced(exclusion_id, lambda item: item.model_copy(update={"is_active": on}))
    await change_rules(tx, actor, change, f"Turned an exclusion {'on' if on else 'off'}", now, expected_version)


async def delete_exclusion(
    tx: Transaction, actor: Actor, exclusion_id: str, now: datetime, *, expected_version: int | None = None
) -> None:
    """Remove an exclusion; raises ExclusionNotFound. The version before keeps it."""

    def without(items: Exclusions) -> Exclusions:
        _must_hold(items, exclusion_id)
        return tuple(item for item in items if item.id != exclusion_id)

    await change_rules(tx, actor, _of_exclusions(without), "Removed an exclusion", now, expected_version)


def _of_exclusions(change: Callable[[Exclusions], Exclusions]) -> Change:
    return lambda document: document.model_copy(update={"exclusions": change(document.exclusions)})


def _replaced(exclusion_id: str, change: Callable[[ExclusionDocument], ExclusionDocument]) -> Change:
    def replaced(items: Exclusions) -> Exclusions:
        _must_hold(items, exclusion_id)
        return tuple(change(item) if item.id == exclusion_id else item for item in items)

    return _of_exclusions(replaced)


def _must_hold(items: Exclusions, exclusion_id: str) -> None:
    if all(item.id != exclusion_id for item in items):
        raise ExclusionNotFound
