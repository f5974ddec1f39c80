"""Asks before something is done that is hard to take back: a page of its own, or a dialog over the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse

from oppspot.web.rendering import render


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is asked; `action` is where the answer “yes” is posted, with `fields`.

    `look` names a page that shows what would come of it, and its address.
    """

    title: str
    text: str
    action: str
    button: str
    back_href: str
    kind: Literal["danger", "primary"] = "danger"
    fields: Mapping[str, str] = field(default_factory=dict)
    look: tuple[str, str] | None = None


def confirm(request: Request, confirmation: Confirmation) -> HTMLResponse:
    """Return the question; `ui.confirm_link` opens it as a dialog where there is JavaScript."""
    return render(request, "web/confirm.html", {"confirmation": confirmation}, block="dialog")
