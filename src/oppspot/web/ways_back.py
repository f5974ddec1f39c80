"""The way back from an address that only takes forms: whoever reloads a form that was refused asks for it as a page."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import compile_path

_READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """The pages of an application, and where forms are sent that is no page."""

    pages: tuple[re.Pattern[str], ...]
    only_posted: tuple[re.Pattern[str], ...]


def way_back(request: Request) -> str | None:
    """Return the nearest page above an address that only takes POST, the one its form stands on; else None."""
    path = request.url.path
    if request.method not in _READS or path.startswith("/api/"):
        return None
    addresses = _addresses_of(request)
    if not any(address.match(path) for address in addresses.only_posted):
        return None
    above = (path.rsplit("/", steps)[0] or "/" for steps in range(1, path.count("/") + 1))
    return next((each for each in above if any(page.match(each) for page in addresses.pages)), None)


def _addresses_of(request: Request) -> Addresses:
    """Return them, read once: all routes are there before the first request comes."""
    known: Addresses | None = getattr(request.app.state, "addresses", None)
    if known is None:
        known = request.app.state.addresses = _read_addresses(request)
    return known


def _read_addresses(request: Request) -> Addresses:
    routes = [route for route in iter_route_contexts(request.app.routes) if route.path]
    read = {str(route.path) for route in routes if "GET" in (route.methods or ())}
    posted = {str(route.path) for route in routes if "POST" in (route.methods or ())}
    return Addresses(_patterns(read), _patterns(posted - read))


def _patterns(paths: set[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(compile_path(path)[0] for path in sorted(paths) if not path.startswith("/api/"))
