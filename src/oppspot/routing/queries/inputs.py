"""Reads what routing decides on: people as they are now, what limits have seen, and the fairness ledger."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.accounts.permissions import Role
from oppspot.accounts.ramp import ramp_factor
from oppspot.calendars.queries import OrgCalendars
from oppspot.core.db import Transaction
from oppspot.routing.capacity import window_start
from oppspot.routing.people import Outcomes, Rep
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import FairnessLedger, RoutingConfig, Unasked

# Everybody who is, or was, somebody's rep: the closed accounts too, so that their credit is settled.
_REPS = text(
    """
    SELECT u.id, u.name, u.can_work, u.password_hash IS NOT NULL AS joined, p.weight, p.ramp_from, p.max_open,
           p.available, p.seniority, p.skills, p.territories, p.limits, p.time_zone,
           coalesce(l.open_units, 0) AS open_units,
           (SELECT array_agg(m.team_id) FROM team_members AS m WHERE m.org_id = u.org_id AND m.user_id = u.id) AS teams
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    WHERE p.org_id = :org_id
    ORDER BY u.id
    """,
)


async def list_reps(
    tx: Transaction, org_id: UUID, config: RoutingConfig, calendars: OrgCalendars, now: datetime
) -> list[Rep]:
    """Return every rep with their teams, limits, open leads and hours, in the order of their ids.

    What only some configurations ask about (values, outcomes) is read only for those.
    """
    rows = (await tx.execute(_REPS, {"org_id": org_id})).all()
    limits = {row.id: tuple(map(limit_of, row.limits)) for row in rows}
    used = await count_used(tx, org_id, {row.id: (limits[row.id], row.time_zone) for row in rows}, now)
    balances = config.policies.fairness.algorithm == "value_balanced"
    values = await _sum_values(tx, org_id, now) if balances else {}
    outcomes = await _load_outcomes(tx, org_id) if config.asks_for_outcomes else {}
    return [
        Rep(
            id=row.id,
            name=row.name,
            team_ids=frozenset(row.teams or ()),
            weight=row.weight,
            ramp=ramp_factor(row.ramp_from, now.astimezone(ZoneInfo(row.time_zone)).date()),
            max_open=row.max_open,
            open_count=row.open_units,
            available=row.available,
            active=row.can_work,
            joined=row.joined,
            seniority=row.seniority,
            skills=row.skills,
            territories=frozenset(row.territories),
            limits=limits[row.id],
            used=tuple(used.get((row.id, place), 0) for place in range(len(limits[row.id]))),
            value=values.get(row.id, Decimal(0)),
            outcomes=outcomes.get(row.id, {}),
            calendar=calendars.of_rep(row.id),
            cover_id=calendars.cover_of(row.id, now),
        )
        for row in rows
    ]


def limit_of(document: Mapping[str, Any]) -> PeriodLimit:
    """Return a stored limit as a value."""
    return PeriodLimit(document["leads"], Period(document["per"]), Window(document["window"]))


_USED = text(
    """
    SELECT since.rep_id, since.place, count(a.id)
    FROM unnest(CAST(:rep_ids AS uuid[]), CAST(:places AS int[]), CAST(:starts AS timestamptz[]))
         AS since (rep_id, place, start)
    JOIN assignments AS a ON a.org_id = :org_id AND a.rep_id = since.rep_id AND a.assigned_at >= since.start
    GROUP BY since.rep_id, since.place
    """,
)


async def count_used(
    tx: Transaction, org_id: UUID, limits: Mapping[UUID, tuple[tuple[PeriodLimit, ...], str]], now: datetime
) -> dict[tuple[UUID, int], int]:
    """Return how many leads each limit has seen, by rep and the limit's place among theirs."""
    asked = [
        (rep_id, place, window_start(limit, now, zone))
        for rep_id, (theirs, zone) in limits.items()
        for place, limit in enumerate(theirs)
    ]
    if not asked:
        return {}
    rep_ids, places, starts = zip(*asked, strict=True)
    parameters = {
        "org_id": org_id,
        "rep_ids": list(map(str, rep_ids)),
        "places": list(places),
        "starts": list(starts),
    }
    return {(row[0], row[1]): row[2] for row in await tx.execute(_USED, parameters)}


_NO_REPS: Final = text(
    "SELECT id, name, active, role FROM users WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[]))",
)


async def find_unasked(tx: Transaction, org_id: UUID, ids: Collection[UUID]) -> dict[UUID, Unasked]:
    """Return what people who are no reps are called, and why no lead can be given to them."""
    if not ids:
        return {}
    rows = await tx.execute(_NO_REPS, {"org_id": org_id, "ids": sorted(map(str, ids))})
    return {row.id: Unasked(row.name, _why_no_rep(active=row.active, role=row.role)) for row in rows}


def _why_no_rep(*, active: bool, role: str) -> FailedTest:
    if not active:
        return FailedTest.NO_LONGER_HERE
    return FailedTest.VIEWER if role == Role.VIEWER else FailedTest.NO_WORKING_PROFILE


# Over so long the value that people were given is kept even.
VALUE_WINDOW: Final = timedelta(days=30)
_VALUES = text(
    "SELECT rep_id, sum(value) FROM assignments WHERE org_id = :org_id AND assigned_at >= :since AND value > 0 "
    "GROUP BY rep_id",
)


async def _sum_values(tx: Transaction, org_id: UUID, now: datetime) -> dict[UUID, Decimal]:
    rows = await tx.execute(_VALUES, {"org_id": org_id, "since": now - VALUE_WINDOW})
    return {row[0]: row[1] for row in rows}


_OUTCOMES = text("SELECT rep_id, priority, trials, wins, value FROM rep_outcomes WHERE org_id = :org_id")


async def _load_outcomes(tx: Transaction, org_id: UUID) -> dict[UUID, dict[str, Outcomes]]:
    found: dict[UUID, dict[str, Outcomes]] = defaultdict(dict)
    for row in await tx.execute(_OUTCOMES, {"org_id": org_id}):
        found[row.rep_id][row.priority] = Outcomes(row.trials, row.wins, row.value)
    return found


_LEDGERS = text(
    "SELECT pool, rep_id, credit, ahead FROM fairness_credits "
    "WHERE org_id = :org_id AND pool = ANY(CAST(:pools AS text[])) AND updated_at >= :since",
)
EVER: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


async def load_ledgers(
    tx: Transaction, org_id: UUID, pools: Sequence[str], since: datetime = EVER
) -> dict[str, FairnessLedger]:
    """Return the carried credits of pools, by pool; a pool never used is absent.

    What was not touched `since` then counts as even: so a ledger starts anew with a month.
    """
    owed: dict[str, dict[UUID, int]] = defaultdict(dict)
    ahead: dict[str, dict[UUID, int]] = defaultdict(dict)
    if pools:
        for row in await tx.execute(_LEDGERS, {"org_id": org_id, "pools": list(pools), "since": since}):
            owed[row.pool][row.rep_id] = row.credit
            ahead[row.pool][row.rep_id] = row.ahead
    return {pool: FairnessLedger(pool, amounts, ahead[pool]) for pool, amounts in owed.items()}


_NAMES = text(
    "SELECT id::text AS id, name FROM teams WHERE org_id = :org_id "
    "UNION ALL SELECT id::text, name FROM users WHERE org_id = :org_id",
)


async def target_names(tx: Transaction, org_id: UUID) -> dict[str, str]:
    """Return the names of teams and people by id as text, for sentences."""
    return {row.id: row.name for row in await tx.execute(_NAMES, {"org_id": org_id})}
