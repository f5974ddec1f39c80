"""Declares and retires an organisation's custom fields of leads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, NotFound, invalid
from oppspot.core.ids import new_id
from oppspot.leads.attributes import is_attribute_key
from oppspot.leads.models import AttributeDefinition


async def list_definitions(tx: Transaction, org_id: UUID) -> list[AttributeDefinition]:
    """Return the custom fields in use, by label."""
    rows = await tx.scalars(
        select(AttributeDefinition)
        .where(AttributeDefinition.org_id == org_id, AttributeDefinition.archived_at.is_(None))
        .order_by(AttributeDefinition.label, AttributeDefinition.id),
    )
    return list(rows)


async def declare_attribute(
    tx: Transaction,
    actor: Actor,
    key: str,
    label: str,
    kind: FieldType,
    now: datetime,
    *,
    choices: Sequence[str] = (),
    description: str = "",
) -> AttributeDefinition:
    """Declare a custom field; one retired under the same key and type comes back.

    Raises Invalid for a key or choices that cannot be, Conflict for a key in use or of another type.
    """
    _check(key, kind, choices)
    found = await tx.scalar(
        select(AttributeDefinition).where(AttributeDefinition.org_id == actor.org_id, AttributeDefinition.key == key),
    )
    if found is not None and (found.archived_at is None or found.type != kind):
        message = "is in use" if found.archived_at is None else f"was a field of type {found.type} before"
        raise Conflict(f"The key {key} {message}.", errors=[FieldProblem("key", message, "another key")])
    definition = found or AttributeDefinition(org_id=actor.org_id, id=new_id(), key=key, type=kind, created_at=now)
    definition.label, definition.description, definition.archived_at = label, description, None
    definition.choices = list(choices) if kind is FieldType.CHOICE else None
    tx.add(definition)
    await tx.flush()
    await record_audit(tx, actor, "attribute.declared", ("attribute", key), now, payload={"type": kind.value})
    return definition


def _check(key: str, kind: FieldType, choices: Sequence[str]) -> None:
    if not is_attribute_key(key):
        accepted = "at most 60 lower-case letters, digits and underscores, beginning with a letter"
        raise invalid("key", "cannot be a key", accepted)
    if kind is FieldType.CHOICE and len(set(choices)) < 2:  # noqa: PLR2004 — one choice is none
        raise invalid("choices", "are too few", "two choices or more")


async def retire_attribute(tx: Transaction, actor: Actor, key: str, now: datetime) -> None:
    """Take a custom field out of use; what leads hold stays, and rules that name it go on."""
    found = await tx.scalar(
        select(AttributeDefinition).where(
            AttributeDefinition.org_id == actor.org_id,
            AttributeDefinition.key == key,
            AttributeDefinition.archived_at.is_(None),
        ),
    )
    if found is None:
        raise NotFound("There is no such custom field.")
    found.archived_at = now
    await tx.flush()
    await record_audit(tx, actor, "attribute.retired", ("attribute", key), now)
