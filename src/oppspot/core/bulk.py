"""Set-based writes: many rows of one table in one statement, whatever their number."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Column, Dialect, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from oppspot.core import json
from oppspot.core.db import Base, Transaction

_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _type_of(column: Column[Any]) -> str:
    return column.type.compile(dialect=_DIALECT)


def _recordset(table: Table, columns: Sequence[str]) -> str:
    shape = ", ".join(f'"{name}" {_type_of(table.c[name])}' for name in columns)
    # One JSON parameter instead of one array per column: fewer conversions in Python,
    # and the statement's text stays the same for every batch, so it stays prepared.
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({shape})"


@lru_cache(maxsize=256)
def _insert(table: Table, columns: tuple[str, ...], suffix: str) -> TextClause:
    names = ", ".join(f'"{name}"' for name in columns)
    source = ", ".join(f'r."{name}"' for name in columns)
    return text(
        f'INSERT INTO "{table.name}" ({names}) SELECT {source} FROM {_recordset(table, columns)} {suffix}',  # noqa: S608
    )


@lru_cache(maxsize=256)
def _update(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> TextClause:
    changes = ", ".join(f'"{name}" = r."{name}"' for name in columns)
    match = " AND ".join(f't."{name}" = r."{name}"' for name in key)
    return text(
        f'UPDATE "{table.name}" AS t SET {changes} FROM {_recordset(table, (*key, *columns))} WHERE {match}',  # noqa: S608
    )


async def insert_rows(
    tx: Transaction,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    suffix: str = "",
) -> Sequence[Any]:
    """Insert rows (all with the same keys) in one statement.

    `suffix` is a fixed clause of ours such as `ON CONFLICT DO NOTHING` or `RETURNING id`;
    the returned rows, if any, are given back.
    """
    if not rows:
        return []
    statement = _insert(_table(model), tuple(rows[0]), suffix)
    result = await tx.execute(statement, {"rows": json.dumps(rows)})
    return result.all() if result.returns_rows else []  # type: ignore[attr-defined]


async def update_rows(
    tx: Transaction,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    key: tuple[str, ...] = ("org_id", "id"),
) -> None:
    """Update rows (all with the same keys) by their key in one statement."""
    if not rows:
        return
    columns = tuple(name for name in rows[0] if name not in key)
    await tx.execute(_update(_table(model), key, columns), {"rows": json.dumps(rows)})


def uuid_array(ids: Sequence[UUID]) -> list[str]:
    """Return identifiers in the form that `= ANY(CAST(:ids AS uuid[]))` takes."""
    return [str(item) for item in ids]


@asynccontextmanager
async def pipelined(tx: Transaction) -> AsyncIterator[None]:
    """Send the block's statements without waiting for the answer to each; none of them may be asked for rows.

    An error of any of them is raised at the end of the block at the latest, as SQLAlchemy would raise it.
    """
    connection = await (await tx.connection()).get_raw_connection()
    driver = cast("psycopg.AsyncConnection[Any]", connection.driver_connection)
    try:
        async with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance(None, None, error, psycopg.Error) from error
