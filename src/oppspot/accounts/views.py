"""Saved views: a list's filter and order under a name, one's own or shared with everybody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select

from oppspot.accounts.models import SavedView as SavedViewRow
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id

_NOT_YOURS = "There is no such view of yours."


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as its list shows it; `query` is the part of the address after the question mark."""

    id: UUID
    name: str
    query: str
    is_shared: bool


async def list_views(tx: Transaction, actor: Actor, page: str) -> list[SavedView]:
    """Return the views of a list that this person sees: the shared ones and their own."""
    row = SavedViewRow
    rows = await tx.scalars(
        select(row)
        .where(row.org_id == actor.org_id, row.page == page, or_(row.user_id.is_(None), row.user_id == actor.user_id))
        .order_by(row.created_at),
    )
    return [SavedView(item.id, item.name, item.query, item.user_id is None) for item in rows]


async def save_view(
    tx: Transaction, actor: Actor, page: str, name: str, query: str, now: datetime, *, shared: bool
) -> UUID:
    """Keep a list's address under a name; returns the view's id."""
    view = SavedViewRow(
        org_id=actor.org_id,
        id=new_id(),
        user_id=None if shared else actor.user_id,
        page=page,
        name=name,
        query=query,
        created_at=now,
    )
    tx.add(view)
    await tx.flush()
    return view.id


async def delete_view(tx: Transaction, actor: Actor, view_id: UUID) -> None:
    """Forget a view: one's own, or a shared one for who may change settings; raises NotFound."""
    row = SavedViewRow
    found = await tx.execute(delete(row).where(_may_forget(actor, view_id)).returning(row.id))
    if found.first() is None:
        raise NotFound(_NOT_YOURS)


async def get_own_view(tx: Transaction, actor: Actor, view_id: UUID) -> SavedView:
    """Return a view this person may forget; raises NotFound."""
    item = await tx.scalar(select(SavedViewRow).where(_may_forget(actor, view_id)))
    if item is None:
        raise NotFound(_NOT_YOURS)
    return SavedView(item.id, item.name, item.query, item.user_id is None)


def _may_forget(actor: Actor, view_id: UUID) -> ColumnElement[bool]:
    row = SavedViewRow
    own = row.user_id == actor.user_id
    mine = or_(own, row.user_id.is_(None)) if actor.can("team.write") else own
    return and_(row.org_id == actor.org_id, row.id == view_id, mine)
