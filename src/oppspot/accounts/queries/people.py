"""People and teams as they are listed and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, column, func, literal, or_, select, table, tuple_

from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.queries.cursors import read_text_and_id
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.pagination import Page, encode_cursor


@dataclass(frozen=True, slots=True)
class Person:
    """A person with what routing knows of them; `open_leads` is counted by the database as they are assigned."""

    user: User
    profile: RepProfile | None
    team_ids: frozenset[UUID]
    open_leads: int

    @property
    def joined(self) -> bool:
        """Whether they are there: somebody invited who has not accepted yet works no leads."""
        return self.user.password_hash is not None

    @property
    def can_work(self) -> bool:
        """Whether they can be given work, or a company."""
        return self.user.can_work

    @property
    def state(self) -> str:
        """`active`, `invited` (no password chosen yet) or `deactivated`."""
        if not self.user.active:
            return "deactivated"
        return "active" if self.joined else "invited"


@dataclass(frozen=True, slots=True)
class TeamSummary:
    """A team and who is in it."""

    id: UUID
    name: str
    description: str
    created_at: datetime
    member_ids: tuple[UUID, ...]


async def get_user(tx: Transaction, user_id: UUID, *, lock: bool = False) -> User:
    """Return a person; raises NotFound."""
    statement = select(User).where(User.id == user_id)
    user = (await tx.scalars(statement.with_for_update(key_share=True) if lock else statement)).one_or_none()
    if user is None:
        raise NotFound
    return user


async def get_person(tx: Transaction, user_id: UUID) -> Person:
    """Return a person with their profile; raises NotFound."""
    found = await _people(tx, [User.id == user_id], 1)
    if not found:
        raise NotFound
    return found[0]


async def list_people(
    tx: Transaction, *, limit: int = 100, cursor: str | None = None, role: str | None = None, search: str | None = None
) -> Page[Person]:
    """Return people by name; `search` looks in names and addresses."""
    where: list[ColumnElement[bool]] = []
    if role:
        where.append(User.role == role)
    if search:
        where.append(or_(User.name.icontains(search, autoescape=True), User.email.icontains(search, autoescape=True)))
    if cursor:
        name, user_id = read_text_and_id(cursor)
        where.append(tuple_(_NAME, User.id) > tuple_(literal(name), literal(user_id)))
    found = await _people(tx, where, limit + 1)
    shown = found[:limit]
    if len(found) <= limit:
        return Page(shown, None)
    return Page(shown, encode_cursor([shown[-1].user.name.lower(), str(shown[-1].user.id)]))


_NAME = func.lower(User.name)
_LOADS = table("rep_loads", column("org_id"), column("rep_id"), column("open_count"))
_TEAMS = (
    select(func.array_agg(TeamMember.team_id))
    .where(TeamMember.org_id == User.org_id, TeamMember.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)


async def _people(tx: Transaction, where: Sequence[ColumnElement[bool]], limit: int) -> list[Person]:
    rows = await tx.execute(
        select(User, RepProfile, _TEAMS, func.coalesce(_LOADS.c.open_count, 0))
        .outerjoin(RepProfile, (RepProfile.org_id == User.org_id) & (RepProfile.user_id == User.id))
        .outerjoin(_LOADS, (_LOADS.c.org_id == User.org_id) & (_LOADS.c.rep_id == User.id))
        .where(*where)
        .order_by(_NAME, User.id)
        .limit(limit),
    )
    return [Person(user, profile, frozenset(teams or ()), count) for user, profile, teams, count in rows]


async def list_teams(tx: Transaction, *, limit: int = 200, cursor: str | None = None) -> Page[TeamSummary]:
    """Return teams by name, with who is in them."""
    where = []
    if cursor:
        name, team_id = read_text_and_id(cursor)
        where.append(tuple_(func.lower(Team.name), Team.id) > tuple_(literal(name), literal(team_id)))
    found = await _teams(tx, where, limit + 1)
    shown = found[:limit]
    if len(found) <= limit:
        return Page(shown, None)
    return Page(shown, encode_cursor([shown[-1].name.lower(), str(shown[-1].id)]))


async def get_team(tx: Transaction, team_id: UUID) -> TeamSummary:
    """Return a team; raises NotFound."""
    found = await _teams(tx, [Team.id == team_id], 1)
    if not found:
        raise NotFound
    return found[0]


async def _teams(tx: Transaction, where: Sequence[ColumnElement[bool]], limit: int) -> list[TeamSummary]:
    members = (
        select(func.array_agg(TeamMember.user_id))
        .where(TeamMember.org_id == Team.org_id, TeamMember.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )
    rows = await tx.execute(select(Team, members).where(*where).order_by(func.lower(Team.name), Team.id).limit(limit))
    return [TeamSummary(team.id, team.name, team.description, team.created_at, tuple(ids or ())) for team, ids in rows]
