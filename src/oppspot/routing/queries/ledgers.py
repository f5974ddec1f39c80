"""Reads the fairness ledgers: how everybody stands, what they were given, what was calibrated."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text

from oppspot.calendars.queries import OrgCalendars, load_calendars
from oppspot.core.config_versions import find_live_configs
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import ROUTING, compile_routing
from oppspot.corridor.routing import month_start
from oppspot.routing.ledger_standings import Given, PoolId, PoolStanding, read_address, read_key, stand
from oppspot.routing.models import LedgerCalibration
from oppspot.routing.people import Rep
from oppspot.routing.queries.inputs import EVER, list_reps, load_ledgers
from oppspot.routing.rules import pool_keys
from oppspot.routing.types import FairnessLedger, RoutingConfig, Target, TargetKind

WINDOW: Final = timedelta(days=30)
"""Over so long the ledger pages count what was given."""


@dataclass(frozen=True, slots=True)
class Books:
    """All ledgers of an organisation as they are now."""

    config: RoutingConfig
    reps: Sequence[Rep]
    calendars: OrgCalendars
    pools: tuple[PoolStanding, ...]
    team_names: Mapping[UUID, str]
    ledgers: Mapping[str, FairnessLedger]

    def stand_with(self, reps: Sequence[Rep], pool: PoolId, now: datetime) -> PoolStanding:
        """Return how a pool would stand if these were the reps."""
        return stand(pool, self.config, reps, self.ledgers.get(pool.key), _target_of(pool, self.team_names), now)


async def open_books(tx: Transaction, org_id: UUID, now: datetime, only: PoolId | None = None) -> Books:
    """Return every pool that rules send leads to, or that has a ledger from before; `only` one, whether or not."""
    live = (await find_live_configs(tx, org_id)).get(ROUTING)
    config = await compile_routing(tx, org_id, live.document if live else None, live.hash if live else "")
    calendars = await load_calendars(tx, org_id, now)
    reps = await list_reps(tx, org_id, config, calendars, now)
    teams = await _team_names(tx, org_id)
    ids = [only] if only else await _pools(tx, org_id, config)
    zone = calendars.of_organisation.zone
    since = month_start(now, zone) if config.policies.fairness.window == "month" else EVER
    ledgers = await load_ledgers(tx, org_id, [pool.key for pool in ids], since)
    pools = (
        stand(pool, config, reps, ledgers.get(pool.key), _target_of(pool, teams), now)
        for pool in ids
        if pool.team_id in teams
    )
    in_order = sorted(pools, key=lambda pool: (not pool.in_use, pool.name, pool.id.address))
    return Books(config, reps, calendars, tuple(in_order), teams, ledgers)


async def get_pool(tx: Transaction, org_id: UUID, address: str, now: datetime) -> tuple[Books, PoolStanding]:
    """Return one pool by its address, and the books it stands in; raises NotFound."""
    pool = read_address(address)
    books = await open_books(tx, org_id, now, pool) if pool else None
    if books is None or not books.pools or not _exists(books, pool):
        raise NotFound("There is no such pool.")
    return books, books.pools[0]


def _target_of(pool: PoolId, teams: Mapping[UUID, str]) -> Target:
    return Target(TargetKind.TEAM, pool.team_id, teams[pool.team_id])


def _exists(books: Books, pool: PoolId | None) -> bool:
    """Say whether a pool is a team, or a rule that there is."""
    return pool is not None and (pool.rule_id is None or any(rule.id == pool.rule_id for rule in books.config.rules))


_TEAMS = text("SELECT id, name FROM teams WHERE org_id = :org_id")
_STORED = text("SELECT DISTINCT pool FROM fairness_credits WHERE org_id = :org_id AND pool LIKE 'team:%'")


async def _team_names(tx: Transaction, org_id: UUID) -> dict[UUID, str]:
    return {row.id: row.name for row in await tx.execute(_TEAMS, {"org_id": org_id})}


async def _pools(tx: Transaction, org_id: UUID, config: RoutingConfig) -> list[PoolId]:
    stored = (await tx.execute(_STORED, {"org_id": org_id})).scalars()
    return [read_key(key) for key in sorted({*pool_keys(config), *stored})]


_GIVEN = text(
    """
    SELECT pool, rep_id, count(*) AS leads, sum(value) AS value FROM assignments
    WHERE org_id = :org_id AND assigned_at >= :since
    GROUP BY pool, rep_id
    """,
)


async def count_given(tx: Transaction, org_id: UUID, now: datetime) -> dict[str | None, dict[UUID, Given]]:
    """Return what everybody was given in the window, by the ledger it went through (None: outside turns)."""
    found: dict[str | None, dict[UUID, Given]] = defaultdict(dict)
    for row in await tx.execute(_GIVEN, {"org_id": org_id, "since": now - WINDOW}):
        found[row.pool][row.rep_id] = Given(row.leads, row.value)
    return found


def given_in_all(by_pool: dict[str | None, dict[UUID, Given]]) -> dict[UUID, Given]:
    """Return what everybody was given, whichever way it came."""
    totals: dict[UUID, Given] = {}
    for given in by_pool.values():
        for rep_id, each in given.items():
            before = totals.get(rep_id, Given())
            known = [value for value in (before.value, each.value) if value is not None]
            totals[rep_id] = Given(before.leads + each.leads, sum(known, Decimal(0)) if known else None)
    return totals


async def list_calibrations(tx: Transaction, org_id: UUID, key: str, limit: int = 50) -> list[LedgerCalibration]:
    """Return the newest calibrations of a pool."""
    rows = await tx.scalars(
        select(LedgerCalibration)
        .where(LedgerCalibration.org_id == org_id, LedgerCalibration.pool == key)
        .order_by(LedgerCalibration.at.desc(), LedgerCalibration.id.desc())
        .limit(limit),
    )
    return list(rows)


_MEANWHILE = text(
    "SELECT count(*) FROM assignments WHERE org_id = :org_id AND pool = :pool "
    "AND assigned_at >= :start AND assigned_at < :end",
)


async def count_meanwhile(tx: Transaction, org_id: UUID, key: str, start: datetime, end: datetime) -> int:
    """Return how many leads a pool was given between two moments."""
    bounds = {"org_id": org_id, "pool": key, "start": start, "end": end}
    return int((await tx.execute(_MEANWHILE, bounds)).scalar_one())


_PAUSES = text(
    "SELECT user_id, paused_until FROM rep_profiles "
    "WHERE org_id = :org_id AND NOT available AND paused_until IS NOT NULL",
)


async def list_pause_ends(tx: Transaction, org_id: UUID) -> dict[UUID, datetime]:
    """Return when the pauses end that end by themselves, by rep."""
    return {row.user_id: row.paused_until for row in await tx.execute(_PAUSES, {"org_id": org_id})}


_LAST_AWAY = text(
    """
    SELECT starts_at, least(ends_at, :now) AS ends_at FROM absences
    WHERE org_id = :org_id AND rep_id = :rep_id AND starts_at < :now AND ends_at > :since
    ORDER BY ends_at DESC, starts_at LIMIT 1
    """,
)


async def find_last_absence(
    tx: Transaction, org_id: UUID, rep_id: UUID, now: datetime
) -> tuple[datetime, datetime] | None:
    """Return when somebody was away last, in the last half year; None for never."""
    asked: dict[str, Any] = {"org_id": org_id, "rep_id": rep_id, "now": now, "since": now - timedelta(days=183)}
    row = (await tx.execute(_LAST_AWAY, asked)).one_or_none()
    return (row.starts_at, row.ends_at) if row else None
