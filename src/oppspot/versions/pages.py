"""The pages of a kind's versions: the list, one version against another, and making a former one live again."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.config_drafts import find_draft
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.versions.comparing import compare_lines
from oppspot.versions.kinds import VersionedKind
from oppspot.versions.queries import get_version, list_versions, live_version
from oppspot.versions.undoing import undo_to
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.themes import local_path

_PAGE: Final = 20
Number = Annotated[int, Path(ge=0, le=2**31 - 1)]
OptionalNumber = Annotated[int | None, Query(ge=0, le=2**31 - 1)]
FindKind = Callable[[Request], VersionedKind]


def version_pages(prefix: str, find_kind: FindKind, *, read: str, write: str) -> APIRouter:
    """Return the routes of a kind's versions, to be included in its feature's pages.

    `prefix` is `home/versions`; it may have parameters, which `find_kind` reads from the request.
    """
    router = APIRouter(prefix=prefix)
    may_read, may_write = needs(read), needs(write)

    @router.get("", response_class=HTMLResponse)
    async def show_list(
        request: Request, actor: Annotated[Actor, Depends(may_read)], before: OptionalNumber = None
    ) -> HTMLResponse:
        """List the versions, the newest first, each with what it changed."""
        kind = find_kind(request)
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            versions, older = await list_versions(tx, actor.org_id, kind, limit=_PAGE, before=before)
            context = {
                "kind": kind,
                "versions": versions,
                "older": older,
                "paged": before is not None,
                "live": await live_version(tx, actor.org_id, kind),
                "draft": await find_draft(tx, actor.org_id, kind.kind),
                "may_write": actor.can(write),
            }
        return render(request, "versions/list.html", context)

    @router.get("/{version}", response_class=HTMLResponse)
    async def show_version(
        request: Request,
        actor: Annotated[Actor, Depends(may_read)],
        version: Number,
        against: OptionalNumber = None,
    ) -> HTMLResponse:
        """Show one version against the one before it, or against another."""
        kind = find_kind(request)
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            context = await _compared(tx, actor, kind, version, against)
        return render(request, "versions/version.html", context | {"may_write": actor.can(write)})

    @router.get("/{version}/publish", response_class=HTMLResponse)
    async def ask_publish(
        request: Request, actor: Annotated[Actor, Depends(may_write)], version: Number
    ) -> HTMLResponse:
        """Ask before a former version is made live."""
        kind = find_kind(request)
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await get_version(tx, actor.org_id, kind, version)
            live = await live_version(tx, actor.org_id, kind)
        return confirm(request, _question(kind, version, live or 0))

    @router.post("/{version}/publish")
    async def roll_back(
        request: Request,
        actor: Annotated[Actor, Depends(may_write)],
        version: Number,
        expected_version: Annotated[int | None, Form()] = None,
        undoes: OptionalNumber = None,
        back_to: str | None = None,
    ) -> Response:
        """Make a former version live again, as the next version; version 0 is the one that ships.

        With `undoes`, the publication that a toast offers to undo: refused once another has followed it.
        """
        kind = find_kind(request)
        back = local_path(back_to, kind.address)
        try:
            async with runtime_of(request).database.transaction(actor.org_id) as tx:
                former = await get_version(tx, actor.org_id, kind, version)
                before = await live_version(tx, actor.org_id, kind)
                _must_be_newest(undoes, before, version)
                note = f"Back to {_named(version)}"
                seen = before if expected_version is None else expected_version
                live = await kind.publish(tx, actor, former.document, utc_now(), note=note, expected_version=seen)
        except (Invalid, Conflict) as error:
            return redirect(request, back, Flash(error.sentences, "problem"))
        return redirect(request, back, _said(kind.address, version, before, live.version, back))

    return router


def _must_be_newest(undoes: int | None, live: int | None, version: int) -> None:
    """Refuse to undo a publication that another followed: that would be undone with it."""
    if undoes is not None and live not in (version, undoes):
        raise Conflict(f"Nothing was undone: {_named(live or 0)} was published since. Versions has the way back.")


async def _compared(
    tx: Transaction, actor: Actor, kind: VersionedKind, number: int, against: int | None
) -> dict[str, object]:
    version = await get_version(tx, actor.org_id, kind, number)
    base = max(number - 1, 0) if against is None else against
    has_base = base != number and not (base == 0 and kind.shipped is None)
    other = await get_version(tx, actor.org_id, kind, base) if has_base else None
    changes = (await kind.describe(tx, actor.org_id, [(other.document, version.document)]))[0] if other else []
    text = kind.readable(version.document)
    return {
        "kind": kind,
        "version": version,
        "other": other,
        "live": await live_version(tx, actor.org_id, kind),
        "changes": changes,
        "lines": compare_lines(kind.readable(other.document), text) if other else (),
        "document": text,
    }


def _named(version: int) -> str:
    return f"version {version}" if version else "what ships"


def _question(kind: VersionedKind, version: int, live: int) -> Confirmation:
    return Confirmation(
        title=f"Make {_named(version)} live again?",
        text="It is published as the next version; what is live now stays in the list and can come back the same way.",
        action=f"{kind.address}/{version}/publish",
        button="Make it live",
        back_href=kind.address,
        kind="primary",
        fields={"expected_version": str(live)},
    )


def _said(versions: str, version: int, before: int | None, live: int, back: str) -> Flash:
    if live == before:
        return Flash(f"Nothing was changed: {_named(version)} is what is live.", "notice")
    undo = None if before is None else undo_to(versions, before, live, back)
    return Flash(f"As in {_named(version)} again, published as version {live}.", undo=undo)
