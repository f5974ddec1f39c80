"""Verified API keys, remembered for a short while so that a machine's request costs no query.

A revoked key stops at once in processes that hear of it over NOTIFY, and after `KEPT` at the latest where the
listening connection was down.
"""

import asyncio
from collections import Counter, OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from oppspot.accounts.services.api_keys import TOPIC
from oppspot.core.actor import Actor
from oppspot.core.live import LiveHub

KEPT: Final = timedelta(seconds=30)
_MOST_KEYS: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Entry:
    actor: Actor
    good_until: datetime


class KeyCache:
    """Maps the hash of a whole token to its actor."""

    def __init__(self, live: LiveHub) -> None:
        self._live = live
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._news: dict[UUID, asyncio.Queue[str]] = {}
        self._heard: Counter[UUID] = Counter()
        self._subscriptions = ExitStack()

    def find(self, token: bytes, now: datetime) -> Actor | None:
        """Return the actor of a token seen lately, unless a key of its organisation was revoked since."""
        entry = self._entries.get(token)
        if entry is None:
            return None
        if self._has_news(entry.actor.org_id):
            self._forget(entry.actor.org_id)
            return None
        if now >= entry.good_until:
            del self._entries[token]
            return None
        return entry.actor

    def keep(self, token: bytes, actor: Actor, now: datetime, *, expires_at: datetime | None, heard: int) -> None:
        """Remember a verified token, never beyond its own end.

        `heard` is what `listen` returned before the key was read: a revocation in between leaves it unremembered.
        """
        if heard != self._heard[actor.org_id] or self._has_news(actor.org_id):
            return
        good_until = min(now + KEPT, expires_at) if expires_at else now + KEPT
        self._entries[token] = _Entry(actor, good_until)
        while len(self._entries) > _MOST_KEYS:
            self._entries.popitem(last=False)

    def listen(self, org_id: UUID) -> int:
        """Hear of an organisation's revocations from now on; returns how often there was news."""
        if org_id not in self._news:
            self._news[org_id] = self._subscriptions.enter_context(self._live.subscription(org_id, [TOPIC]))
        return self._heard[org_id]

    def close(self) -> None:
        """Stop listening."""
        self._subscriptions.close()

    def _has_news(self, org_id: UUID) -> bool:
        return not self._news[org_id].empty()

    def _forget(self, org_id: UUID) -> None:
        news = self._news[org_id]
        self._heard[org_id] += 1
        while not news.empty():
            news.get_nowait()
        for token in [token for token, entry in self._entries.items() if entry.actor.org_id == org_id]:
            del self._entries[token]
