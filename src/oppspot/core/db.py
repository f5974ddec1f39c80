"""The database: models' base, connections as the restricted role, transactions inside one organisation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, MetaData, Numeric, Text, Uuid, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from oppspot.core import json
from oppspot.core.ids import new_id

# The role the application runs as: it owns no table, so row-level security binds it.
APP_ROLE: Final = "oppspot_app"
# The role job workers use to fetch jobs; it sees the job tables and nothing else.
JOBS_ROLE: Final = "oppspot_jobs"

Transaction = AsyncSession


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy's own declaration
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        str: Text(),
        Decimal: Numeric(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class OwnedByOrganisation:
    """A row of one organisation; row-level security hides it from every other."""

    @declared_attr
    def org_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True, sort_order=-2)


class Tenant(OwnedByOrganisation):
    """An organisation's row with an identifier of its own: primary key (org_id, id)."""

    @declared_attr
    def id(self) -> Mapped[UUID]:
        return mapped_column(primary_key=True, default=new_id, sort_order=-1)


class AppendOnly:
    """A fact kept for ever: primary key (org_id, id), hash-partitioned by organisation.

    No foreign key to the organisation: rows hang on a lead, which already has one, and
    an append-only insert should not pay for two checks.
    """

    org_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


PARTITIONED: Final = {"postgresql_partition_by": "HASH (org_id)"}
PARTITIONS: Final = 8


class Database:
    """Connections to PostgreSQL as the restricted role."""

    def __init__(self, dsn: str, *, pool_size: int = 20) -> None:
        self.dsn = dsn
        self.engine: AsyncEngine = create_async_engine(
            make_url(dsn).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=False,
            json_serializer=json.dumps,
            json_deserializer=json.loads,
            # Set in the start-up packet, so that RESET ROLE and a rolled-back
            # transaction both come back to the restricted role.
            connect_args={"options": f"-c role={APP_ROLE} -c timezone=UTC"},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(self, org_id: UUID) -> AsyncIterator[Transaction]:
        """Run one transaction inside one organisation; commit at the end, roll back on any error."""
        async with self._sessions.begin() as tx:
            await tx.execute(_ENTER, {"org_id": str(org_id)})
            yield tx

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[Transaction]:
        """Run a transaction inside no organisation: sees no tenant row, may only open the numbered doors."""
        async with self._sessions.begin() as tx:
            yield tx

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


_ENTER = text("SELECT set_config('oppspot.org_id', :org_id, true)")
