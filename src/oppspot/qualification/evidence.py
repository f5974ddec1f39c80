"""Decides which statement counts for a claim key, whether it is fresh, how far to trust it, and who disagrees.

Of the statements not withdrawn, a fresh one beats an expired one, then the better grade, then the more recent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from oppspot.qualification.claims import CLAIM_KEYS, ClaimKey
from oppspot.qualification.implications import IMPLICATIONS
from oppspot.qualification.types import GRADE_RANK, Claim, ClaimValue, CurrentValue, Statement
from oppspot.qualification.values import ItemsKind, NumberKind, TextsKind

DEFAULT_TRUST: Final[Mapping[str, float]] = {"asserted": 0.6, "corroborated": 0.8, "verified": 1.0}


# A key that follows, how, and how long what follows holds.
Implied: TypeAlias = tuple[str, Callable[[ClaimValue], ClaimValue], timedelta | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which keys are read, and how long and how far their claims are relied on."""

    keys: Mapping[str, ClaimKey]
    lifetimes: Mapping[str, timedelta | None]
    trust: Mapping[str, float]
    # Every claim key that says something about a key read, with what it implies about others.
    relevant: Mapping[str, tuple[Implied, ...]]


def reading_of(
    read: Iterable[str],
    keys: Mapping[str, ClaimKey] = CLAIM_KEYS,
    freshness_days: Mapping[str, int | None] | None = None,
    trust: Mapping[str, float] = DEFAULT_TRUST,
) -> Reading:
    """Return how to read some keys: freshness as given, else as the registry says."""
    wanted = frozenset(read)
    days = {name: key.freshness_days for name, key in keys.items()} | dict(freshness_days or {})
    lifetimes = {name: None if count is None else timedelta(days=count) for name, count in days.items()}
    implied = {
        name: tuple(
            (other, follow, _shorter(lifetimes[name], lifetimes[other]))
            for other, follow in implications
            if other in wanted
        )
        for name, implications in IMPLICATIONS.items()
    }
    return Reading(
        keys=keys,
        lifetimes=lifetimes,
        trust=trust,
        relevant=dict.fromkeys(wanted, ()) | {name: some for name, some in implied.items() if some or name in wanted},
    )


def _shorter(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min(one, other) if one and other else one or other


_EVERYTHING: Final = reading_of(CLAIM_KEYS)


def current_values(claims: Iterable[Claim], now: datetime, reading: Reading = _EVERYTHING) -> dict[str, CurrentValue]:
    """Return what counts at `now` for each key that anything is said about; claims observed later are not yet known."""
    return {
        key: weigh(key, statements, now, reading) for key, statements in statements_by_key(claims, now, reading).items()
    }


def statements_by_key(claims: Iterable[Claim], now: datetime, reading: Reading) -> dict[str, list[Statement]]:
    """Return what is said about each key, withdrawn statements left out, implied ones put in."""
    relevant, lifetimes = reading.relevant, reading.lifetimes
    heard = [claim for claim in claims if claim.key in relevant and claim.observed_at <= now]
    statements: dict[str, list[Statement]] = {}
    for claim in _standing(heard):
        key, value = claim.key, claim.value
        expires_at = claim.expires_at
        if expires_at is None and (lifetime := lifetimes[key]):
            expires_at = claim.observed_at + lifetime
        statements.setdefault(key, []).append(Statement(key, value, claim, expires_at))
        for implied_key, follow, lifetime in relevant[key]:
            if (implied := follow(value)) is not None:
                until = claim.expires_at or (claim.observed_at + lifetime if lifetime else None)
                statements.setdefault(implied_key, []).append(Statement(implied_key, implied, claim, until))
    return statements


def _standing(claims: Sequence[Claim]) -> Sequence[Claim]:
    """Leave out withdrawals and everything said of their keys before them."""
    withdrawals = [claim for claim in claims if claim.value is None]
    if not withdrawals:
        return claims
    last: dict[str, tuple[datetime, UUID]] = {}
    for claim in withdrawals:
        moment = claim.observed_at, claim.id
        last[claim.key] = max(moment, last.get(claim.key, moment))
    return [claim for claim in claims if claim.key not in last or (claim.observed_at, claim.id) > last[claim.key]]


def weigh(key: str, statements: Sequence[Statement], now: datetime, reading: Reading) -> CurrentValue:
    """Return which of the statements about one key counts."""
    if len(statements) == 1:
        only = statements[0]
        return CurrentValue(only, _is_fresh(only, now), _trust(only, now, reading), ())
    current = max(statements, key=lambda statement: _precedence(statement, now))
    trust = max(_trust(statement, now, reading) for statement in statements)
    return CurrentValue(current, _is_fresh(current, now), trust, _disputes(reading.keys[key], current, statements, now))


def _precedence(statement: Statement, now: datetime) -> tuple[bool, int, datetime, bool, UUID]:
    claim = statement.claim
    return _is_fresh(statement, now), GRADE_RANK[claim.grade], claim.observed_at, not statement.is_implied, claim.id


def _is_fresh(statement: Statement, now: datetime) -> bool:
    return statement.expires_at is None or now < statement.expires_at


def _trust(statement: Statement, now: datetime, reading: Reading) -> float:
    """Return grade times confidence, whole until half of its life, fading to a half at its end, then none."""
    claim = statement.claim
    trust = reading.trust[claim.grade] * claim.confidence
    if statement.expires_at is None:
        return trust
    if now >= statement.expires_at:
        return 0.0
    # Whole days: an assessment does not change between morning and noon.
    age, life = (now - claim.observed_at).days, (statement.expires_at - claim.observed_at).days
    return trust if 2 * age <= life else trust * (1.5 - age / life)


def _disputes(
    key: ClaimKey, current: Statement, statements: Sequence[Statement], now: datetime
) -> tuple[Statement, ...]:
    """Return the latest fresh statement of each source that disagrees and that nothing has superseded.

    A newer word of the same source is an update, no dispute.
    """
    if isinstance(key.kind, (ItemsKind, TextsKind)):
        return ()  # a longer list is not a contradiction
    fresh = [statement for statement in statements if _is_fresh(statement, now)]
    latest: dict[str, datetime] = {}
    for statement in fresh:
        claim = statement.claim
        latest[claim.source] = max(claim.observed_at, latest.get(claim.source, claim.observed_at))
    disputing = [
        statement
        for statement in fresh
        if statement.claim.observed_at == latest[statement.claim.source]
        and not agree(key, current.value, statement.value)
        and not _is_superseded(statement.claim, current.claim)
    ]
    return tuple(sorted(disputing, key=lambda statement: (statement.claim.observed_at, statement.claim.id)))


def _is_superseded(claim: Claim, current: Claim) -> bool:
    return GRADE_RANK[claim.grade] < GRADE_RANK[current.grade] and claim.observed_at <= current.observed_at


def agree(key: ClaimKey, left: ClaimValue, right: ClaimValue) -> bool:
    """Tell whether two values of a key say the same, numbers within the key's tolerance."""
    if isinstance(key.kind, NumberKind):
        return bool(abs(left - right) <= key.tolerance * max(abs(left), abs(right)))
    return bool(left == right)
