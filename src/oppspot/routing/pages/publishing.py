"""Publishes a change of routing from a page, and goes back with the way to undo it."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import Response

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.routing.errors import ConfigurationMoved
from oppspot.routing.pages.guarding import version_in
from oppspot.routing.services.rules import get_rules
from oppspot.versions import undo_to
from oppspot.web import Flash, redirect

# Is given the version that the page showed, which it must still be; None when the page did not say.
Change = Callable[[Transaction, int | None], Awaitable[object]]


async def publish_change(
    request: Request, actor: Actor, change: Change, said: str, back: str, *, refused: str = ""
) -> Response:
    """Make a change and say so, or say why nothing was changed: `refused`, and what stands against it."""
    seen = version_in(await request.form())
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            _, version = await get_rules(tx, actor.org_id)
            await change(tx, seen)
    except (ConfigurationMoved, Invalid) as error:
        return redirect(request, back, Flash(f"{refused} {error.sentences}".strip(), "problem"))
    return await published(request, actor, said, back, before=version)


async def published(request: Request, actor: Actor, said: str, back: str, *, before: int) -> Response:
    """Go back and say what was published; the toast can bring the version `before` back, if nobody came between."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, live = await get_rules(tx, actor.org_id)
    if live == before:
        return redirect(request, back, Flash("Nothing was changed.", "notice"))
    undo = undo_to("/routing/versions", before, live, back) if live == before + 1 else None
    return redirect(request, back, Flash(said, undo=undo))
