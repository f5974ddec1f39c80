"""Teams and who is in them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from oppspot.accounts.errors import NameTaken
from oppspot.accounts.models import Organisation, Team, TeamMember, User
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound, invalid
from oppspot.core.ids import new_id
from oppspot.core.jobs import enqueue
from oppspot.corridor.errands import retry_unrouted


async def create_team(tx: Transaction, actor: Actor, name: str, now: datetime, *, description: str = "") -> UUID:
    """Found an empty team; raises NameTaken."""
    await _require_free(tx, name, None)
    team = Team(org_id=actor.org_id, id=new_id(), name=name, description=description, created_at=now)
    tx.add(team)
    await tx.flush()
    await record_audit(tx, actor, "team.created", ("team", team.id), now, payload={"name": name})
    return team.id


async def update_team(
    tx: Transaction, actor: Actor, team_id: UUID, name: str, description: str, *, now: datetime
) -> None:
    """Change a team's name and description; raises NameTaken."""
    team = await _get_locked(tx, team_id)
    await _require_free(tx, name, team_id)
    if (team.name, team.description) == (name, description):
        return
    payload = {"from": team.name, "to": name}
    team.name, team.description = name, description
    await record_audit(tx, actor, "team.updated", ("team", team_id), now, payload=payload)


async def delete_team(tx: Transaction, actor: Actor, team_id: UUID, now: datetime) -> None:
    """Dissolve a team. Its people and their leads stay; a routing rule that names it finds nobody and says so."""
    team = await _get_locked(tx, team_id)
    payload = {"name": team.name}
    await tx.delete(team)
    await tx.flush()
    # Its hours go with it.
    await enqueue(tx, [retry_unrouted(actor.org_id)])
    await record_audit(tx, actor, "team.deleted", ("team", team_id), now, payload=payload)


async def set_team_members(
    tx: Transaction, actor: Actor, team_id: UUID, user_ids: Collection[UUID], now: datetime
) -> None:
    """Make exactly these people the team; raises Invalid when one of them is not in the organisation."""
    await _get_locked(tx, team_id)
    wanted = frozenset(user_ids)
    known = frozenset((await tx.scalars(select(User.id).where(User.id.in_(wanted)))).all())
    if missing := wanted - known:
        raise invalid("user_ids", f"{min(missing)} is nobody here", "identifiers of people of this organisation")
    current = frozenset((await tx.scalars(select(TeamMember.user_id).where(TeamMember.team_id == team_id))).all())
    joined, left = sorted(wanted - current), sorted(current - wanted)
    if not joined and not left:
        return
    gone = delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.user_id.in_(left))
    await tx.execute(gone)
    await insert_rows(tx, TeamMember, [{"org_id": actor.org_id, "team_id": team_id, "user_id": one} for one in joined])
    # Who leaves, too: they may have had the team's hours, and work at others now.
    await enqueue(tx, [retry_unrouted(actor.org_id)])
    payload = {"joined": [str(one) for one in joined], "left": [str(one) for one in left]}
    await record_audit(tx, actor, "team.members_changed", ("team", team_id), now, payload=payload)


async def _get_locked(tx: Transaction, team_id: UUID) -> Team:
    team = (await tx.scalars(select(Team).where(Team.id == team_id).with_for_update(key_share=True))).one_or_none()
    if team is None:
        raise NotFound
    return team


async def _require_free(tx: Transaction, name: str, own: UUID | None) -> None:
    """Refuse a name that is taken; the lock lets one name change at a time look, so that two cannot take one name."""
    await tx.execute(select(Organisation.id).with_for_update(key_share=True))
    taken = select(Team.id).where(func.lower(Team.name) == name.lower())
    if own is not None:
        taken = taken.where(Team.id != own)
    if (await tx.scalars(taken)).first() is not None:
        raise NameTaken(f"There is already a team called {name}.")
