"""Who is asking, and may they: the dependencies every endpoint names. Other organisations' things are not here: RLS."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy import update
from starlette.requests import HTTPConnection

from oppspot.accounts import rules
from oppspot.accounts.entering import entered_by_api_key, entered_by_session
from oppspot.accounts.errors import InvalidApiKey
from oppspot.accounts.key_cache import KeyCache
from oppspot.accounts.models import ApiKey
from oppspot.accounts.permissions import PERMISSIONS
from oppspot.accounts.queries.identities import find_live_key, find_live_session
from oppspot.accounts.rate_limits import admit_request
from oppspot.accounts.services.sessions import keep_session
from oppspot.accounts.types import Reader
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.crypto import same, token_hash
from oppspot.core.errors import Forbidden, Unauthenticated
from oppspot.core.runtime import runtime_of

SESSION_COOKIE: Final = "oppspot_session"
_BEARER: Final = "bearer "

# These two only describe themselves in the OpenAPI document; `actor_of` reads the headers.
_bearer = HTTPBearer(auto_error=False, description="An API key: `opp_PREFIX_SECRET`.")
_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="The session of a browser that logged in.")


async def actor_of(connection: HTTPConnection) -> Actor:
    """Return who makes a request or opens a WebSocket; raises Unauthenticated, TooManyRequests."""
    known = getattr(connection.state, "actor", None)
    if isinstance(known, Actor):
        return known
    actor = await _authenticate(connection, utc_now())
    connection.state.actor = actor
    await admit_request(connection, actor)
    return actor


async def _authenticate(connection: HTTPConnection, now: datetime) -> Actor:
    header = connection.headers.get("authorization")
    if header is not None:
        # Whoever sends a key means the key: a bad one is never made good by a cookie.
        return await _by_key(connection, header, now)
    reader = await _by_session(connection, now)
    state = connection.state
    state.reader, state.organisation_name = reader, reader.organisation_name
    state.unread_notifications, state.time_zone = reader.unread_notifications, reader.time_zone
    state.currency = reader.currency
    return reader.actor


async def _by_session(connection: HTTPConnection, now: datetime) -> Reader:
    token = connection.cookies.get(SESSION_COOKIE)
    if token is None:
        raise Unauthenticated
    async with entered_by_session(runtime_of(connection).database, token_hash(token)) as entered:
        found = await find_live_session(entered[0], entered[2], now) if entered else None
        if entered is None or found is None:
            raise Unauthenticated
        if rules.is_due(found.last_seen_at, rules.SESSION_SEEN_EVERY, now):
            await keep_session(entered[0], entered[2], found.created_at, now)
        return found.reader


def key_cache_of(connection: HTTPConnection) -> KeyCache:
    """Return this process's memory of verified keys, made when the first key arrives."""
    state = connection.app.state
    if getattr(state, "key_cache", None) is None:
        state.key_cache = KeyCache(runtime_of(connection).live)
    cache: KeyCache = state.key_cache
    return cache


async def _by_key(connection: HTTPConnection, header: str, now: datetime) -> Actor:
    token = header[len(_BEARER) :].strip()
    parts = rules.key_parts(token)
    if not header.lower().startswith(_BEARER) or parts is None:
        raise InvalidApiKey
    cache, remembered = key_cache_of(connection), token_hash(token)
    return cache.find(remembered, now) or await _verify_key(connection, cache, remembered, parts, now)


async def _verify_key(
    connection: HTTPConnection, cache: KeyCache, remembered: bytes, parts: tuple[str, str], now: datetime
) -> Actor:
    prefix, secret = parts
    async with entered_by_api_key(runtime_of(connection).database, prefix) as entered:
        if entered is None:
            raise InvalidApiKey
        tx, org_id, key_id = entered
        heard = cache.listen(org_id)
        key = await find_live_key(tx, key_id, now)
        if key is None or not same(key.secret_hash, token_hash(secret)):
            raise InvalidApiKey
        if rules.is_due(key.last_used_at, rules.KEY_SEEN_EVERY, now):
            await tx.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now))
    cache.keep(remembered, key.actor, now, expires_at=key.expires_at, heard=heard)
    return key.actor


async def current_actor(
    request: Request,
    _key: Annotated[object, Security(_bearer)] = None,
    _session: Annotated[object, Security(_cookie)] = None,
) -> Actor:
    """Return whoever is asking, whatever they may do."""
    return await actor_of(request)


def needs(permission: str) -> Callable[..., Awaitable[Actor]]:
    """Return the dependency that lets in whoever holds a permission: `Depends(needs("leads.read"))`."""
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission} is not a permission; see accounts/permissions.py")

    async def allowed(actor: CurrentActor) -> Actor:
        if not actor.can(permission):
            raise Forbidden(f"This needs the permission {permission}: {PERMISSIONS[permission].lower()}.")
        return actor

    return allowed


async def current_reader(request: Request) -> Reader:
    """Return the person behind a session; a machine's key has no profile, no sessions and no notifications."""
    await actor_of(request)
    reader = getattr(request.state, "reader", None)
    if not isinstance(reader, Reader):
        raise Forbidden("This is for people who are logged in, not for API keys.")
    return reader


CurrentActor = Annotated[Actor, Depends(current_actor)]
CurrentReader = Annotated[Reader, Depends(current_reader)]
