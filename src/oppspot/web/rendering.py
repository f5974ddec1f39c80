"""One template, two uses: the whole page for a browser, one named block of it for htmx."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from oppspot.web.flashes import Flash, FlashCookie
from oppspot.web.page_scope import PageScope, page_scope
from oppspot.web.shell import currency_of, shell_of, zone_of

_VARY: Final = "HX-Request"
_TOASTS: Final = "web/_toasts.html"


@dataclass(frozen=True, slots=True)
class Renderer:
    """What rendering needs from the application; `web.setup` puts it at `app.state.web`."""

    environment: Environment
    flashes: FlashCookie
    clock: Callable[[], datetime]


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    block: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page, or, when htmx asks and a block is named, only that block with any toasts beside it."""
    renderer: Renderer = request.app.state.web
    flashes = renderer.flashes.read(request)
    names = {"page": shell_of(request, flashes), **(context or {})}
    part = block if block and wants_block(request) else None
    with page_scope(PageScope(renderer.clock(), zone_of(request), request.url, currency_of(request))):
        html = _page(renderer, template, names) if part is None else _part(renderer, template, part, names)
    response = HTMLResponse(html, status_code=status, headers={"Vary": _VARY})
    if flashes:
        renderer.flashes.clear(response)
    return response


def wants_block(request: Request) -> bool:
    """Answer whether htmx will swap the answer into a page; boosted links and restored history need whole pages."""
    headers = request.headers
    whole_page = "true" in (headers.get("hx-boosted"), headers.get("hx-history-restore-request"))
    return headers.get("hx-request") == "true" and not whole_page


def redirect(request: Request, path: str, *flashes: Flash) -> RedirectResponse:
    """Return the answer to a write: see the page at `path`, which will show what happened."""
    response = RedirectResponse(path, status_code=303)
    if flashes:
        renderer: Renderer = request.app.state.web
        renderer.flashes.write(request, response, flashes)
    return response


def _page(renderer: Renderer, template: str, names: Mapping[str, Any]) -> str:
    return renderer.environment.get_template(template).render(names)


def _part(renderer: Renderer, template: str, block: str, names: Mapping[str, Any]) -> str:
    html = _block(renderer.environment, template, block, names)
    return html + _block(renderer.environment, _TOASTS, "toasts", names) if names["page"].flashes else html


def _block(environment: Environment, name: str, block: str, names: Mapping[str, Any]) -> str:
    """Render one block alone. What a template sets outside its blocks is not seen: blocks stand on their own."""
    template = environment.get_template(name)
    rendered = template.blocks[block](template.new_context(dict(names)))
    return "".join(rendered)
