"""The WebSocket behind open pages: tells a reader which of the topics they may hear of have changed.

To us: `{"topics": [...]}`, the whole list each time. From us: `{"topics": [...]}`, what changed. Names only.
"""

import asyncio
import contextlib
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from oppspot.accounts.access import actor_of
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.errors import Unauthenticated
from oppspot.core.live import LiveHub
from oppspot.core.runtime import runtime_of

router = APIRouter()

MOST_TOPICS: Final = 200
LONGEST_MESSAGE: Final = 20_000
# The page stops trying again when it hears one of these.
_REFUSED: Final = 4403
_NOT_LOGGED_IN: Final = 4401
# Which permission a kind of topic needs; `user` is each reader's own.
_PERMISSIONS: Final = {
    "leads": "leads.read",
    "lead": "leads.read",
    "texts": "leads.read",
    "imports": "leads.import",
    "import": "leads.import",
    "routing": "routing.read",
    "simulation": "routing.read",
}


def may_hear(actor: Actor, topic: str) -> bool:
    """Answer whether an actor may hear of a topic of their organisation; other organisations' are never sent."""
    kind, _, subject = topic.partition(":")
    if kind == "user":
        return actor.user_id is not None and subject == str(actor.user_id)
    permission = _PERMISSIONS.get(kind)
    return permission is not None and actor.can(permission)


@router.websocket("/live")
async def listen(socket: WebSocket) -> None:
    """Serve one open page until it closes."""
    # Accepted first even when refused: browsers report a failed handshake as an error, a close with a code not.
    await socket.accept()
    if not _is_own_page(socket):
        await socket.close(_REFUSED)
        return
    try:
        actor = await actor_of(socket)
    except Unauthenticated:
        await socket.close(_NOT_LOGGED_IN)
        return
    with contextlib.suppress(WebSocketDisconnect, ValueError):
        await _serve(socket, actor, runtime_of(socket).live)


def _is_own_page(socket: WebSocket) -> bool:
    """Refuse pages of other sites: a browser sends our cookie with their WebSocket, too."""
    origin = socket.headers.get("origin")
    return origin is None or origin.partition("://")[2] == socket.headers.get("host")


async def _serve(socket: WebSocket, actor: Actor, hub: LiveHub) -> None:
    topics = await _wanted(socket, actor)
    while True:
        with hub.subscription(actor.org_id, topics) as queue:
            sending = asyncio.create_task(_send(socket, queue))
            try:
                topics = await _wanted(socket, actor)
            finally:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                    await sending


async def _wanted(socket: WebSocket, actor: Actor) -> list[str]:
    """Wait for the next list of topics; what this reader may not hear of is left out without a word."""
    text = await socket.receive_text()
    message = json.loads(text) if len(text) <= LONGEST_MESSAGE else None
    asked = message.get("topics") if isinstance(message, dict) else None
    if not isinstance(asked, list) or len(asked) > MOST_TOPICS:
        await socket.close(_REFUSED)
        raise WebSocketDisconnect(_REFUSED)
    return [topic for topic in asked if isinstance(topic, str) and may_hear(actor, topic)]


async def _send(socket: WebSocket, queue: "asyncio.Queue[str]") -> None:
    while True:
        changed = {await queue.get()}
        while not queue.empty():
            changed.add(queue.get_nowait())
        await socket.send_text(json.dumps({"topics": sorted(changed)}))
