"""Decides how a proposal stands to what is known, and which claim accepting or undoing it makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.evidence import agree, current_values
from oppspot.qualification.types import Claim, ClaimValue, CurrentValue, Evidence
from oppspot.qualification.values import MAX_ITEMS, ItemsKind, TextsKind

Relation = Literal["new", "same", "adds", "updates", "contradicts"]
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a proposal relates to what counts now. `known` is None when nothing is known."""

    relation: Relation
    known: ClaimValue
    source: str | None = None
    observed_at: datetime | None = None


def standing(key: str, value: ClaimValue, current: CurrentValue | None) -> Standing:
    """Say whether a value is new, known already, more of a list, newer than an expired one, or against a fresh one."""
    if current is None:
        return Standing("new", None)
    said = current.statement
    relation = _relation(key, value, current)
    return Standing(relation, said.value, said.claim.source, said.claim.observed_at)


def _relation(key: str, value: ClaimValue, current: CurrentValue) -> Relation:
    known = current.statement.value
    if _is_list(key):
        return "same" if merged(key, known, value) == known else "adds"
    if agree(CLAIM_KEYS[key], known, value):
        return "same"
    return "contradicts" if current.is_fresh else "updates"


def _is_list(key: str) -> bool:
    return isinstance(CLAIM_KEYS[key].kind, (ItemsKind, TextsKind))


def merged(key: str, known: ClaimValue, value: ClaimValue) -> ClaimValue:
    """Return a list with what is known first and then what is new; entries of one identity become one.

    A name given in part (Ana) is taken for the only known one that it is part of (Ana Souza).
    """
    kind = CLAIM_KEYS[key].kind
    if isinstance(kind, TextsKind):
        return kind.normalise([*(known or ()), *value])
    if not isinstance(kind, ItemsKind):
        return value
    items = {str(item[kind.identity]).casefold(): dict(item) for item in known or ()}
    for item in value:
        name = _known_as(str(item[kind.identity]), items) if kind.identity == "name" else None
        identity = name or str(item[kind.identity]).casefold()
        called = {kind.identity: items[identity][kind.identity]} if identity in items else {}
        items[identity] = items.get(identity, {}) | dict(item) | called
    return list(items.values())[:MAX_ITEMS]


def _known_as(name: str, items: Mapping[str, Any]) -> str | None:
    words = set(name.casefold().split())
    found = [known for known in items if words <= set(known.split())]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposal that was accepted, with the value it was accepted with."""

    key: str
    value: ClaimValue
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where claims of a document come from, and when its words were said."""

    document_id: UUID
    said_at: datetime
    is_model: bool
    author: str


def claim_for(accepted: Accepted, source: Source, claims: Sequence[Claim], claim_id: UUID, now: datetime) -> Claim:
    """Return the claim an accepted proposal makes.

    It is as old as the words. A list is restated with what it adds, so it is never older than what it restates; what is
    said of a key that was withdrawn since is said after the withdrawal, and expires when the words would have.
    """
    about = [claim for claim in claims if claim.key == accepted.key]
    observed_at, value, expires_at = source.said_at, accepted.value, None
    if _is_list(accepted.key):
        known = current_values(claims, now).get(accepted.key)
        value = merged(accepted.key, known.statement.value if known else None, value)
        observed_at = _after(about, observed_at)
    elif (after := _after([claim for claim in about if claim.value is None], observed_at)) > observed_at:
        observed_at, expires_at = after, _expiry(accepted.key, observed_at)
    return Claim(
        id=claim_id,
        key=accepted.key,
        value=value,
        source="model" if source.is_model else "text",
        grade="asserted",
        observed_at=min(observed_at, now),
        expires_at=expires_at,
        evidence=Evidence(
            kind="quote",
            text=accepted.quote,
            document=str(source.document_id),
            start=accepted.start,
            end=accepted.end,
        ),
        author=source.author,
    )


def _after(claims: Sequence[Claim], moment: datetime) -> datetime:
    """Return the moment, or a later one that comes after all claims."""
    return max([moment, *(claim.observed_at + _MOMENT for claim in claims)])


def _expiry(key: str, observed_at: datetime) -> datetime | None:
    days = CLAIM_KEYS[key].freshness_days
    return observed_at + timedelta(days=days) if days else None


@dataclass(frozen=True, slots=True)
class Undoing:
    """The claims that take others of one key back; `restated` are those that still stand, by what they were before."""

    withdrawal: Claim
    restated: Mapping[UUID, Claim]


def undo(undone: Sequence[Claim], claims: Sequence[Claim], new_id: Callable[[], UUID], now: datetime) -> Undoing:
    """Take accepted claims of one key back: the key is withdrawn, and what else stood is said again.

    Nothing is rewritten. What is said again expires when it would have.
    """
    key, ids = undone[0].key, {claim.id for claim in undone}
    others = [each for each in _standing(claims, key) if each.id not in ids]
    first = now - len(others) * _MOMENT  # the last of them is said now, none later
    withdrawal = Claim(
        id=new_id(), key=key, value=None, source=undone[0].source, observed_at=first, author=undone[0].author
    )
    gone = [(claim, _added(claim, others)) for claim in undone]
    return Undoing(
        withdrawal,
        {each.id: _restated(each, gone, new_id(), first + place * _MOMENT) for place, each in enumerate(others, 1)},
    )


def _added(claim: Claim, others: Sequence[Claim]) -> ClaimValue:
    """Return the entries of a list that were not known before this claim."""
    if not _is_list(claim.key):
        return None
    earlier = [each for each in others if (each.observed_at, each.id) < (claim.observed_at, claim.id)]
    known = {_identity(claim.key, item) for each in earlier for item in each.value}
    return [item for item in claim.value if _identity(claim.key, item) not in known]


def _identity(key: str, item: Any) -> str:
    kind = CLAIM_KEYS[key].kind
    return str(item[kind.identity] if isinstance(kind, ItemsKind) else item).casefold()


def _standing(claims: Sequence[Claim], key: str) -> list[Claim]:
    """Return what is claimed about a key since it was last withdrawn, the oldest first."""
    about = sorted((each for each in claims if each.key == key), key=lambda each: (each.observed_at, each.id))
    last = max((place for place, each in enumerate(about) if each.value is None), default=-1)
    return about[last + 1 :]


def _restated(each: Claim, gone: Sequence[tuple[Claim, ClaimValue]], claim_id: UUID, observed_at: datetime) -> Claim:
    # Lists that came later took the entries over; whoever said them again by himself says them once more.
    taken_over = {
        _identity(each.key, item)
        for undone, added in gone
        if added and (each.observed_at, each.id) > (undone.observed_at, undone.id)
        for item in added
    }
    value = each.value
    if taken_over:
        value = [item for item in value if _identity(each.key, item) not in taken_over] or value
    expires_at = each.expires_at or _expiry(each.key, each.observed_at)
    return replace(each, id=claim_id, value=value, observed_at=observed_at, expires_at=expires_at)
